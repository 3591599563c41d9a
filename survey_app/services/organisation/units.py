"""How do units come to be, change their name and end? One at a time, each change recorded."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.table import WHOLE
from questionnaires.text import clean
from survey_app.services.log import audit
from survey_app.services.organisation.sheet import RowRefused, bare
from survey_app.services.organisation.tree import path_of
from survey_app.store.models import Unit

LONGEST_NAME, LONGEST_KIND = 200, 60
_CODE = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z._-]{0,38}[0-9A-Za-z])?")


class NoSuchUnit(LookupError):
    """There is no unit with this code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDraft:
    """A unit as somebody describes it; texts are cleaned, an empty one is None."""

    code: str
    name: str
    kind: str | None = None
    parent_code: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def cleaned(self) -> "UnitDraft":
        """Return the draft in the form in which it is stored."""
        return replace(
            self,
            code=clean(self.code),
            name=" ".join(clean(self.name).split()),
            kind=" ".join(clean(self.kind or "").split()) or None,
            parent_code=clean(self.parent_code or "") or None,
        )


def check(draft: UnitDraft, parents: Mapping[str, str | None]) -> None:
    """Raise RowRefused where a unit cannot be as described; ``parents`` has the unit above of every unit."""
    if not _CODE.fullmatch(draft.code) or draft.code.upper() == WHOLE:
        raise RowRefused("bad_code", code=draft.code)
    if not draft.name or len(draft.name) > LONGEST_NAME or len(draft.kind or "") > LONGEST_KIND:
        raise RowRefused("bad_name", longest=str(LONGEST_NAME), longest_kind=str(LONGEST_KIND))
    if draft.valid_from and draft.valid_to and draft.valid_to < draft.valid_from:
        raise RowRefused("days_reversed")
    if draft.parent_code is not None and draft.parent_code not in parents:
        raise RowRefused("unknown_parent", parent=draft.parent_code)
    if draft.code in above(draft.parent_code, parents):
        raise RowRefused("cycle", code=draft.code)


def above(code: str | None, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    """Return a code and those of all units above."""
    path: list[str] = []
    while code is not None and code not in path:
        path.append(code)
        code = parents.get(code)
    return tuple(path)


def find(session: Session, code: str) -> Unit:
    """Return a unit; raise NoSuchUnit."""
    unit = session.get(Unit, code)
    if unit is None:
        raise NoSuchUnit(code)
    return unit


def is_valid(unit: Unit, day: date) -> bool:
    """Say whether the unit exists on a day."""
    return (unit.valid_from is None or unit.valid_from <= day) and (unit.valid_to is None or day <= unit.valid_to)


def create(session: Session, draft: UnitDraft, *, account: str) -> Unit:
    """Make a unit; raise RowRefused; the caller commits."""
    draft = draft.cleaned()
    existing = session.get(Unit, draft.code)
    if existing is not None:
        raise RowRefused("exists", code=draft.code, name=existing.name)
    check(draft, _parents_above(session, draft.parent_code))
    unit = Unit(
        code=draft.code,
        name=draft.name,
        kind=draft.kind,
        parent_code=draft.parent_code,
        valid_from=draft.valid_from,
        valid_to=draft.valid_to,
    )
    session.add(unit)
    session.flush()
    audit.record(session, "unit.created", account=account, unit_code=unit.code, name=unit.name)
    return unit


def change(session: Session, draft: UnitDraft, *, account: str) -> Unit:
    """Give a unit another name, kind, first day or unit above; its last day is left as it is (``end``).

    The code stays, and with it every survey, address and answer; the audit log keeps what was there before. A unit
    that becomes another one gets a code of its own, and a line in the map of units says what it continues.
    """
    unit = find(session, draft.code)
    draft = replace(draft.cleaned(), valid_to=unit.valid_to)
    check(draft, _parents_above(session, draft.parent_code))
    changes: dict[str, str] = {}
    for name in ("name", "kind", "parent_code", "valid_from"):
        before, after = getattr(unit, name), getattr(draft, name)
        if before != after:
            changes |= {f"{name}_before": _told(before), f"{name}_after": _told(after)}
            setattr(unit, name, after)
    if changes:
        audit.record(session, "unit.changed", account=account, unit_code=unit.code, **changes)
    return unit


def end(session: Session, code: str, last_day: date | None, *, account: str) -> Unit:
    """Set the last day of a unit, or take it back with None; raise RowRefused; the caller commits.

    From the next day on its form no longer opens; what was answered stays and keeps counting.
    """
    unit = find(session, code)
    if last_day is not None and unit.valid_from is not None and last_day < unit.valid_from:
        raise RowRefused("days_reversed")
    if unit.valid_to == last_day:
        return unit
    before, unit.valid_to = unit.valid_to, last_day
    if last_day is None:
        audit.record(session, "unit.reopened", account=account, unit_code=code, last_day_before=_told(before))
    else:
        audit.record(session, "unit.closed", account=account, unit_code=code, last_day=_told(last_day))
    return unit


def children(session: Session, parent_code: str | None) -> list[Unit]:
    """Return the units right below a unit, those at the top for None, by name."""
    return by_name(session.scalars(select(Unit).where(Unit.parent_code == parent_code)))


def by_name(units: Iterable[Unit]) -> list[Unit]:
    """Return units in the order of the alphabet, accents last: what SQLite and PostgreSQL sort alike."""
    return sorted(units, key=lambda unit: (bare(unit.name), unit.name, unit.code))


def search(session: Session, words: str, *, among: Collection[str] | None = None) -> list[Unit]:
    """Return the units whose code begins with the words or whose name holds them all, accents or none.

    ``among`` restricts the search to these codes, None to none.
    """
    wanted = bare(clean(words))
    parts = wanted.split()
    found = [
        code
        for code, name in session.execute(select(Unit.code, Unit.name))
        if (among is None or code in among) and _fits(bare(name), code.casefold(), parts, wanted)
    ]
    return by_name(session.scalars(select(Unit).where(Unit.code.in_(found[:_MOST_FOUND]))))


_MOST_FOUND = 500


def _fits(name: str, code: str, parts: Collection[str], wanted: str) -> bool:
    return bool(wanted) and (code.startswith(wanted) or all(part in name for part in parts))


def _parents_above(session: Session, code: str | None) -> dict[str, str | None]:
    path = path_of(session, code) if code is not None else ()
    return dict(session.execute(select(Unit.code, Unit.parent_code).where(Unit.code.in_(path))).all())


def _told(value: str | date | None) -> str:
    return value.isoformat() if isinstance(value, date) else value or ""
