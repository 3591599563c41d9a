"""Is a database that promises less than it should refused, and do writers take turns?"""

import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import IntegrityError

from survey_app.store import Store, StoreRefused, StoreUnavailable, engine, open_store
from survey_app.store.engine import open_engine
from survey_app.store.models import Survey, SurveyUnit, Unit
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


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("sqlite://", "journal_mode phải là wal, đang là memory"),
        ("sqlite:////khong/co/thu/muc/x.sqlite3", "flask --app survey_app prepare"),
        ("postgresql://localhost/x", "Chỉ hỗ trợ SQLite"),
    ],
)
def test_a_place_where_answers_cannot_be_kept_is_refused(address: str, said: str) -> None:
    with pytest.raises(StoreRefused, match=said):
        open_store(address)


def test_a_database_of_another_version_is_refused(url: str) -> None:
    changer = create_engine(url)
    with changer.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    changer.dispose()
    with pytest.raises(StoreRefused, match=f"bản 0000, chương trình cần bản {engine.SCHEMA}"):
        open_store(url)


def test_what_is_not_committed_is_not_kept(store: Store) -> None:
    with store.writing() as session:
        session.add(Unit(code="1", name="Xã Một"))
        session.flush()
    with store.writing() as session:
        session.add(Unit(code="2", name="Xã Hai"))
        session.commit()
    with store.reading() as session:
        assert session.get(Unit, "1") is None
        assert session.get(Unit, "2") is not None


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


def test_a_writer_that_waits_too_long_is_told_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.01)
    outcome: list[type[Exception]] = []

    def write() -> None:
        try:
            with store.writing():
                pass
        except StoreUnavailable as error:
            outcome.append(type(error))

    with store.writing():
        waiting = threading.Thread(target=write)
        waiting.start()
        waiting.join()
    assert outcome == [StoreUnavailable]
    write()
    assert len(outcome) == 1


def test_an_error_of_the_database_does_not_repeat_what_was_to_be_stored(store: Store) -> None:
    with store.writing() as session:
        session.add(Unit(code="26734", name="BÍ-MẬT"))
        with pytest.raises(IntegrityError) as error:
            session.flush()
    assert "BÍ-MẬT" not in str(error.value)


def test_a_response_or_survey_of_nowhere_cannot_be_stored(store: Store) -> None:
    with store.writing() as session:
        session.add(SurveyUnit(survey_id="khong-co", unit_code="26734"))
        with pytest.raises(IntegrityError):
            session.flush()
    with store.writing() as session:
        session.get_one(Survey, "hai-long").basis = "random"
        with pytest.raises(IntegrityError):
            session.flush()
