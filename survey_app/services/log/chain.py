"""Is the audit log as it was written? Every entry against its seal, and the seals against roots kept elsewhere."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Text, cast, select
from sqlalchemy.orm import Session

from survey_app.services.log.audit import FIRST_SEAL, seal
from survey_app.store.models import AuditEntry

ROWS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True, order=True)
class Root:
    """The last entry of a day, as it is kept elsewhere."""

    day: date
    number: int
    seal: str

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {self.number} {self.seal}"


class Fault(StrEnum):
    """What was found: an entry that is not what was sealed, another log than the root's, or a missing end."""

    BROKEN = "broken"
    OTHER = "other"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far the log holds: to which entry, and what is wrong after it, if anything.

    ``root`` is the root that does not fit, where it is one that told.
    """

    number: int
    seal: str
    fault: Fault | None = None
    root: Root | None = None


def verify(session: Session, roots: Iterable[Root] = (), *, since: Root | None = None) -> Verdict:
    """Read the log from its beginning, or from behind a root, and say how far it holds.

    ``since`` saves time where everything before was verified; the root's own entry is still compared.
    """
    expected: dict[int, list[Root]] = {}
    for root in roots:
        expected.setdefault(root.number, []).append(root)
    before, number = (since.seal, since.number) if since else (FIRST_SEAL, 0)
    if since and not _still_there(session, since):
        return Verdict(number, before, Fault.OTHER, since)
    with session.execute(_rows(number)) as rows:
        for row in rows:
            if not _holds(row, number + 1, before):
                return Verdict(number, before, Fault.BROKEN)
            for root in expected.pop(row.number, ()):
                if root.seal != row.seal:
                    return Verdict(number, before, Fault.OTHER, root)
            before, number = row.seal, row.number
    missing = min((root for found in expected.values() for root in found if root.number > number), default=None)
    return Verdict(number, before, Fault.CUT if missing else None, missing)


def _rows(after: int) -> Any:  # noqa: ANN401 — the type of a select of seven columns says nothing more
    """Return a query for entries as they lie in the database: what no longer reads as an entry is found too."""
    return (
        select(
            AuditEntry.number,
            cast(AuditEntry.at, Text).label("at"),
            AuditEntry.account,
            AuditEntry.event,
            AuditEntry.unit_code,
            cast(AuditEntry.details, Text).label("details"),
            AuditEntry.seal,
        )
        .where(AuditEntry.number > after)
        .order_by(AuditEntry.number)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )


def _holds(row: Row[Any], number: int, before: str) -> bool:
    """Say whether a row is the entry of this number, sealed to the one before, to the letter."""
    try:
        at, details = datetime.fromisoformat(row.at), json.loads(row.details)
        told = [row.account, row.event, row.unit_code, sorted(details.items())]
        same_text = row.at.removesuffix(".000000") == str(at) and row.details == json.dumps(details)
        return bool(same_text and row.number == number and row.seal == seal(before, number, at.isoformat(), *told))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return False


def _still_there(session: Session, root: Root) -> bool:
    return session.scalar(select(AuditEntry.seal).where(AuditEntry.number == root.number)) == root.seal
