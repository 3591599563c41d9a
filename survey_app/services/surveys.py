"""Which surveys are open today, and which units do they ask about? Looked up, or refused by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from survey_app.services.organisation import units as unit_life
from survey_app.services.organisation.succession import predecessors, successors
from survey_app.store.models import Survey, SurveyUnit, Unit


class UnknownSurvey(LookupError):
    """There is no survey with this id."""


class UnknownUnit(LookupError):
    """The survey does not ask about a unit with this code."""


class SurveyNotOpen(LookupError):
    """The survey has ended, or has not begun."""


class UnitNotValid(LookupError):
    """The unit has ended, or does not exist yet; ``others`` are the units to turn to.

    Each of ``others`` is a code, a name, and whether the survey asks about it.
    """

    def __init__(self, place: "Place", others: Sequence[tuple[str, str, bool]], *, ended: bool) -> None:
        self.place, self.others, self.ended = place, tuple(others), ended
        super().__init__(place.unit.code)


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


def units_of(session: Session, survey_id: str, *, on: date | None = None) -> list[ListedUnit]:
    """Return the units of a survey by the name of the unit above and their own, ``on`` a day or of any time."""
    parent = aliased(Unit)
    query = (
        select(Unit.code, Unit.name, parent.name)
        .join(SurveyUnit, SurveyUnit.unit_code == Unit.code)
        .outerjoin(parent, parent.code == Unit.parent_code)
        .where(SurveyUnit.survey_id == survey_id)
        .order_by(parent.name.nulls_first(), Unit.name, Unit.code)
    )
    if on is not None:
        query = query.where(
            or_(Unit.valid_from.is_(None), Unit.valid_from <= on),
            or_(Unit.valid_to.is_(None), Unit.valid_to >= on),
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
    """Return an open survey and one of its units of today.

    Raises UnknownSurvey, SurveyNotOpen, UnknownUnit or UnitNotValid.
    """
    place = place_of(session, survey_id, unit_code)
    _refuse_closed(place.survey, today)
    if not unit_life.is_valid(place.unit, today):
        raise _not_valid(session, place, today)
    return place


def _not_valid(session: Session, place: Place, today: date) -> UnitNotValid:
    """Return the refusal that names the units to turn to: those after an ended unit, those before a coming one."""
    unit = place.unit
    ended = unit.valid_to is not None and unit.valid_to < today
    lines = successors(session, unit.code) if ended else predecessors(session, unit.code)
    names = {
        (line.new_code if ended else line.old_code): line.new_name if ended else line.old_name for line in lines
    }
    names.pop(unit.code, None)
    asked = set(
        session.scalars(
            select(SurveyUnit.unit_code).where(
                SurveyUnit.survey_id == place.survey.id, SurveyUnit.unit_code.in_(sorted(names))
            )
        )
    )
    return UnitNotValid(place, [(code, name, code in asked) for code, name in names.items()], ended=ended)
