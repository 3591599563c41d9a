"""Who did what, and can it be denied later? Entries sealed to one another, written with what they tell of."""

import json
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.store.engine import take_turn
from survey_app.store.models import AuditEntry

FIRST_SEAL = "0" * 64
"""What stands in the place of the seal before the first entry."""


def record(
    session: Session, event: str, *, account: str, unit_code: str | None = None, **details: str
) -> AuditEntry:
    """Add an entry to the transaction in which the act itself happens; the caller commits both or neither.

    ``event`` is a name as ``account.created``, which the catalogues put into words under ``audit.events``.
    """
    # Two entries at the same time would take the same number and the same seal before them.
    take_turn(session.connection())
    last = session.scalar(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1))
    entry = AuditEntry(
        number=last.number + 1 if last else 1,
        at=datetime.now(UTC).replace(tzinfo=None, microsecond=0),
        account=account,
        event=event,
        unit_code=unit_code,
        details=dict(details),
        seal="",
    )
    entry.seal = seal_of(entry, last.seal if last else FIRST_SEAL)
    session.add(entry)
    session.flush()
    return entry


def seal_of(entry: AuditEntry, before: str) -> str:
    """Return the seal of an entry over all it says and over the seal before it."""
    return seal(
        before,
        entry.number,
        entry.at.isoformat(),
        entry.account,
        entry.event,
        entry.unit_code,
        sorted(entry.details.items()),
    )


def seal(*told: object) -> str:
    """Return the SHA-256 of what is told, in a text that two different tellings never share.

    There is no key in it: an inspector who holds a copy of the log and a root can check them without our secrets.
    """
    return sha256(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
