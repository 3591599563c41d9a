"""Does a new installation get an example that is marked as one, and an old one nothing?"""

import pytest
from sqlalchemy import func, select

from questionnaires import library
from questionnaires.answers import check_code
from survey_app.services.example import EXAMPLE_ID, load_example
from survey_app.services.surveys import open_surveys, units_of
from survey_app.store import Store, open_store
from survey_app.store.engine import open_engine
from survey_app.store.migrate import migrate
from survey_app.store.models import Response, Survey
from tests.survey_app.building import TODAY


@pytest.mark.both_databases
def test_the_example_is_loaded_once_marked_and_every_code_is_one_that_can_be_given(database_url: str) -> None:
    new = open_engine(database_url)
    migrate(new)
    new.dispose()
    empty = open_store(database_url)
    with empty.writing() as session:
        assert load_example(session, TODAY)
        assert not load_example(session, TODAY)
        session.commit()
    questionnaire = library.load("sipas-2024")
    with empty.reading() as session:
        (survey,) = open_surveys(session, TODAY)
        assert len(units_of(session, EXAMPLE_ID)) >= 10
        answers = session.scalars(select(Response.answers)).all()
    empty.engine.dispose()
    assert survey.simulated
    assert "DỮ LIỆU MÔ PHỎNG" in survey.title_vi
    assert all(check_code(questionnaire.question(i), code) is None for row in answers for i, code in row.items())


def test_a_database_with_a_survey_or_a_unit_is_left_alone(store: Store) -> None:
    with store.writing() as session:
        assert not load_example(session, TODAY)
        assert session.scalar(select(func.count()).select_from(Survey)) == 1
