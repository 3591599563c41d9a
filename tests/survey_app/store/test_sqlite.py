"""Is a file that promises less than it should refused, and do its writers take turns?"""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine.interfaces import DBAPIConnection

from survey_app.store import Store, StoreRefused, engine, open_store
from survey_app.store.engine import open_engine
from survey_app.store.models import Unit
from tests.survey_app.building import make_settings, prepare


@pytest.fixture
def url(tmp_path: Path) -> str:
    settings = make_settings(tmp_path)
    prepare(settings)
    return settings.database_url


def test_a_prepared_database_opens_with_every_promise(url: str) -> None:
    store = open_store(url)
    with store.reading() as session:
        found = [
            session.connection().exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        ]
    store.engine.dispose()
    assert found == ["wal", 2, 1, 1, 5000]


@pytest.mark.parametrize(
    ("weakened", "named"),
    [
        ("PRAGMA synchronous = NORMAL", "synchronous phải là 2, đang là 1"),
        ("PRAGMA synchronous = OFF", "synchronous phải là 2, đang là 0"),
        ("PRAGMA foreign_keys = OFF", "foreign_keys phải là 1, đang là 0"),
        ("PRAGMA secure_delete = OFF", "secure_delete phải là 1, đang là 0"),
        ("PRAGMA journal_mode = DELETE", "journal_mode phải là wal, đang là delete"),
    ],
)
def test_a_weakened_database_is_refused_by_name(
    url: str, weakened: str, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def weaken(connection: DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(weakened)
        cursor.close()

    def open_weakened(database_url: str) -> object:
        opened = open_engine(database_url)
        event.listen(opened, "connect", weaken)
        return opened

    monkeypatch.setattr(engine, "open_engine", open_weakened)
    with pytest.raises(StoreRefused, match=named):
        open_store(url)


def test_a_writer_holds_the_only_right_to_write_from_its_first_look(store: Store) -> None:
    statements: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    other = sqlite3.connect(str(store.engine.url.database), timeout=0)
    with store.writing() as session:
        session.scalar(select(Unit.code))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    with store.reading() as session:
        session.scalar(select(Unit.code))
        other.execute("BEGIN IMMEDIATE")
    other.close()
    assert [s for s in statements if s.startswith("BEGIN")] == ["BEGIN IMMEDIATE", "BEGIN DEFERRED"]
