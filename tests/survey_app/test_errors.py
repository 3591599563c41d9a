"""What does a person see when something fails, and what does the log keep?"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from survey_app.store import Store, trouble
from survey_app.store.models import Comment, Response, Submission
from tests.survey_app.building import FORM, FORM_ID

SECRET = "BÍ-MẬT-0912345678"
ANSWERS = {"A1": "4", "Y1": SECRET, "form_id": FORM_ID}


def _rows(store: Store) -> list[int | None]:
    with store.reading() as session:
        return [session.scalar(select(func.count()).select_from(t)) for t in (Submission, Response, Comment)]


@contextmanager
def _locked(store: Store) -> Iterator[None]:
    other = sqlite3.connect(str(store.engine.url.database), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    yield
    other.execute("ROLLBACK")
    other.close()


def test_every_view_that_fails_ends_in_a_page_without_a_trace(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**_: object) -> NoReturn:
        raise RuntimeError(SECRET)

    paths = {"start.every_survey": "/", "start.one_survey": "/s/hai-long", "answer.show_form": FORM}
    paths |= {"health.say_alive": "/livez", "health.say_ready": "/healthz"}
    paths |= {"answer.take_form": FORM, "answer.thank": f"{FORM}/cam-on", "answer.send_script": "/form.x.js"}
    assert set(paths) == set(app.view_functions)
    app.view_functions |= dict.fromkeys(paths, fail)
    for endpoint, path in paths.items():
        method = "POST" if endpoint == "answer.take_form" else "GET"
        response = client.open(path, method=method, data=ANSWERS if method == "POST" else None)
        assert response.status_code == 500
        assert "Lỗi thuộc về hệ thống" in response.text
        assert "The fault lies with the system" in response.text
        assert not any(word in response.text for word in (SECRET, "Traceback", "RuntimeError", ".py"))
    assert [record.getMessage() for record in caplog.records] == [
        f"RuntimeError (RuntimeError) in {endpoint}" for endpoint in paths
    ]
    assert not any(record.exc_info for record in caplog.records)


def test_an_unknown_address_says_what_to_do_in_both_languages(client: FlaskClient) -> None:
    said = {"/s/sai": "đợt khảo sát nào", "/s/hai-long/sai": "không có đơn vị", "/sai": "không có trang"}
    for path, sentence in said.items():
        response = client.get(path)
        assert response.status_code == 404
        assert sentence in response.text
        assert "quét lại mã QR" in response.text or "kiểm tra lại địa chỉ" in response.text
        assert 'lang="en"' in response.text
        assert 'href="/?lang=vi"' in response.text


def test_a_locked_database_keeps_what_was_entered_and_asks_to_send_again(
    client: FlaskClient, store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(trouble, "BUSY_SECONDS", 0.05)
    event.listen(store.engine, "checkout", lambda raw, *_: raw.execute("PRAGMA busy_timeout = 50").close())
    with _locked(store):
        response = client.post(FORM, data=ANSWERS)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "10"
    assert SECRET in response.text
    assert f'value="{FORM_ID}"' in response.text
    assert "bấm “Gửi phiếu” một lần nữa" in response.text
    assert _rows(store) == [0, 0, 0]
    assert caplog.messages == ["StoreUnavailable (OperationalError) in answer.take_form"]
    assert client.post(FORM, data=ANSWERS).status_code == 303
    assert _rows(store) == [1, 1, 1]
    assert SECRET not in caplog.text


def test_a_full_database_keeps_what_was_entered_and_heals_when_there_is_room(
    client: FlaskClient, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    pages: list[int] = []

    def limit(raw: sqlite3.Connection, *_: object) -> None:
        raw.execute(f"PRAGMA max_page_count = {pages[-1]}").close()

    event.listen(store.engine, "checkout", limit)
    with sqlite3.connect(str(store.engine.url.database)) as raw:
        pages.append(raw.execute("PRAGMA page_count").fetchone()[0])
    raw.close()
    long = {"A1": "4", "Y1": SECRET + "dài " * 230}
    stored = 0
    while (response := client.post(FORM, data={**long, "form_id": f"{stored:032x}"})).status_code == 303:
        stored += 1
        assert stored < 100
    assert response.status_code == 503
    assert SECRET in response.text
    assert _rows(store) == [stored] * 3
    pages.append(100_000)
    assert client.post(FORM, data={**long, "form_id": f"{stored:032x}"}).status_code == 303
    assert _rows(store) == [stored + 1] * 3
    assert SECRET not in caplog.text


def test_trouble_while_reading_is_a_page_that_says_when_to_come_back(
    client: FlaskClient, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with store.writing() as session:
        session.connection().exec_driver_sql("ALTER TABLE survey_unit RENAME TO gone")
        session.commit()
    response = client.get(FORM)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "10"
    assert "Hệ thống đang bận" in response.text
    assert caplog.record_tuples == [
        ("survey_app", logging.ERROR, "StoreUnavailable (OperationalError) in answer.show_form")
    ]
