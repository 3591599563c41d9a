"""Which surveys are open today, and which units do they ask about? Looked up, or refused by name."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, or_, select
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


# Made once, for every form that is opened asks this.
_PLACE = (
    select(Survey, Unit)
    .join(SurveyUnit, SurveyUnit.survey_id == Survey.id)
    .join(Unit, SurveyUnit.unit_code == Unit.code)
    .where(Survey.id == bindparam("survey_id"), Unit.code == bindparam("unit_code"))
)


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
        .order_by(parent.name.nulls_first(), Unit.name, Unit.code)
    )
    return [ListedUnit(code, name, parent_name) for code, name, parent_name in session.execute(query)]


def find_survey(session: Session, survey_id: str, today: date) -> Survey:
    """Return an open survey; raise UnknownSurvey or SurveyNotOpen."""
    survey = session.get(Survey, survey_id)
    if survey is None:
        raise UnknownSurvey
    _refuse_closed(survey, today)
    return survey


def _refuse_closed(survey: Survey, today: date) -> None:
    if today < survey.opens_on or (survey.closes_on is not None and today > survey.closes_on):
        raise SurveyNotOpen


def place_of(session: Session, survey_id: str, unit_code: str) -> Place:
    """Return a survey and one of its units, open or not; raise UnknownSurvey or UnknownUnit."""
    found = session.execute(_PLACE, {"survey_id": survey_id, "unit_code": unit_code}).first()
    if found is not None:
        return Place(*found)
    if session.get(Survey, survey_id) is None:
        raise UnknownSurvey
    raise UnknownUnit


def find_place(session: Session, survey_id: str, unit_code: str, *, today: date) -> Place:
    """Return an open survey and one of its units; raise UnknownSurvey, SurveyNotOpen or UnknownUnit."""
    place = place_of(session, survey_id, unit_code)
    _refuse_closed(place.survey, today)
    return place
