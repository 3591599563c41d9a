"""Can the log be changed at all? The database refuses; what its owner does is found by the seals."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from survey_app.services.log import audit
from survey_app.services.log.chain import verify
from survey_app.store import Store
from survey_app.store.models import AuditEntry
from tests.survey_app.services.log.tampering import remove_triggers

pytestmark = pytest.mark.both_databases


def _log(store: Store, entries: int = 6) -> None:
    with store.writing() as session:
        for number in range(entries):
            audit.record(session, "unit.renamed", account="quan-tri", unit_code="26734", to=f"Tên {number}")
        session.commit()


def _alter(session: Session) -> None:
    session.execute(update(AuditEntry).where(AuditEntry.number == 3).values(account="nguoi-khac"))


def _cut_out(session: Session) -> None:
    session.execute(delete(AuditEntry).where(AuditEntry.number == 3))


def _swap(session: Session) -> None:
    for old, new in ((3, 99), (4, 3), (99, 4)):
        session.execute(update(AuditEntry).where(AuditEntry.number == old).values(number=new))


_SECOND = "SELECT 3, at, 'nguoi-khac', event, unit_code, details, seal FROM audit_entry WHERE number = 2"
REPLACE = {
    "sqlite": f"INSERT OR REPLACE INTO audit_entry {_SECOND}",
    "postgresql": f"INSERT INTO audit_entry {_SECOND} ON CONFLICT (number) DO UPDATE SET account = 'nguoi-khac'",
}


def _replace(session: Session) -> None:
    session.execute(text(REPLACE[session.connection().dialect.name]))


def _empty(session: Session) -> None:
    emptying = "TRUNCATE" if session.connection().dialect.name == "postgresql" else "DELETE FROM"
    session.execute(text(f"{emptying} audit_entry"))


TAMPERING = [_alter, _cut_out, _swap, _replace]


def test_a_log_that_nobody_touched_holds(store: Store) -> None:
    _log(store)
    with store.reading() as session:
        assert verify(session).fault is None


@pytest.mark.parametrize("tamper", [*TAMPERING, _empty])
def test_the_database_itself_refuses_to_change_an_entry(store: Store, tamper: Callable[[Session], None]) -> None:
    _log(store)
    with pytest.raises(DBAPIError), store.writing() as session:
        tamper(session)
    with store.reading() as session:
        assert verify(session).fault is None
        assert len(session.scalars(select(AuditEntry)).all()) == 6


@pytest.mark.parametrize("tamper", TAMPERING)
def test_what_the_owner_of_the_database_did_to_entry_three_is_found_there(
    store: Store, tamper: Callable[[Session], None]
) -> None:
    _log(store)
    with store.writing() as session:
        remove_triggers(session)
        tamper(session)
        session.commit()
    with store.reading() as session:
        assert verify(session).number == 2


@pytest.mark.parametrize("way", ["writing", "adding"])
def test_entries_written_at_the_same_time_are_numbered_without_a_gap(store: Store, way: str) -> None:
    def act(number: int) -> None:
        with getattr(store, way)() as session:
            audit.record(session, "unit.renamed", account=f"can-bo-{number}")
            session.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(40)))
    with store.reading() as session:
        assert session.scalars(select(AuditEntry.number).order_by(AuditEntry.number)).all() == [*range(1, 41)]
        assert verify(session).fault is None
