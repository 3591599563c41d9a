"""Is a server that may lose answers refused, do many write at once, and is a restart survived?"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from psycopg import sql
from sqlalchemy import func, insert, make_url, select, text

from survey_app.store import Store, StoreRefused, StoreUnavailable, open_store
from survey_app.store.models import Response, Submission, Unit
from survey_app.store.once import store_once
from survey_app.store.postgresql import refuse_broken_promises
from tests.survey_app.building import FORM, make_app
from tests.survey_app.postgresql import Server, make_template

GOOD = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "server_encoding": "UTF8"}
KEY, OTHER_KEY = "a" * 64, "b" * 64


@pytest.fixture(scope="module")
def ready(postgresql_server: Server) -> str:
    return make_template(postgresql_server)


@pytest.fixture
def url(postgresql_server: Server, ready: str) -> Iterator[str]:
    """Return the address of a database on the server that is ours to weaken and to stop."""
    made = postgresql_server.new(ready)
    yield made
    postgresql_server.drop(made)


@pytest.fixture
def app(tmp_path: Path, url: str) -> Iterator[Flask]:
    made = make_app(tmp_path, database_url=url)
    yield made
    made.extensions["parts"].store.engine.dispose()


@contextmanager
def _switched_off(server: Server, name: str) -> Iterator[None]:
    """Switch a setting of the whole server off, as somebody in a hurry would."""
    _switch(server, name, "off")
    try:
        yield
    finally:
        _switch(server, name, "on")


def _switch(server: Server, name: str, value: str) -> None:
    server.run(sql.SQL("ALTER SYSTEM SET {} = {}"), name, value)
    server.control("reload")
    # The server reads its settings a moment after it was told to.
    for _ in range(500):
        with psycopg.connect(server.url.render_as_string(hide_password=False)) as connection:
            if connection.execute("SELECT current_setting(%s)", [name]).fetchone() == (value,):
                return
    raise AssertionError(name)


def _opens(database_url: str) -> bool:
    store = open_store(database_url)
    with store.reading() as session:
        found = session.scalar(text("SELECT 1"))
    store.engine.dispose()
    return bool(found == 1)


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_server_that_may_lose_what_it_acknowledged_is_refused_by_name(
    postgresql_server: Server, url: str, setting: str
) -> None:
    assert _opens(url)
    refused = pytest.raises(StoreRefused, match=f"{setting} phải là on, đang là off")
    with _switched_off(postgresql_server, setting), refused:
        open_store(url)
    assert _opens(url)


@pytest.mark.parametrize("whose", ["DATABASE {0}", "ROLE {1}", "ROLE {1} IN DATABASE {0}"])
def test_a_setting_that_only_one_database_or_account_has_is_refused_too(
    postgresql_server: Server, url: str, whose: str
) -> None:
    names = str(make_url(url).database), "postgres"
    postgresql_server.run(sql.SQL(f"ALTER {whose} SET synchronous_commit = off"), *names)
    try:
        with pytest.raises(StoreRefused, match="synchronous_commit phải là on, đang là off"):
            open_store(url)
    finally:
        postgresql_server.run(sql.SQL(f"ALTER {whose} RESET synchronous_commit"), *names)
    assert _opens(url)


def test_an_old_server_and_another_encoding_are_refused_and_waiting_for_a_standby_is_not() -> None:
    with pytest.raises(StoreRefused, match="Cần PostgreSQL 15 trở lên, máy chủ đang chạy bản 14"):
        refuse_broken_promises(GOOD, 14)
    with pytest.raises(StoreRefused, match="server_encoding phải là UTF8, đang là SQL_ASCII"):
        refuse_broken_promises({**GOOD, "server_encoding": "SQL_ASCII"}, 15)
    refuse_broken_promises({**GOOD, "synchronous_commit": "remote_apply"}, 18)


def test_a_running_application_acknowledges_nothing_once_the_server_is_weakened(
    postgresql_server: Server, app: Flask, url: str
) -> None:
    name = str(make_url(url).database)
    form = {"A1": "4", "form_id": "1" * 32}
    postgresql_server.run(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off"), name)
    app.extensions["parts"].store.engine.dispose()
    assert app.test_client().post(FORM, data=form).status_code == 503
    postgresql_server.run(sql.SQL("ALTER DATABASE {} RESET synchronous_commit"), name)
    assert app.test_client().post(FORM, data=form).status_code == 303


def test_a_database_that_was_not_created_is_refused_with_the_command_that_creates_it(
    postgresql_server: Server,
) -> None:
    missing = postgresql_server.url.set(database="khong_co").render_as_string(hide_password=False)
    with pytest.raises(StoreRefused, match=r"createdb -E UTF8 -T template0 khong_co.*does not exist"):
        open_store(missing)


def test_a_reader_sees_one_state_and_can_change_nothing(url: str) -> None:
    store = open_store(url)
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(Unit)) == 0
        with store.adding() as other:
            other.add(Unit(code="1", name="Xã Một"))
            other.commit()
        assert session.scalar(select(func.count()).select_from(Unit)) == 0
    with pytest.raises(StoreUnavailable), store.reading() as session:
        session.execute(insert(Unit).values(code="2", name="Xã Hai"))
    store.engine.dispose()


def test_forms_are_added_at_the_same_time_also_while_somebody_has_the_turn_to_write(url: str) -> None:
    store = open_store(url)
    with store.writing() as alone, store.adding() as first, store.adding() as second:
        assert store_once(first, Submission, key=KEY, fingerprint="1")
        assert store_once(second, Submission, key=OTHER_KEY, fingerprint="2")
        second.commit()
        first.commit()
        assert alone.scalar(select(func.count()).select_from(Submission)) == 2
    store.engine.dispose()


@pytest.mark.parametrize("kept", [True, False])
def test_who_comes_second_with_a_key_waits_and_is_told_how_the_first_ended(url: str, *, kept: bool) -> None:
    store = open_store(url)
    told: list[tuple[bool, str]] = []

    def come_second() -> None:
        with store.adding() as session:
            was_new = store_once(session, Submission, key=KEY, fingerprint="second")
            told.append((was_new, session.get_one(Submission, KEY).fingerprint))
            session.commit()

    with store.adding() as session:
        store_once(session, Submission, key=KEY, fingerprint="first")
        second = threading.Thread(target=come_second)
        second.start()
        _await_waiting(store)
        assert told == []
        (session.commit if kept else session.rollback)()
        second.join()
    store.engine.dispose()
    assert told == [(False, "first") if kept else (True, "second")]


def _await_waiting(store: Store) -> None:
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(2000):
        with store.reading() as session:
            if session.scalar(waiting):
                return
    raise AssertionError("nobody waits")


def test_a_restart_between_two_forms_loses_none_and_needs_no_other_start(
    app: Flask, postgresql_server: Server
) -> None:
    client = app.test_client()
    store: Store = app.extensions["parts"].store
    form = {"A1": "4", "Y1": "Tốt lắm"}
    assert client.post(FORM, data={**form, "form_id": "1" * 32}).status_code == 303
    postgresql_server.control("restart", "-m", "immediate")
    assert client.post(FORM, data={**form, "form_id": "2" * 32}).status_code == 303
    postgresql_server.control("stop", "-m", "fast")
    try:
        gone = client.post(FORM, data={**form, "form_id": "3" * 32})
        assert (gone.status_code, client.get(FORM).status_code) == (503, 503)
        assert gone.headers["Retry-After"] == "10"
    finally:
        postgresql_server.control("start")
    for number in (1, 2, 3):
        assert client.post(FORM, data={**form, "form_id": str(number) * 32}).status_code == 303
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(Response)) == 3
