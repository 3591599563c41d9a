"""Which surveys are there, and how many forms came in from each unit? The first page after login."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from analysis.wording import BASES, count, date_text
from survey_app.parts import parts
from survey_app.services.access.rights import Right
from survey_app.services.access.scopes import scope_of, within
from survey_app.services.organisation.succession import lines_of_survey, present_units
from survey_app.services.received import every_survey, forms_by_unit, received
from survey_app.services.surveys import ListedUnit, units_of
from survey_app.staff import gate
from survey_app.staff.gate import signed_in_access
from survey_app.staff.pages import page
from survey_app.staff.reach import has_whole
from survey_app.staff.speech import language, phrases
from survey_app.store.models import Survey

MOST_UNITS_UNFOLDED = 40


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit of a survey: its name, forms received in words, and the address of its form."""

    name: str
    forms: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyCard:
    """A survey as it is listed; ``groups`` are units under the name of the unit above."""

    survey: Survey
    days: str
    state: str
    basis: str
    forms: int
    total: str
    groups: list[tuple[str | None, list[UnitLine]]]
    unfolded: bool


def register(staff: Blueprint) -> None:
    """Add the view to the blueprint."""
    gate.serve(staff, "/", show_surveys, Right.SEE_SURVEYS)


def show_surveys() -> Response:
    """List the surveys with the units that this person answers for."""
    return page("surveys.html", cards=survey_cards(Right.SEE_SURVEYS), whole=has_whole(Right.SEE_SURVEYS))


def survey_cards(right: Right) -> list[SurveyCard]:
    """Return the surveys with a unit that the right reaches, the latest begun first."""
    reach = signed_in_access().reach(right)
    with parts().store.reading() as session:
        found = [(survey, _visible(session, survey, reach)) for survey in every_survey(session)]
        return [
            _card(survey, units, forms_by_unit(received(session, survey.id))) for survey, units in found if units
        ]


def _visible(session: Session, survey: Survey, reach: frozenset[str | None]) -> list[ListedUnit]:
    """Return the units of a survey within reach, and those that a unit within reach continues."""
    units = units_of(session, survey.id)
    codes = [unit.code for unit in units]
    scope = scope_of(session, reach, codes)
    present = present_units(codes, lines_of_survey(session, survey.id, parts().today())) if scope else {}
    return [unit for unit in units if within(scope, unit.code, *present.get(unit.code, ()))]


def days_of(survey: Survey) -> str:
    """Return from when to when a survey takes forms."""
    words = phrases()["survey"]
    if survey.closes_on is None:
        return str(words["open_ended"].format(first=date_text(survey.opens_on)))
    return str(words["days"].format(first=date_text(survey.opens_on), last=date_text(survey.closes_on)))


def state_of(survey: Survey) -> str:
    """Return whether a survey takes forms today: "ahead", "open" or "closed"."""
    today = parts().today()
    if today < survey.opens_on:
        return "ahead"
    return "closed" if survey.closes_on is not None and today > survey.closes_on else "open"


def _card(survey: Survey, units: list[ListedUnit], forms: Mapping[str, int]) -> SurveyCard:
    total = sum(forms.get(unit.code, 0) for unit in units)
    return SurveyCard(
        survey=survey,
        days=days_of(survey),
        state=state_of(survey),
        basis=BASES[survey.basis].in_language(language()),
        forms=total,
        total=count(total, language()),
        groups=unit_groups(survey.id, units, forms),
        unfolded=len(units) <= MOST_UNITS_UNFOLDED,
    )


def unit_groups(
    survey_id: str, units: list[ListedUnit], forms: Mapping[str, int]
) -> list[tuple[str | None, list[UnitLine]]]:
    """Return the units in groups under the name of the unit above; they come sorted by it."""
    address = parts().settings.form_address

    def line(unit: ListedUnit) -> UnitLine:
        return UnitLine(unit.name, count(forms.get(unit.code, 0), language()), address(survey_id, unit.code))

    groups = groupby(units, key=lambda unit: unit.parent_name)
    return [(parent, [line(unit) for unit in group]) for parent, group in groups]
