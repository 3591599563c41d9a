"""How does a table of old and new units come into the map? Whole units at a time: all their lines, or none."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.unit_map import Succession, day_of, share_of, wrong_shares
from survey_app.services.log import audit
from survey_app.services.organisation import units
from survey_app.services.organisation.sheet import Headings, Line, MayChange, Outcome, RowRefused, Sheet
from survey_app.store.models import Unit, UnitSuccessor

HEADINGS: Headings = {
    "old_code": ("ma cu", "ma don vi cu"),
    "old_name": ("ten cu", "ten don vi cu", "don vi cu"),
    "new_code": ("ma moi", "ma don vi moi"),
    "share": ("ty le", "ti le", "phan"),
    "effective_date": ("ngay hieu luc", "tu ngay", "hieu luc tu"),
    "legal_basis": ("can cu", "can cu phap ly", "van ban"),
}
REQUIRED = ("old_code", "new_code", "effective_date")
LONGEST_BASIS = 200

Key = tuple[str, date]


@dataclass(frozen=True, slots=True)
class _Read:
    """A row that could be read."""

    line: Line
    succession: Succession
    old_name: str
    legal_basis: str

    @property
    def key(self) -> Key:
        """The old unit and the day: what stands or falls together."""
        return self.succession.old_code, self.succession.effective_on


@dataclass(frozen=True, slots=True)
class _Known:
    """What is already there: units, the unit above of each, lines of the map by old unit and day."""

    units: Mapping[str, Unit]
    parents: Mapping[str, str | None]
    lines: Mapping[Key, Mapping[str, float]]
    may_change: MayChange


def import_map(session: Session, sheet: Sheet, *, account: str, may_change: MayChange) -> Outcome:
    """Take the old units whose lines hold together; raise UnknownHeadings; the caller commits.

    An old unit that is one of ours and whose code no new unit takes over ends on the day before.
    """
    outcome = Outcome(sheet.columns)
    rows = list(_readable(sheet.lines(HEADINGS, REQUIRED), outcome))
    known = _known(session, may_change)
    refused = _refusals(rows, known)
    taken = []
    for row in rows:
        if row.key in refused:
            own = refused[row.key].get(row.line.number, RowRefused("with_others", code=row.succession.old_code))
            outcome.give_back(row.line, own)
        elif row.key in known.lines:
            outcome.known += 1
        else:
            taken.append(row)
    _store(session, taken, sheet, account=account)
    _end_old_units(session, taken, known, account=account)
    outcome.taken = len(taken)
    return outcome


def _readable(lines: Iterable[Line], outcome: Outcome) -> Iterator[_Read]:
    for line in lines:
        share, day = share_of(line.get("share")), day_of(line.get("effective_date"))
        old, new = line.get("old_code"), line.get("new_code")
        basis = line.get("legal_basis")
        if share is None:
            outcome.give_back(line, RowRefused("bad_share", share=line.get("share")))
        elif day is None:
            outcome.give_back(line, RowRefused("bad_day", day=line.get("effective_date")))
        elif not old or not new or max(len(old), len(new)) > 40:
            outcome.give_back(line, RowRefused("no_codes"))
        elif len(basis) > LONGEST_BASIS or len(line.get("old_name")) > units.LONGEST_NAME:
            outcome.give_back(line, RowRefused("too_long", longest=str(LONGEST_BASIS)))
        else:
            succession = Succession(old_code=old, new_code=new, share=share, effective_on=day)
            yield _Read(line, succession, line.get("old_name"), basis)


def _known(session: Session, may_change: MayChange) -> _Known:
    there = {unit.code: unit for unit in session.scalars(select(Unit))}
    lines: dict[Key, dict[str, float]] = {}
    for line in session.scalars(select(UnitSuccessor)):
        lines.setdefault((line.old_code, line.effective_on), {})[line.new_code] = line.share
    return _Known(there, {code: unit.parent_code for code, unit in there.items()}, lines, may_change)


def _refusals(rows: Sequence[_Read], known: _Known) -> dict[Key, dict[int, RowRefused]]:
    """Return for each old unit and day that does not hold the rows that are wrong, by their numbers."""
    groups: dict[Key, list[_Read]] = {}
    for row in rows:
        groups.setdefault(row.key, []).append(row)
    refused: dict[Key, dict[int, RowRefused]] = {}
    for key, group in groups.items():
        wrong = {row.line.number: fault for row in group if (fault := _fault(row, known)) is not None}
        if wrong:
            refused[key] = wrong
    for code, day, said in wrong_shares([row.succession for row in rows]):
        refused.setdefault((code, day), {}).update(
            {row.line.number: RowRefused("bad_shares", code=code, said=said) for row in groups[code, day]}
        )
    for key, group in groups.items():
        if key in known.lines and known.lines[key] != {r.succession.new_code: r.succession.share for r in group}:
            refused[key] = {row.line.number: RowRefused("map_exists", code=key[0]) for row in group}
    for key in _ring(rows, known):
        refused[key] = {row.line.number: RowRefused("map_cycle", code=key[0]) for row in groups[key]}
    return refused


def _fault(row: _Read, known: _Known) -> RowRefused | None:
    """Return what is wrong with a row by itself."""
    succession = row.succession
    unit = known.units.get(succession.new_code)
    if unit is None:
        return RowRefused("unknown_new", code=succession.new_code)
    if not units.is_valid(unit, succession.effective_on):
        return RowRefused("new_not_valid", code=unit.code, name=unit.name)
    touched = [code for code in (succession.new_code, succession.old_code) if code in known.units]
    if not all(known.may_change(units.above(code, known.parents)) for code in touched):
        return RowRefused("out_of_reach", code=succession.new_code)
    return None


def _ring(rows: Sequence[_Read], known: _Known) -> set[Key]:
    """Return the old units of a day that come back to themselves over other units of the same day."""
    onward: dict[Key, set[str]] = {key: set(targets) for key, targets in known.lines.items()}
    for row in rows:
        onward.setdefault(row.key, set()).add(row.succession.new_code)
    return {key for key in {row.key for row in rows} if _comes_back(key, onward)}


def _comes_back(start: Key, onward: Mapping[Key, set[str]]) -> bool:
    code, day = start
    ahead, seen = onward[start] - {code}, set[str]()
    while ahead - seen:
        seen |= ahead
        ahead = {target for own in ahead for target in onward.get((own, day), set()) if target != own}
        if code in ahead:
            return True
    return False


def _store(session: Session, taken: Sequence[_Read], sheet: Sheet, *, account: str) -> None:
    session.add_all(
        UnitSuccessor(
            old_code=row.succession.old_code,
            new_code=row.succession.new_code,
            effective_on=row.succession.effective_on,
            old_name=row.old_name or _name(session, row.succession.old_code),
            share=row.succession.share,
            legal_basis=row.legal_basis,
        )
        for row in taken
    )
    session.flush()
    if taken:
        details = {"lines": str(len(taken)), "file": sheet.place[:200], "sha256": sheet.sha256}
        audit.record(session, "unit_map.imported", account=account, **details)


def _name(session: Session, code: str) -> str:
    unit = session.get(Unit, code)
    return unit.name if unit else code


def _end_old_units(session: Session, taken: Sequence[_Read], known: _Known, *, account: str) -> None:
    kept = {row.succession.new_code for row in taken}
    for code, day in sorted({row.key for row in taken}):
        unit = known.units.get(code)
        last = day - timedelta(days=1)
        fits = unit is not None and unit.valid_to is None and (unit.valid_from is None or unit.valid_from <= last)
        if fits and code not in kept:
            units.end(session, code, last, account=account)
