"""What does a new installation show before it has a survey of its own? An imaginary province, marked as such."""

from collections.abc import Iterator, Mapping
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.model import Questionnaire
from survey_app.services.submit import random_id
from survey_app.store.models import Response, Survey, SurveyUnit, Unit

if TYPE_CHECKING:
    from analysis.example import ExampleProvince

EXAMPLE_ID = "mau"


def load_example(session: Session, today: date) -> bool:
    """Load the example survey where the database has no survey and no unit; say whether it did."""
    if session.scalar(select(Unit.code).limit(1)) or session.scalar(select(Survey.id).limit(1)):
        return False
    # Imported by name, for pandas comes with it: only the command that prepares an installation gets here.
    province: ExampleProvince = import_module("analysis.example").generate()
    session.add(_survey(province.questionnaire, min(today, date(2026, 9, 1))))
    session.add_all(Unit(code=u.code, name=u.name, parent_code=u.parent_code) for u in province.units)
    session.flush()
    asked = sorted(set(province.frame["unit_code"]))
    session.add_all(SurveyUnit(survey_id=EXAMPLE_ID, unit_code=code) for code in asked)
    session.flush()
    session.add_all(_responses(province))
    session.flush()
    return True


def _survey(questionnaire: Questionnaire, opens_on: date) -> Survey:
    return Survey(
        id=EXAMPLE_ID,
        title_vi="Khảo sát mẫu về giải quyết thủ tục hành chính (DỮ LIỆU MÔ PHỎNG)",
        title_en="Example survey on administrative procedures (SIMULATED DATA)",
        agency_vi="Ủy ban nhân dân tỉnh Sông Mây",
        agency_en="The People's Committee of Sông Mây province",
        questionnaire_id=questionnaire.id,
        questionnaire_hash=questionnaire.hash,
        basis="voluntary",
        opens_on=opens_on,
        simulated=True,
    )


def _responses(province: "ExampleProvince") -> Iterator[Response]:
    asked = [question.id for question in province.questionnaire.questions()]
    columns = [name for name in asked if name in province.frame]
    for row in province.frame.to_dict("records"):
        yield Response(
            id=random_id(),
            survey_id=EXAMPLE_ID,
            unit_code=row["unit_code"],
            mode=row["mode"],
            language=row["language"],
            window=row["window"],
            answers=_given(row, columns),
        )


def _given(row: Mapping[str, Any], columns: list[str]) -> dict[str, str]:
    """Return the answers of a row; missing ones are no text (None or NaN)."""
    return {name: row[name] for name in columns if isinstance(row[name], str) and row[name]}
