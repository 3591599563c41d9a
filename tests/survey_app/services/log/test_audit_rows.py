"""Is an entry found that no longer reads as one? SQLite takes anything in any column, so anything is tried."""

import pytest

from survey_app.services.log.chain import Fault, verify
from survey_app.store import Store
from tests.survey_app.services.log.tampering import open_to_tampering, write_log


@pytest.fixture
def log(store: Store) -> Store:
    write_log(store, 20)
    open_to_tampering(store)
    return store


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "không phải lúc nào cả"),
        ("at", "2026-11-20 08:00:00.500000"),
        ("details", "{"),
        ("details", "[]"),
        ("details", "[" * 100_000),
        ("details", '{"to": "Tên", "to": "Tên thứ 9"}'),
        ("details", '{"to":  "Tên thứ 9"}'),
        ("account", b"quan-tri"),
        ("seal", 9),
    ],
)
def test_an_entry_that_no_longer_reads_as_one_is_found_too(log: Store, column: str, value: object) -> None:
    with log.writing() as session:
        statement = "UPDATE audit_entry SET its_column = ? WHERE number = 9".replace("its_column", column)
        session.connection().exec_driver_sql(statement, (value,))
        verdict = verify(session)
        session.rollback()
    assert (verdict.fault, verdict.number) == (Fault.BROKEN, 8)
