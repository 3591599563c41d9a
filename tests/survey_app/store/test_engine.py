"""What holds for every database: what is refused, what is kept, and what an error never tells?"""

import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import IntegrityError

from survey_app.store import Store, StoreRefused, StoreUnavailable, engine, open_store, trouble
from survey_app.store.models import Survey, SurveyUnit, Unit
from tests.survey_app.building import make_settings, prepare

pytestmark = pytest.mark.both_databases


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("sqlite://", "journal_mode phải là wal, đang là memory"),
        ("sqlite:////khong/co/thu/muc/x.sqlite3", "flask --app survey_app prepare"),
        ("postgresql://ai-do:mat-khau@127.0.0.1:1/x", r"ai-do:\*\*\*@127.*createdb .* x"),
        ("mysql://localhost/x", "cần dạng “postgresql://"),
        ("postgresql+asyncpg://localhost/x", "cần dạng “postgresql://"),
        ("khaosat", "cần dạng “postgresql://"),
    ],
)
def test_a_place_where_answers_cannot_be_kept_is_refused(address: str, said: str) -> None:
    with pytest.raises(StoreRefused, match=said) as refused:
        open_store(address)
    assert "mat-khau" not in str(refused.value)


def test_a_database_of_another_version_is_refused(tmp_path: Path, database_url: str) -> None:
    prepare(make_settings(tmp_path, database_url=database_url))
    changer = create_engine(database_url)
    with changer.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(StoreRefused, match=f"bản 0000, chương trình cần bản {engine.SCHEMA}"):
        open_store(database_url)
    with changer.begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    changer.dispose()
    with pytest.raises(StoreRefused, match="flask --app survey_app prepare"):
        open_store(database_url)


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


def test_a_writer_that_waits_too_long_is_told_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trouble, "BUSY_SECONDS", 0.01)
    event.listen(store.engine, "checkout", _lose_patience)
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


def _lose_patience(connection: DBAPIConnection, *_: object) -> None:
    if type(connection).__module__.startswith("psycopg"):
        cursor = connection.cursor()
        cursor.execute("SET lock_timeout = 10")
        cursor.close()
        connection.commit()


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
