"""Is an entry of the audit log that was altered, cut out or moved found by the seals of the others?"""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from survey_app.services import audit
from survey_app.store import Store
from survey_app.store.models import AuditEntry

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


def test_a_log_that_nobody_touched_holds(store: Store) -> None:
    _log(store)
    with store.reading() as session:
        assert audit.first_broken_seal(session) is None


@pytest.mark.parametrize("tamper", [_alter, _cut_out, _swap])
def test_what_was_done_to_entry_three_is_found_there(store: Store, tamper: Callable[[Session], None]) -> None:
    _log(store)
    with store.writing() as session:
        tamper(session)
        session.commit()
    with store.reading() as session:
        assert audit.first_broken_seal(session) == 3
