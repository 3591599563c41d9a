"""Are exactly the surveys open that should be, and is every other refused by its own name?"""

from datetime import date, timedelta

import pytest

from survey_app.services.definitions import QuestionnaireChanged, questionnaire_of
from survey_app.services.surveys import (
    SurveyNotOpen,
    UnknownSurvey,
    UnknownUnit,
    find_place,
    find_survey,
    open_surveys,
    place_of,
    units_of,
)
from survey_app.store import Store
from survey_app.store.models import Unit
from tests.survey_app.building import TODAY, make_survey

pytestmark = pytest.mark.both_databases

FIRST, LAST = date(2026, 9, 1), date(2026, 12, 31)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("today", "is_open"), [(FIRST - DAY, False), (FIRST, True), (LAST, True), (LAST + DAY, False)]
)
def test_a_survey_is_open_from_its_first_to_its_last_day(store: Store, today: date, *, is_open: bool) -> None:
    with store.reading() as session:
        assert [survey.id for survey in open_surveys(session, today)] == ["hai-long"] * is_open
        if is_open:
            assert find_place(session, "hai-long", "26734", today=today).unit.name == "Phường Bến Sông"
        else:
            with pytest.raises(SurveyNotOpen):
                find_survey(session, "hai-long", today)
            with pytest.raises(SurveyNotOpen):
                find_place(session, "hai-long", "26734", today=today)
            assert place_of(session, "hai-long", "26734").survey.id == "hai-long"


def test_a_survey_without_a_last_day_stays_open(store: Store) -> None:
    with store.writing() as session:
        find_survey(session, "hai-long", TODAY).closes_on = None
        session.flush()
        assert find_survey(session, "hai-long", date(2040, 1, 1)).id == "hai-long"


def test_what_is_not_there_is_refused_by_name(store: Store) -> None:
    with store.writing() as session:
        session.add(Unit(code="9", name="Xã ngoài đợt"))
        session.flush()
        for wrong in ("HAI-LONG", "hai-long ", "", "' OR 1=1 --"):
            with pytest.raises(UnknownSurvey):
                find_place(session, wrong, "26734", today=TODAY)
        for wrong in ("79", "9", "26734 ", "%"):
            with pytest.raises(UnknownUnit):
                find_place(session, "hai-long", wrong, today=TODAY)


def test_units_are_listed_under_the_unit_above(store: Store) -> None:
    with store.reading() as session:
        listed = [(unit.parent_name, unit.name) for unit in units_of(session, "hai-long")]
    assert listed == [("Thành phố Biển Xanh", "Phường Bến Sông"), ("Thành phố Biển Xanh", "Xã Đồng Sen")]


def test_a_survey_whose_questionnaire_was_touched_asks_nothing() -> None:
    survey = make_survey()
    assert questionnaire_of(survey, None).hash == survey.questionnaire_hash
    survey.questionnaire_hash = "0" * 64
    with pytest.raises(QuestionnaireChanged, match="cần mẫu phiếu “sipas-2024” bản 000000000000"):
        questionnaire_of(survey, None)
