"""Which surveys are open today, and which units do they ask about?"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from survey_app.store.models import Survey, SurveyUnit, Unit


class UnknownSurvey(LookupError):
    """There is no survey with this id."""


class UnknownUnit(LookupError):
    """The survey does not ask about a unit with this code."""


class SurveyNotOpen(LookupError):
    """The survey has ended, or has not begun."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer belongs: a survey, and one of its units."""

    survey: Survey
    unit: Unit


@dataclass(frozen=True, slots=True)
class ListedUnit:
    """A unit as it stands in a list, with the name of the unit above."""

    code: str
    name: str
    parent_name: str | None


def open_surveys(session: Session, today: date) -> list[Survey]:
    """Return the surveys that take answers today, the latest begun first."""
    still_open = or_(Survey.closes_on.is_(None), Survey.closes_on >= today)
    query = select(Survey).where(Survey.opens_on <= today, still_open).order_by(Survey.opens_on.desc(), Survey.id)
    return list(session.scalars(query))


def units_of(session: Session, survey_id: str) -> list[ListedUnit]:
    """Return the units of a survey by the name of the unit above and their own."""
    parent = aliased(Unit)
    query = (
        select(Unit.code, Unit.name, parent.name)
        .join(SurveyUnit, SurveyUnit.unit_code == Unit.code)
        .outerjoin(parent, parent.code == Unit.parent_code)
        .where(SurveyUnit.survey_id == survey_id)
        .order_by(parent.name, Unit.name, Unit.code)
    )
    return [ListedUnit(code, name, parent_name) for code, name, parent_name in session.execute(query)]


def find_survey(session: Session, survey_id: str, today: date) -> Survey:
    """Return an open survey; raise UnknownSurvey or SurveyNotOpen."""
    survey = session.get(Survey, survey_id)
    if survey is None:
        raise UnknownSurvey
    if today < survey.opens_on or (survey.closes_on is not None and today > survey.closes_on):
        raise SurveyNotOpen
    return survey


def find_place(session: Session, survey_id: str, unit_code: str, *, today: date) -> Place:
    """Return an open survey and one of its units; raise UnknownSurvey, SurveyNotOpen or UnknownUnit."""
    survey = find_survey(session, survey_id, today)
    asked = (SurveyUnit.survey_id == survey_id, SurveyUnit.unit_code == Unit.code)
    unit = session.scalar(select(Unit).join(SurveyUnit, SurveyUnit.unit_code == Unit.code).where(*asked, Unit.code == unit_code))
    if unit is None:
        raise UnknownUnit
    return Place(survey, unit)
