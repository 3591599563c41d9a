"""Which units continue which? The map of old and new units, as pages, forms and the analysis read it."""

import csv
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.orm import Session, aliased

from analysis.unit_map import Succession, UnitMap
from survey_app.services.log import audit
from survey_app.store.models import SurveyUnit, Unit, UnitSuccessor

COLUMNS = (
    "old_code",
    "old_name",
    "new_code",
    "new_name",
    "new_parent_code",
    "new_parent_name",
    "share",
    "effective_date",
    "legal_basis",
)
"""The columns of the file that ``python -m analysis index --unit-map`` reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLine:
    """A line of the map in words: what went from an old unit to a new one, when, and by which decision."""

    old_code: str
    old_name: str
    new_code: str
    new_name: str
    new_parent_code: str | None
    new_parent_name: str | None
    share: float
    effective_on: date
    legal_basis: str

    def as_succession(self) -> Succession:
        """Return the line as the analysis follows it."""
        return Succession(
            old_code=self.old_code,
            new_code=self.new_code,
            share=self.share,
            effective_on=self.effective_on,
            new_name=self.new_name,
            new_parent_code=self.new_parent_code,
            new_parent_name=self.new_parent_name,
        )

    def as_row(self) -> tuple[str, ...]:
        """Return the line as a row under ``COLUMNS``; the share keeps all its digits."""
        return tuple(
            "" if value is None else value.isoformat() if isinstance(value, date) else str(value)
            for value in (getattr(self, _ATTRIBUTES.get(name, name)) for name in COLUMNS)
        )


_ATTRIBUTES = {"effective_date": "effective_on"}
_PARENT = aliased(Unit)
_LINES = (
    select(UnitSuccessor, Unit.name, _PARENT.code, _PARENT.name)
    .join(Unit, Unit.code == UnitSuccessor.new_code)
    .outerjoin(_PARENT, _PARENT.code == Unit.parent_code)
    .order_by(UnitSuccessor.effective_on.desc(), UnitSuccessor.old_code, UnitSuccessor.new_code)
)


def map_lines(
    session: Session, words: str = "", *, first: int = 0, most: int = 200, among: Collection[str] | None = None
) -> tuple[list[MapLine], int]:
    """Return a page of the map, the latest day first, and how many lines there are; ``among`` bounds new units."""
    query = _LINES
    if words:
        places = (UnitSuccessor.old_code, UnitSuccessor.old_name, UnitSuccessor.new_code, Unit.name)
        query = query.where(or_(*(column.icontains(words, autoescape=True) for column in places)))
    if among is not None:
        query = query.where(UnitSuccessor.new_code.in_(sorted(among)))
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery("every_line"))) or 0
    return _read(session, query.offset(first).limit(most)), total


def successors(session: Session, code: str) -> list[MapLine]:
    """Return what became of a unit, the latest day first."""
    return _read(session, _LINES.where(UnitSuccessor.old_code == code))


def predecessors(session: Session, code: str) -> list[MapLine]:
    """Return what a unit continues, the latest day first."""
    return _read(session, _LINES.where(UnitSuccessor.new_code == code))


def lines_behind(session: Session, codes: Iterable[str], today: date) -> list[MapLine]:
    """Return the lines in force that lead on from these units, step by step to the present ones."""
    found: list[MapLine] = []
    seen: set[str] = set()
    ahead = set(codes)
    while ahead:
        seen |= ahead
        lines = _read(
            session,
            _LINES.where(UnitSuccessor.effective_on <= today, UnitSuccessor.old_code.in_(sorted(ahead))),
        )
        found += lines
        ahead = {line.new_code for line in lines} - seen
    return sorted(found, key=lambda line: (line.effective_on, line.old_code, line.new_code))


def lines_of_survey(session: Session, survey_id: str, today: date) -> list[MapLine]:
    """Return the lines that concern the units of a survey today."""
    asked = session.scalars(select(SurveyUnit.unit_code).where(SurveyUnit.survey_id == survey_id))
    return lines_behind(session, asked, today)


def present_units(codes: Collection[str], lines: Sequence[MapLine]) -> dict[str, tuple[str, ...]]:
    """Return the present units of each code: those that continue it, or itself."""
    followed = UnitMap(tuple(line.as_succession() for line in lines)).followed()
    return {code: tuple(heir.last.new_code for heir in followed.get(code, ())) or (code,) for code in codes}


def write_map(lines: Iterable[MapLine], path: Path) -> None:
    """Write lines as the file that the analysis reads."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *(line.as_row() for line in lines)])


def remove(session: Session, old_code: str, effective_on: date, *, account: str) -> int:
    """Take an old unit's lines of one day out of the map and return how many there were; the caller commits.

    The last day of the old unit stays as it is (``units.end`` takes it back).
    """
    chosen = (UnitSuccessor.old_code == old_code, UnitSuccessor.effective_on == effective_on)
    there = session.scalars(select(UnitSuccessor.new_code).where(*chosen).order_by(UnitSuccessor.new_code)).all()
    if there:
        session.execute(delete(UnitSuccessor).where(*chosen))
        audit.record(
            session,
            "unit_map.removed",
            account=account,
            unit_code=old_code,
            effective_on=effective_on.isoformat(),
            new_codes=", ".join(there)[:500],
        )
    return len(there)


def _read(session: Session, query: Select[UnitSuccessor, str, str, str]) -> list[MapLine]:
    return [
        MapLine(
            old_code=line.old_code,
            old_name=line.old_name,
            new_code=line.new_code,
            new_name=name,
            new_parent_code=parent_code,
            new_parent_name=parent_name,
            share=line.share,
            effective_on=line.effective_on,
            legal_basis=line.legal_basis,
        )
        for line, name, parent_code, parent_name in session.execute(query)
    ]
