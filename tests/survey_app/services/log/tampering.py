"""How is a log altered by somebody who may write to the database? Ways to do it, once the triggers are gone."""

import random
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session

from survey_app.services.log import audit
from survey_app.services.log.audit import FIRST_SEAL
from survey_app.store import Store
from survey_app.store.models import AuditEntry

COLUMNS = ("number", "at", "account", "event", "unit_code", "details", "seal")
EVENTS = ("unit.renamed", "account.created", "results.downloaded")


def write_log(store: Store, entries: int) -> None:
    """Write entries as the application does."""
    with store.writing() as session:
        for number in range(1, entries + 1):
            unit = "26734" if number % 3 else None
            audit.record(session, EVENTS[number % 3], account="quan-tri", unit_code=unit, to=f"Tên thứ {number}")
        session.commit()


def open_to_tampering(store: Store) -> None:
    """Remove what forbids to change entries, as an intruder with the owner's rights would."""
    with store.writing() as session:
        remove_triggers(session)
        session.commit()


def remove_triggers(session: Session) -> None:
    """Do what only the owner of the database can do, and then only on purpose."""
    if session.connection().dialect.name == "postgresql":
        session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        return
    for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        session.execute(text(f"DROP TRIGGER {name}"))


def change(session: Session, entry: int, **values: object) -> None:
    session.execute(update(AuditEntry).where(AuditEntry.number == entry).values(**values))


def remove(session: Session, first: int, last: int) -> None:
    session.execute(delete(AuditEntry).where(AuditEntry.number.between(first, last)))


def flip(session: Session, number: int, column: str, chance: random.Random) -> None:
    """Change one column of an entry as little as can be."""
    entry = session.get_one(AuditEntry, number)
    value = getattr(entry, column)
    changed: dict[str, Callable[[], object]] = {
        "number": lambda: number + 1_000_000,
        "at": lambda: value + timedelta(seconds=chance.choice((-1, 1))),
        "unit_code": lambda: _other(value, chance) if value else "26734",
        "details": lambda: {"to": _other(value["to"], chance)},
    }
    change(session, number, **{column: changed.get(column, lambda: _other(value, chance))()})


def swap(session: Session, one: int, other: int) -> None:
    """Let two entries change places, each with its own seal."""
    for old, new in ((one, -1), (other, one), (-1, other)):
        change(session, old, number=new)


def forge_from(session: Session, number: int) -> None:
    """Alter an entry and seal it and all that follow anew: what plain seals alone cannot show."""
    entries = session.query(AuditEntry).order_by(AuditEntry.number).all()
    entries[number - 1].account = "nguoi-khac"
    before = entries[number - 2].seal if number > 1 else FIRST_SEAL
    for entry in entries[number - 1 :]:
        entry.seal = before = audit.seal_of(entry, before)
    session.flush()


def _other(word: str, chance: random.Random) -> str:
    place = chance.randrange(len(word))
    return word[:place] + chr(ord(word[place]) ^ 1) + word[place + 1 :]
