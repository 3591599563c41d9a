"""Does the gate know whose login it is, and does it cost a request little?"""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import event

from survey_app.services.access.rights import Grant, Role
from survey_app.staff import desk
from survey_app.store import trouble
from survey_app.store.models import StaffAccount
from tests.survey_app.staff.staff_building import (
    add_person,
    client_of,
    close,
    make_staff_app,
    session_token,
    token_in,
)


@pytest.fixture(scope="module")
def building(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    made = make_staff_app(tmp_path_factory.mktemp("instance"))
    yield made
    close(made)


@pytest.fixture
def app(building: Flask) -> Flask:
    desk.install(building)
    return building


def test_a_forged_or_foreign_cookie_opens_nothing(app: Flask) -> None:
    other = make_client_of_another_key(app)
    for value in ("", "x", "eyJ0b2tlbiI6IngifQ.aR_y1A.x", other):
        client = app.test_client()
        client.set_cookie("session", value)
        assert client.get("/staff/").status_code == 303


def make_client_of_another_key(app: Flask) -> str:
    """Return a cookie with a live token, signed by somebody else."""
    stranger = Flask("stranger")
    stranger.secret_key = "another key than that of the application"
    client = stranger.test_client()
    with client.session_transaction() as session:
        session["token"] = session_token(app)
    cookie = client.get_cookie("session")
    assert cookie is not None
    return cookie.value


def test_a_page_of_another_site_is_refused_even_with_the_token(app: Flask) -> None:
    client = client_of(app)
    token = token_in(client.get("/staff/").text)
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/staff/logout", data={"csrf_token": token}, headers=headers).status_code == 403


def test_a_login_whose_account_is_disabled_opens_nothing(app: Flask) -> None:
    store = app.extensions["parts"].store
    with store.writing() as session:
        add_person(session, "tam", Grant(Role.CLERK, "26734"))
        session.commit()
    client = client_of(app, "tam")
    assert client.get("/staff/").status_code == 200
    with store.writing() as session:
        session.get_one(StaffAccount, "tam").active = False
        session.commit()
    assert client.get("/staff/").status_code == 303


def test_a_view_asks_the_database_for_few_rows_of_accounts(app: Flask) -> None:
    asked: list[str] = []
    client = client_of(app)
    event.listen(
        app.extensions["parts"].store.engine, "before_cursor_execute", lambda *call: asked.append(call[2])
    )
    client.get("/staff/counts")
    assert len([sql for sql in asked if "staff_account" in sql]) == 1


def test_the_style_sheets_come_from_here_and_are_kept_by_version(app: Flask) -> None:
    client = client_of(app)
    page = client.get("/staff/").text
    sheets = [part.split('"')[0] for part in page.split('<link rel="stylesheet" href="')[1:]]
    assert [re.split(r"[/?]", sheet)[-2] for sheet in sheets] == ["bootstrap.min.css", "staff.css", "dark.css"]
    for sheet in sheets:
        assert sheet.startswith("/")
        assert "?v=" in sheet
        with client.get(sheet) as response:
            assert response.mimetype == "text/css"
            assert "max-age=2592000" in response.headers["Cache-Control"]
    assert "<script" not in page
    assert ' style="' not in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "").replace("http://localhost/s/", "")


def test_a_use_is_written_once_a_minute_and_a_busy_database_costs_nobody_the_page(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [2_000_000_000.0]
    app.extensions["staff"] = desk.Desk(clock=lambda: now[0])
    client, store = client_of(app), app.extensions["parts"].store
    written: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *call: written.append(call[2]))

    def writes(seconds: int) -> int:
        now[0] += seconds
        written.clear()
        assert client.get("/staff/counts").status_code == 200
        return len([sql for sql in written if sql.startswith("UPDATE staff_session")])

    assert [writes(seconds) for seconds in (0, 30, 29, 1, 59, 1)] == [0, 0, 0, 1, 0, 1]
    monkeypatch.setattr(trouble, "BUSY_SECONDS", 0.01)
    with store._turn:
        assert writes(600) == 0
    assert writes(0) == 1
