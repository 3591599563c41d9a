"""Who gets in, who does not, and what do both learn?"""

import re
import time
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from statistics import median

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import delete, select

from survey_app import create_app
from survey_app.services.access.login_tries import admit
from survey_app.services.access.passwords import HASHER
from survey_app.services.access.sessions import IDLE_SECONDS, find
from survey_app.staff import desk
from survey_app.store.models import StaffAccount, StaffLoginTry
from tests.survey_app.building import make_settings
from tests.survey_app.staff.staff_building import (
    NAME,
    OTHER_NAME,
    PASSWORD,
    client_of,
    close,
    log_in,
    make_staff_app,
    token_in,
)


@pytest.fixture(scope="module")
def building(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    made = make_staff_app(tmp_path_factory.mktemp("instance"), ("public", "staff"))
    yield made
    close(made)


@pytest.fixture
def app(building: Flask) -> Flask:
    desk.install(building)
    with building.extensions["parts"].store.writing() as session:
        session.execute(delete(StaffLoginTry))
        session.commit()
    return building


def test_name_and_password_lead_to_the_page_that_was_asked_for(app: Flask) -> None:
    client = app.test_client()
    sent = client.get("/staff/results/hai-long?period=")
    assert (sent.status_code, sent.location) == (303, "/staff/login?next=/staff/results/hai-long?period%3D")
    page = client.get(sent.location)
    fields = {"username": f" {NAME.upper()} ", "password": PASSWORD, "csrf_token": token_in(page.text)}
    entered = client.post(sent.location, data=fields)
    assert (entered.status_code, entered.location) == (303, "/staff/results/hai-long?period=")
    assert client.get(entered.location).status_code == 200
    assert client.get("/staff/login").status_code == 303


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(app: Flask) -> None:
    answers = []
    for name, password in (
        ("khong-co", PASSWORD),
        (NAME, "không phải mật khẩu này"),
        ("", ""),
        (NAME, "x" * 9999),
    ):
        client = app.test_client()
        fields = {"username": name, "password": password, "csrf_token": token_in(client.get("/staff/login").text)}
        response = client.post("/staff/login", data=fields)
        shown = re.sub(r'value="[^"]*"', "", response.text)
        answers.append((response.status_code, shown, sorted(response.headers.keys())))
        assert client.get("/staff/").status_code == 303
        assert password not in response.text or not password
    assert answers[0][0] == 401
    assert "Tên tài khoản hoặc mật khẩu không đúng." in answers[0][1]
    assert all(answer == answers[0] for answer in answers)


def test_an_unknown_name_takes_as_long_as_a_wrong_password(app: Flask) -> None:
    taken: dict[str, list[float]] = {NAME: [], "khong-co": []}
    client = app.test_client()
    token = token_in(client.get("/staff/login").text)
    for _ in range(4):
        for name, times in taken.items():
            began = time.process_time()
            client.post("/staff/login", data={"username": name, "password": "sai", "csrf_token": token})
            times.append(time.process_time() - began)
    known, unknown = median(taken[NAME]), median(taken["khong-co"])
    assert min(known, unknown) > 0.02
    assert abs(known - unknown) < 0.4 * known


def test_after_ten_failures_even_the_right_password_waits_and_later_enters(app: Flask) -> None:
    now = [2e9]
    app.extensions["staff"] = desk.Desk(clock=lambda: now[0])
    client = app.test_client()
    assert [log_in(client, password="sai") for _ in range(10)] == [401] * 10
    app.extensions["staff"].throttle._tries.clear()
    token = token_in(client.get("/staff/login").text)
    refused = client.post("/staff/login", data={"username": NAME, "password": PASSWORD, "csrf_token": token})
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "600"
    assert "thử lại sau 10 phút" in refused.text
    now[0] += 600.0
    assert log_in(client) == 303


def test_a_throttled_name_says_nothing_about_whether_it_exists(app: Flask) -> None:
    answers = []
    for name in (NAME, "khong-co"):
        desk.install(app)
        client = app.test_client()
        with app.extensions["parts"].store.writing() as session:
            for _ in range(10):
                admit(session, app.extensions["parts"].settings.secret_key, name, time.time())
            session.commit()
        answers.append(log_in(client, name))
    assert answers == [429, 429]


def test_a_login_gets_a_new_session_and_the_old_one_dies(app: Flask) -> None:
    client = app.test_client()
    client.get("/staff/login?lang=en")
    with client.session_transaction() as before:
        planted = dict(before) | {"planted": "by a stranger"}
        before["planted"] = "by a stranger"
    assert log_in(client) == 303
    with client.session_transaction() as after:
        assert "planted" not in after
        assert after["lang"] == "en"
        first = after["token"]
    client.get("/staff/")
    with client.session_transaction() as after:
        assert after["csrf"] != planted["csrf"]
    with app.extensions["parts"].store.reading() as session:
        assert find(session, first, time.time()) is not None


def test_logging_out_ends_the_login_on_the_server_too(app: Flask) -> None:
    client = client_of(app)
    token = token_in(client.get("/staff/").text)
    stolen = client.get_cookie("session")
    assert stolen is not None
    assert client.get("/staff/logout").status_code in {404, 405}
    left = client.post("/staff/logout", data={"csrf_token": token})
    assert (left.status_code, left.location) == (303, "/staff/login")
    assert client.get("/staff/").status_code == 303
    thief = app.test_client()
    thief.set_cookie("session", stolen.value)
    assert thief.get("/staff/").status_code == 303


def test_after_half_an_hour_the_page_says_that_the_session_has_ended(app: Flask) -> None:
    now = [2e9]
    app.extensions["staff"] = desk.Desk(clock=lambda: now[0])
    client = client_of(app)
    assert client.get("/staff/").status_code == 200
    now[0] += IDLE_SECONDS + 1
    sent = client.get("/staff/counts")
    assert sent.location == "/staff/login?next=/staff/counts"
    assert "Phiên đăng nhập đã kết thúc" in client.get(sent.location).text
    assert "Phiên đăng nhập đã kết thúc" not in client.get(sent.location).text


def test_a_new_password_ends_the_logins_of_the_old_one(app: Flask) -> None:
    kept, ended = client_of(app), client_of(app, OTHER_NAME)
    assert ended.get("/staff/").status_code == 200
    with app.extensions["parts"].store.writing() as session:
        session.get_one(StaffAccount, OTHER_NAME).password_hash = HASHER.hash(b"another one")
        session.commit()
    assert ended.get("/staff/").status_code == 303
    assert kept.get("/staff/").status_code == 200


def test_a_hash_of_older_parameters_is_renewed_at_login(app: Flask) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)
    with app.extensions["parts"].store.writing() as session:
        session.merge(StaffAccount(username="cu", password_hash=weak.hash(PASSWORD.encode())))
        session.commit()
    assert log_in(app.test_client(), "cu") == 303
    with app.extensions["parts"].store.reading() as session:
        renewed = session.scalars(select(StaffAccount.password_hash).where(StaffAccount.username == "cu")).one()
    assert not HASHER.check_needs_rehash(renewed)
    assert renewed.startswith("$argon2id$v=19$m=65536,t=3,")
    assert log_in(app.test_client(), "cu") == 303


def test_the_cookie_is_bound_to_the_site_and_out_of_reach_of_scripts(app: Flask, tmp_path: Path) -> None:
    plain = SimpleCookie(app.test_client().get("/staff/login").headers["Set-Cookie"])["session"]
    assert (plain["httponly"], plain["samesite"], plain["path"], plain["expires"]) == (True, "Strict", "/", "")
    made = make_staff_app(tmp_path)
    close(made)
    secured = create_app(make_settings(tmp_path, "https://localhost"), ("staff",))
    cookie = SimpleCookie(secured.test_client().get("/staff/login").headers["Set-Cookie"])["__Host-session"]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (
        True,
        True,
        "Strict",
        "/",
    )
    assert not cookie["domain"]
    close(secured)


def test_pages_of_respondents_set_no_cookie_not_even_for_staff(app: Flask) -> None:
    client = client_of(app)
    for path in ("/", "/s/hai-long", "/s/hai-long/26734", "/s/hai-long/26734/cam-on", "/sai"):
        response = client.get(path)
        assert "Set-Cookie" not in response.headers
        assert "Cookie" not in response.headers.get("Vary", "")
    assert "Set-Cookie" not in client.post("/s/hai-long/26734", data={"A1": "4"}).headers


def test_no_more_than_two_passwords_are_hashed_at_a_time(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    class Taken:
        def acquire(self, timeout: float) -> bool:
            return timeout < 0

    monkeypatch.setattr(app.extensions["staff"], "hashing", Taken())
    assert log_in(app.test_client()) == 503


def test_of_two_hundred_logins_no_more_than_ten_are_looked_at_and_all_read_the_same(app: Flask) -> None:
    answers: dict[str, list[tuple[int, str]]] = {NAME: [], "khong-co": []}
    client = app.test_client()
    token = token_in(client.get("/staff/login").text)
    for number in range(100):
        for name, seen in answers.items():
            data = {"username": name, "password": f"sai {number}", "csrf_token": token}
            response = client.post(
                "/staff/login", data=data, environ_base={"REMOTE_ADDR": f"10.0.{number}.{len(name)}"}
            )
            seen.append((response.status_code, re.sub(r'value="[^"]*"', "", response.text)))
    assert [status for status, _ in answers[NAME]] == [401] * 10 + [429] * 90
    assert answers[NAME] == answers["khong-co"]


def test_one_source_is_stopped_after_ten_failures_whatever_the_accounts(app: Flask) -> None:
    statuses = [log_in(app.test_client(), f"can-bo-{number}", "sai") for number in range(12)]
    assert statuses == [401] * 10 + [429] * 2
