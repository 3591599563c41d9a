"""Can anybody read an answer in an error, in our log, in the server's log, or in files of the server?"""

import traceback
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from survey_app.store import Store
from survey_app.store.models import Comment
from tests.survey_app.building import FORM, make_app
from tests.survey_app.postgresql import Server, make_template

MARK = "BÍ-MẬT-0912345678"
FORBID = f"ALTER TABLE comment ADD CONSTRAINT forbidden CHECK (text NOT LIKE '%{MARK}%')"
COMMENT = {
    "id": "0" * 32,
    "survey_id": "hai-long",
    "unit_code": "26734",
    "window": "2026-11-2",
    "question_id": "Y1",
    "text": MARK,
}


@pytest.fixture(scope="module")
def ready(postgresql_server: Server) -> str:
    return make_template(postgresql_server)


@pytest.fixture
def app(tmp_path: Path, postgresql_server: Server, ready: str) -> Iterator[Flask]:
    """Return an application on a database that refuses the marked comment, so that a row becomes an error."""
    made = postgresql_server.new(ready)
    app = make_app(tmp_path, database_url=made)
    store: Store = app.extensions["parts"].store
    with store.writing() as session:
        session.execute(text(FORBID.replace(MARK, MARK[:6])))
        session.commit()
    yield app
    store.engine.dispose()
    postgresql_server.drop(made)


def test_a_row_that_is_refused_is_not_told_by_the_error(app: Flask) -> None:
    store: Store = app.extensions["parts"].store
    with store.adding() as session:
        session.add(Comment(**COMMENT))
        with pytest.raises(IntegrityError) as refused:
            session.flush()
    error = refused.value
    assert isinstance(error.orig, psycopg.Error)
    told = [str(error), repr(error), str(error.orig), repr(error.orig), repr(error.orig.diag.message_detail)]
    told.append("".join(traceback.format_exception(error)))
    assert MARK not in "".join(told)
    assert "forbidden" in str(error)


def test_the_driver_alone_would_tell_it(app: Flask) -> None:
    url = app.extensions["parts"].store.engine.url
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        insert = (
            'INSERT INTO comment (id, survey_id, unit_code, "window", question_id, text) '
            "VALUES (%(id)s, %(survey_id)s, %(unit_code)s, %(window)s, %(question_id)s, %(text)s)"
        )
        with pytest.raises(psycopg.errors.CheckViolation, match=MARK):
            connection.execute(insert, COMMENT)


def test_neither_page_nor_log_nor_server_repeats_a_comment_that_broke_a_constraint(
    app: Flask, postgresql_server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    before = len(postgresql_server.log())
    sent = app.test_client().post(FORM, data={"A1": "4", "Y1": MARK, "form_id": "1" * 32})
    assert sent.status_code == 500
    assert "Lỗi thuộc về hệ thống" in sent.text
    assert MARK not in sent.text
    assert MARK not in caplog.text
    assert "IntegrityError" in caplog.text
    logged = postgresql_server.log()[before:]
    assert 'violates check constraint "forbidden"' in logged
    assert MARK not in logged


def test_a_server_that_was_not_told_to_be_terse_would_repeat_it(app: Flask, postgresql_server: Server) -> None:
    store: Store = app.extensions["parts"].store
    before = len(postgresql_server.log())
    with store.adding() as session:
        session.execute(text("SET LOCAL log_error_verbosity = 'default'"))
        session.add(Comment(**COMMENT))
        with pytest.raises(IntegrityError):
            session.flush()
    assert MARK in postgresql_server.log()[before:]


def test_neither_form_id_nor_address_nor_agent_reaches_the_files_of_the_server(
    app: Flask, postgresql_server: Server
) -> None:
    form_id, address, agent, said = "beef" * 8, "203.0.113.77", "Trình-duyệt-lạ/9.9", "Tốt-lắm-nhé-2026"
    app.test_client().post(
        FORM,
        data={"A1": "4", "Y1": said, "form_id": form_id},
        headers={"User-Agent": agent, "X-Forwarded-For": address},
        environ_base={"REMOTE_ADDR": address},
    )
    files = [path for path in postgresql_server.folder.rglob("*") if path.is_file()]
    held = b"".join(path.read_bytes() for path in files)
    assert said.encode() in held
    for kept_out in (form_id, address, agent):
        assert kept_out.encode() not in held
    assert bytes.fromhex(form_id) not in held
