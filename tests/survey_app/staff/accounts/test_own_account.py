"""Can everybody change the own password, add a device and end a session, and is a code asked for at login then?"""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey_app.services.access.sessions import key_of
from survey_app.staff import desk
from survey_app.staff.entry.presence import CODE_SECONDS
from survey_app.store.models import AuditEntry, StaffAccount
from tests.survey_app.staff.staff_building import (
    NAME,
    OTHER_NAME,
    PASSWORD,
    add_person,
    client_of,
    close,
    log_in,
    make_staff_app,
    session_token,
    token_in,
)

NEW = "bốn con mèo đen ngủ trưa"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = make_staff_app(tmp_path)
    yield made
    close(made)


def post(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    page = client.get("/staff/me").text
    token = token_in(page if "csrf_token" in page else client.get("/staff/me/password").text)
    return client.post(path, data={**fields, "csrf_token": token})


def change(client: FlaskClient, old: str, new: str, again: str | None = None) -> TestResponse:
    return post(client, "/staff/me/password", old=old, new=new, again=new if again is None else again)


def events(app: Flask) -> list[str]:
    with app.extensions["parts"].store.reading() as session:
        return list(session.scalars(select(AuditEntry.event).order_by(AuditEntry.number)))


def add_device(client: FlaskClient) -> tuple[pyotp.TOTP, list[str]]:
    """Add a device as a person would: password, key typed from the page, first code; return the recovery codes."""
    assert post(client, "/staff/me/second-factor/start", password=PASSWORD).status_code == 303
    page = client.get("/staff/me/second-factor").text
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert found is not None
    assert 'src="data:image/svg+xml' in page
    device = pyotp.TOTP(found[1].replace(" ", ""))
    done = post(client, "/staff/me/second-factor", code=device.at(time.time() - 30))
    assert done.status_code == 200, done.text
    return device, re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", done.text)


def test_a_password_is_changed_with_the_old_one_and_every_other_session_ends(app: Flask) -> None:
    client, other = client_of(app), client_of(app)
    with client.session_transaction() as session:
        before = session["token"]
    done = change(client, PASSWORD, NEW)
    assert (done.status_code, done.location) == (303, "/staff/me")
    assert client.get("/staff/me").status_code == 200
    assert other.get("/staff/me").status_code == 303
    with client.session_transaction() as session:
        assert session["token"] != before
    assert [log_in(app.test_client(), password=word) for word in (PASSWORD, NEW)] == [401, 303]
    assert "password.changed" in events(app)


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("không phải mật khẩu này", NEW, NEW, "Mật khẩu hiện tại không đúng"),
        ("", NEW, NEW, "Mật khẩu hiện tại không đúng"),
        (PASSWORD, NEW, NEW + "!", "không giống nhau"),
        (PASSWORD, PASSWORD, PASSWORD, "trùng với mật khẩu hiện tại"),
        (PASSWORD, "mưa rơi", "mưa rơi", "từ 15 đến 256 ký tự"),
        (PASSWORD, "quan-tri quan-tri 2026", "quan-tri quan-tri 2026", "dễ đoán"),
    ],
)
def test_a_password_that_cannot_be_is_refused_and_the_old_one_stays(
    app: Flask, *, old: str, new: str, again: str, said: str
) -> None:
    client = client_of(app)
    refused = change(client, old, new, again)
    assert refused.status_code == 422
    assert said in refused.text
    assert not any(word in refused.text for word in (old, new) if len(word) > 8)
    assert log_in(app.test_client()) == 303


def test_the_old_password_cannot_be_guessed_from_a_browser_that_was_left_open(app: Flask) -> None:
    client = client_of(app)
    for _ in range(10):
        assert "không đúng" in change(client, "sai", NEW).text
    assert "quá nhiều lần" in change(client, PASSWORD, NEW).text


def test_a_password_of_somebody_else_is_replaced_before_anything_else(app: Flask) -> None:
    with app.extensions["parts"].store.writing() as session:
        session.get_one(StaffAccount, NAME).must_change_password = True
        session.commit()
    client = client_of(app)
    for path in ("/staff/", "/staff/me", "/staff/accounts", "/staff/results/hai-long"):
        assert client.get(path).location == "/staff/me/password"
    assert "do người khác tạo" in client.get("/staff/me/password").text
    assert change(client, PASSWORD, NEW).status_code == 303
    assert client.get("/staff/").status_code == 200


def test_a_device_is_added_and_from_then_on_a_code_is_asked_for(app: Flask) -> None:
    client, other = client_of(app), client_of(app)
    device, codes = add_device(client)
    assert len(set(codes)) == 10
    assert client.get("/staff/me").status_code == 200
    assert other.get("/staff/me").status_code == 303
    fresh = app.test_client()
    assert log_in(fresh, path="/staff/login?next=/staff/counts") == 303
    assert fresh.get("/staff/").status_code == 303
    assert enter_code(fresh, device.now(), "?next=/staff/counts").location == "/staff/counts"
    assert fresh.get("/staff/").status_code == 200
    assert {"second_factor.on", "login.succeeded"} <= set(events(app))
    assert not any(codes[0] in str(entry) for entry in events(app))


def enter_code(client: FlaskClient, code: str, query: str = "") -> TestResponse:
    token = token_in(client.get("/staff/login").text)
    return client.post(f"/staff/login/code{query}", data={"code": code, "csrf_token": token})


def test_a_used_code_a_wrong_one_and_a_stale_password_open_nothing(app: Flask) -> None:
    device, codes = add_device(client_of(app))
    first, second = app.test_client(), app.test_client()
    code = device.now()
    assert [log_in(first), log_in(second)] == [303, 303]
    assert enter_code(first, code).location == "/staff/"
    refused = enter_code(second, code)
    assert refused.status_code == 401
    assert "không đúng hoặc đã dùng" in refused.text
    assert enter_code(second, codes[0]).location == "/staff/"
    third = app.test_client()
    assert log_in(third) == 303
    assert enter_code(third, codes[0]).status_code == 401
    assert third.get("/staff/").status_code == 303
    assert app.test_client().get("/staff/login/code").location == "/staff/login"
    app.extensions["staff"] = desk.Desk(clock=lambda: time.time() + CODE_SECONDS + 1)
    assert enter_code(third, codes[1]).location == "/staff/login"


def test_codes_cannot_be_guessed_by_logging_in_again_and_again(app: Flask) -> None:
    _, codes = add_device(client_of(app))
    answers = []
    for _ in range(12):
        app.extensions["staff"] = desk.Desk()
        client = app.test_client()
        answers.append(enter_code(client, "000000").status_code if log_in(client) == 303 else 429)
    assert answers == [401] * 10 + [429] * 2
    app.extensions["staff"] = desk.Desk(clock=lambda: time.time() + 601)
    client = app.test_client()
    assert log_in(client) == 303
    assert enter_code(client, codes[2]).location == "/staff/"


def test_with_a_device_a_short_password_will_do_and_without_it_has_to_be_replaced(app: Flask) -> None:
    client = client_of(app)
    add_device(client)
    short = "x7#kQ!v9z"
    assert change(client, PASSWORD, short).status_code == 303
    assert post(client, "/staff/me/second-factor/off", password="sai").status_code == 422
    assert post(client, "/staff/me/second-factor/off", password=short).status_code == 303
    assert client.get("/staff/").location == "/staff/me/password"
    assert change(client, short, NEW).status_code == 303
    assert client.get("/staff/").status_code == 200
    assert events(app)[-2:] == ["second_factor.off", "password.changed"]


def test_recovery_codes_are_replaced_with_the_password_alone(app: Flask) -> None:
    client = client_of(app)
    _, codes = add_device(client)
    assert post(client, "/staff/me/second-factor/codes", password="sai").status_code == 422
    renewed = post(client, "/staff/me/second-factor/codes", password=PASSWORD).text
    fresh = re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", renewed)
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    assert "Còn 10 mã" in client.get("/staff/me").text


def test_sessions_are_listed_in_words_and_ended_one_by_one_or_all(app: Flask) -> None:
    client, lost, third = client_of(app), session_token(app), client_of(app)
    stranger = session_token(app, OTHER_NAME)
    page = client.get("/staff/me").text
    assert page.count("Chrome trên Windows</strong>") == 3
    assert page.count("Phiên này") == 1
    assert lost not in page
    assert post(client, f"/staff/me/sessions/{key_of(lost)}/end").status_code == 303
    assert post(client, f"/staff/me/sessions/{key_of(stranger)}/end").status_code == 404
    assert client.get("/staff/me").text.count("Chrome trên Windows</strong>") == 2
    assert post(client, "/staff/me/sessions/end").status_code == 303
    assert third.get("/staff/me").status_code == 303
    assert client.get("/staff/me").status_code == 200
    assert events(app).count("session.revoked") == 2


def test_a_login_is_told_in_the_log_and_a_failure_without_what_was_typed(app: Flask) -> None:
    client = app.test_client()
    log_in(client, "mật khẩu gõ nhầm ô", "sai")
    log_in(client, NAME, "sai")
    log_in(client)
    post(client, "/staff/logout")
    with app.extensions["parts"].store.reading() as session:
        told = [
            (one.event, one.account) for one in session.scalars(select(AuditEntry).order_by(AuditEntry.number))
        ]
    assert told == [
        ("login.failed", "?"),
        ("login.failed", NAME),
        ("login.succeeded", NAME),
        ("session.ended", NAME),
    ]


def test_who_has_no_role_yet_changes_the_password_reads_whom_to_ask_and_logs_out(app: Flask) -> None:
    with app.extensions["parts"].store.writing() as session:
        add_person(session, "moi-den")
        session.get_one(StaffAccount, "moi-den").must_change_password = True
        session.commit()
    client = client_of(app, "moi-den")
    assert "Mật khẩu này do người khác tạo" in client.get("/staff/", follow_redirects=True).text
    assert change(client, PASSWORD, NEW).status_code == 303
    first = client.get("/staff/", follow_redirects=True).text
    assert "Tài khoản chưa được giao vai trò nào" in first
    assert "Đã đổi mật khẩu" in first
    assert client.get("/staff/units").status_code == 403
    assert post(client, "/staff/logout").headers["Location"] == "/staff/login"
    assert client.get("/staff/me").status_code == 303
