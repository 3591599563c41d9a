"""How do many units come in at once? From a table, the good rows in one transaction, the others given back."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from analysis.unit_map import day_of
from survey_app.services.log import audit
from survey_app.services.organisation import units
from survey_app.services.organisation.sheet import Headings, Line, MayChange, Outcome, RowRefused, Sheet
from survey_app.services.organisation.units import UnitDraft
from survey_app.store.models import Unit

HEADINGS: Headings = {
    "code": ("ma", "ma don vi", "ma so", "unit code"),
    "name": ("ten", "ten don vi", "don vi", "unit name"),
    "kind": ("loai", "loai don vi", "cap", "type"),
    "parent_code": ("ma cap tren", "ma don vi cap tren", "ma don vi chu quan", "province code"),
    "valid_from": ("tu ngay", "ngay bat dau", "hieu luc tu"),
    "valid_to": ("den ngay", "ngay ket thuc", "hieu luc den"),
}
REQUIRED = ("code", "name")


def import_units(session: Session, sheet: Sheet, *, account: str, may_change: MayChange) -> Outcome:
    """Take the rows that can be units; raise UnknownHeadings; the caller commits.

    A row may name a unit above that stands further down in the file. A row of a unit that is already there changes
    nothing: it counts as known where it says the same, and is given back where it says something else.
    """
    lines = sheet.lines(HEADINGS, REQUIRED)
    outcome = Outcome(sheet.columns)
    existing = {unit.code: unit for unit in session.scalars(select(Unit))}
    new = dict(_new_drafts(lines, existing, outcome))
    parents = {code: unit.parent_code for code, unit in existing.items()}
    accepted = _accepted(new, parents, outcome, may_change)
    if accepted:
        session.execute(insert(Unit), [_row(draft) for draft in accepted])
        details = {"units": str(len(accepted)), "file": sheet.place[:200], "sha256": sheet.sha256}
        audit.record(session, "unit.imported", account=account, **details)
    outcome.taken = len(accepted)
    return outcome


def _new_drafts(
    lines: Iterable[Line], existing: Mapping[str, Unit], outcome: Outcome
) -> Iterator[tuple[str, tuple[Line, UnitDraft]]]:
    """Yield the rows that could be new units; note the known ones and give back what cannot be read."""
    seen: set[str] = set()
    for line in lines:
        try:
            draft = _draft(line, seen)
            seen.add(draft.code)
            if draft.code in existing:
                _refuse_other(draft, existing[draft.code])
                outcome.known += 1
            else:
                yield draft.code, (line, draft)
        except RowRefused as refused:
            outcome.give_back(line, refused)


def _draft(line: Line, seen: Collection[str]) -> UnitDraft:
    draft = UnitDraft(
        code=line.get("code"),
        name=line.get("name"),
        kind=line.get("kind"),
        parent_code=line.get("parent_code"),
        valid_from=_day(line.get("valid_from")),
        valid_to=_day(line.get("valid_to")),
    ).cleaned()
    if draft.code in seen:
        raise RowRefused("twice", code=draft.code)
    return draft


def _day(text: str) -> date | None:
    day = day_of(text)
    if text and day is None:
        raise RowRefused("bad_day", day=text)
    return day


def _refuse_other(draft: UnitDraft, unit: Unit) -> None:
    if (draft.name, draft.parent_code or unit.parent_code) != (unit.name, unit.parent_code):
        raise RowRefused("exists", code=unit.code, name=unit.name)


def _accepted(
    new: Mapping[str, tuple[Line, UnitDraft]],
    parents: dict[str, str | None],
    outcome: Outcome,
    may_change: MayChange,
) -> list[UnitDraft]:
    """Return the drafts that hold, those above before those below; give back the rest."""
    accepted: list[UnitDraft] = []
    waiting = dict(new)
    while ready := [code for code, (_, draft) in waiting.items() if draft.parent_code not in waiting]:
        for code in ready:
            line, draft = waiting.pop(code)
            try:
                units.check(draft, parents)
                _refuse_out_of_reach(draft, parents, may_change)
                accepted.append(draft)
                parents[code] = draft.parent_code
            except RowRefused as refused:
                outcome.give_back(line, refused)
    for line, draft in waiting.values():
        outcome.give_back(line, RowRefused("cycle", code=draft.code))
    return accepted


def _refuse_out_of_reach(draft: UnitDraft, parents: Mapping[str, str | None], may_change: MayChange) -> None:
    if not may_change((draft.code, *units.above(draft.parent_code, parents))):
        raise RowRefused("out_of_reach", code=draft.code)


def _row(draft: UnitDraft) -> dict[str, object]:
    return {
        name: getattr(draft, name) for name in ("code", "name", "kind", "parent_code", "valid_from", "valid_to")
    }
