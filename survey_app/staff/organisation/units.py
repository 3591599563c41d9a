"""Which units are there? The tree, one level at a time, a search, and the page of one unit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, Response, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.wording import date_text, number
from survey_app.parts import parts
from survey_app.services.access.rights import Right
from survey_app.services.organisation import catalogue, succession, units, vietnam
from survey_app.services.organisation.succession import MapLine
from survey_app.services.organisation.tree import path_of
from survey_app.staff import gate, reach
from survey_app.staff.pages import page
from survey_app.staff.speech import language, phrases
from survey_app.store.models import Survey, SurveyUnit, Unit

MOST_FOUND = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A unit in a list: how many stand below it, and in what state it is ("" for one that exists today).

    The unit ``above`` is named where a list has units of several places, for many communes share a name.
    """

    unit: Unit
    below: int
    state: str
    above: str = ""


@dataclass(frozen=True, slots=True)
class ContinuedLine:
    """A line of the map in words."""

    code: str
    name: str
    share: str
    day: str
    legal_basis: str
    reached: bool


def register(staff: Blueprint) -> None:
    """Add the views to the blueprint."""
    gate.serve(staff, "/units", show_units, Right.SEE_UNITS)
    gate.serve(staff, "/units/u/<unit_code>", show_unit, Right.SEE_UNITS)


def show_units() -> Response:
    """Show the uppermost units, or those that a search finds."""
    words = request.args.get("q", "").strip()[:100]
    with parts().store.reading() as session:
        if words:
            found = units.search(session, words, among=reach.codes_within(session, Right.SEE_UNITS))
        else:
            found = reach.top_units(session, Right.SEE_UNITS)
        lines = lines_of(session, found[:MOST_FOUND], placed=bool(words))
        may_load = reach.has_whole(Right.CHANGE_UNITS)
        country_missing = may_load and vietnam.is_missing(session)
        total = session.scalar(select(func.count()).select_from(Unit)) or 0
    return page(
        "units/tree.html",
        words=words,
        groups=groups_of(lines),
        found=len(found),
        left_off=max(len(found) - MOST_FOUND, 0),
        empty=total == 0,
        may_load=may_load,
        country_missing=country_missing,
        may_change=bool(gate.signed_in_access().reach(Right.CHANGE_UNITS)),
    )


def show_unit(unit_code: str) -> Response:
    """Show one unit: what it is, what it continues, what it handles, where its forms are, what stands below."""
    with parts().store.reading() as session:
        unit = reach.reached_unit(session, Right.SEE_UNITS, unit_code)
        handled = catalogue.procedures_of(session, unit_code)
        return page(
            "units/unit.html",
            unit=unit,
            state=state_of(unit),
            days=days_of(unit),
            above=_above(session, unit),
            trail=trail_of(session, unit)[:-1],
            before=[_continued(line, session, back=True) for line in succession.predecessors(session, unit_code)],
            after=[_continued(line, session, back=False) for line in succession.successors(session, unit_code)],
            procedures=handled[:_SHOWN],
            procedure_count=len(handled),
            forms=_forms(session, unit_code),
            groups=groups_of(lines_of(session, units.children(session, unit_code))),
            may_change=reach.may(session, Right.CHANGE_UNITS, unit_code),
        )


_SHOWN = 10


def lines_of(session: Session, found: Sequence[Unit], *, placed: bool = False) -> list[Line]:
    """Return units as they stand in a list; ``placed`` says where each belongs."""
    query = (
        select(Unit.parent_code, func.count())
        .where(Unit.parent_code.in_([unit.code for unit in found]))
        .group_by(Unit.parent_code)
    )
    counts = dict(session.execute(query).all())
    return [
        Line(unit, counts.get(unit.code, 0), state_of(unit), _above(session, unit) if placed else "")
        for unit in found
    ]


def groups_of(lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    """Return the lines by what the units call themselves, those that call themselves nothing last."""
    ordered = sorted(lines, key=lambda line: (line.unit.kind is None, line.unit.kind or ""))
    return [(kind, list(group)) for kind, group in groupby(ordered, key=lambda line: line.unit.kind or "")]


def trail_of(session: Session, unit: Unit) -> list[tuple[str, str]]:
    """Return the way to a unit: the list, then the units above that the person reaches, then the unit itself."""
    reached = [code for code in path_of(session, unit.code) if reach.may(session, Right.SEE_UNITS, code)]
    names = [(session.get_one(Unit, code).name, url_for("staff.show_unit", unit_code=code)) for code in reached]
    return [(str(phrases()["units"]["title"]), url_for("staff.show_units")), *reversed(names)]


def state_of(unit: Unit) -> str:
    """Return "ended", "ahead", or "" for a unit that exists today."""
    today = parts().today()
    if units.is_valid(unit, today):
        return ""
    return "ended" if unit.valid_to is not None and unit.valid_to < today else "ahead"


def days_of(unit: Unit) -> str:
    """Return from when to when a unit exists, in words."""
    words = phrases()["units"]["days"]
    first, last = (date_text(day) if day else "" for day in (unit.valid_from, unit.valid_to))
    kind = "both" if first and last else "from" if first else "to" if last else "unknown"
    return str(words[kind].format(first=first, last=last))


def share_text(share: float) -> str:
    """Return a share as a percentage with as many decimals as it needs, at most four."""
    percent = f"{share * 100:.4f}".rstrip("0")
    return number(share * 100, len(percent.partition(".")[2]), language()) + "%"


def _continued(line: MapLine, session: Session, *, back: bool) -> ContinuedLine:
    code, name = (line.old_code, line.old_name) if back else (line.new_code, line.new_name)
    known = session.get(Unit, code) is not None and reach.may(session, Right.SEE_UNITS, code)
    return ContinuedLine(
        code=code,
        name=name,
        share="" if line.share == 1 else share_text(line.share),
        day=date_text(line.effective_on),
        legal_basis=line.legal_basis,
        reached=known and line.old_code != line.new_code,
    )


def _above(session: Session, unit: Unit) -> str:
    """Return the name of the unit above, empty at the top."""
    return session.get_one(Unit, unit.parent_code).name if unit.parent_code else ""


def _forms(session: Session, code: str) -> list[tuple[Survey, str]]:
    query = (
        select(Survey)
        .join(SurveyUnit, SurveyUnit.survey_id == Survey.id)
        .where(SurveyUnit.unit_code == code)
        .order_by(Survey.opens_on.desc(), Survey.id)
    )
    return [(survey, parts().settings.form_address(survey.id, code)) for survey in session.scalars(query)]
