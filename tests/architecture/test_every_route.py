"""Claims that hold of every address, made from the URL map: tokens, headers, cookies, and what a fault leaves."""

import re
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import NoReturn

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.datastructures import Headers

from survey_app import create_app, security
from tests.architecture.office import API_KEY, Office, Route, client_as, fields_of, make_office, path_of, routes_of
from tests.survey_app.building import make_settings
from tests.survey_app.staff.staff_building import token_in

SECRET = "BÍ-MẬT-0912345678"
BOUND = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
WITHOUT_SESSION = {"answer.take_form"}
"""Respondents have no session that a token could be bound to; posts of other sites are refused by their origin."""

FILES = {"answer.send_script", "staff.static", "bootstrap.static"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = make_office(tmp_path_factory.mktemp("instance"))
    yield made
    made.close()


def unsafe(office: Office) -> list[Route]:
    return [route for route in routes_of(office.app) if route.method != "GET"]


def send(office: Office, client: FlaskClient, route: Route, token: str | None) -> int:
    side = route.sides[0]
    path = path_of(office, route, side, role="admin", client=client)
    return client.open(path, method=route.method, data=fields_of(route, token)).status_code


def token_of(client: FlaskClient) -> str:
    return token_in(client.get("/staff/").text)


TOKENS: dict[str, Callable[[Office], str | None]] = {
    "none": lambda _: None,
    "wrong": lambda _: "20991231235959##" + "0" * 40,
    "of another kind": lambda _: "x",
    "of another session": lambda office: token_of(client_as(office, "admin")),
    "of nobody": lambda office: token_in(office.app.test_client().get("/staff/login").text),
}


@pytest.mark.parametrize("kind", TOKENS)
def test_nothing_is_changed_without_the_token_of_the_session(office: Office, kind: str) -> None:
    office.restore()
    client = client_as(office, "admin")
    token_of(client)
    token, before = TOKENS[kind](office), office.contents()
    for route in unsafe(office):
        if route.endpoint not in WITHOUT_SESSION:
            assert send(office, client, route, token) == 400, route
    assert office.contents() == before


def test_the_token_of_the_session_is_taken_everywhere(office: Office) -> None:
    for route in unsafe(office):
        office.restore()
        client = client_as(office, "admin")
        assert send(office, client, route, token_of(client)) != 400, route


def test_a_page_of_another_site_changes_nothing_even_with_the_token(office: Office) -> None:
    office.restore()
    client = client_as(office, "admin")
    token, before = token_of(client), office.contents()
    for route in unsafe(office):
        path = path_of(office, route, route.sides[0], role="admin", client=client)
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://xau.example"}):
            answer = client.open(path, method=route.method, data=fields_of(route, token), headers=headers)
            assert answer.status_code == 403, route
    assert office.contents() == before


def every_answer(office: Office, role: str) -> Iterator[tuple[str, str, Headers]]:
    """Yield what was asked, the blueprint and the headers: every route, and addresses that there are not."""
    client = client_as(office, role)
    for route in routes_of(office.app):
        path = path_of(office, route, route.sides[0], role=role, client=client)
        with client.open(path, method=route.method) as answer:
            yield route.endpoint, route.endpoint.partition(".")[0], answer.headers
    for method, path in (
        ("GET", "/khong-co"),
        ("GET", "/s/khong-co"),
        ("GET", "/staff/khong-co"),
        ("GET", "/staff/results/khong-co"),
        ("GET", "/staff/static/khong-co"),
        ("PUT", "/staff/counts"),
        ("DELETE", "/s/hai-long/26734"),
    ):
        with client.open(path, method=method) as answer:
            assert answer.status_code in {303, 404, 405}, path
            yield path, "", answer.headers
    with client.get("/", headers={"Host": "xau.example"}) as answer:
        assert answer.status_code == 400
        yield "another host", "", answer.headers


@pytest.mark.parametrize("role", ["anonymous", "admin"])
def test_every_answer_binds_the_browser_and_only_the_form_may_run_its_script(office: Office, role: str) -> None:
    office.restore()
    for where, kind, headers in every_answer(office, role):
        assert {name: headers.get(name) for name in BOUND} == BOUND, where
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, where
        assert "frame-ancestors 'none'" in policy, where
        assert "form-action 'self'" in policy, where
        assert "base-uri 'none'" in policy, where
        assert "unsafe" not in policy, where
        assert re.findall("script-src[^;]*", policy) == (["script-src 'self'"] if kind == "answer" else []), where
        if where not in FILES:
            assert headers["Cache-Control"] == "no-store", where


def test_an_answer_that_binds_nothing_would_be_found(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(security._HEADERS, "X-Frame-Options", "SAMEORIGIN")
    with pytest.raises(AssertionError):
        test_every_answer_binds_the_browser_and_only_the_form_may_run_its_script(office, "anonymous")


def test_every_cookie_is_bound_and_respondents_get_none(office: Office) -> None:
    office.restore()
    assert not [where for where, kind, headers in every_answer(office, "anonymous") if flaws(kind, headers)]
    assert not [where for where, kind, headers in every_answer(office, "admin") if flaws(kind, headers)]
    settings = make_settings(Path(office.app.instance_path), "https://localhost")
    secured = create_app(settings, ("public", "staff"))
    found = cookies(secured.test_client().get("/staff/login", base_url="https://localhost").headers)
    assert list(found) == ["__Host-session"]
    cookie = found["__Host-session"]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (
        True,
        True,
        "Strict",
        "/",
        "",
    )
    assert "max-age" in secured.test_client().get("/staff/login").headers["Strict-Transport-Security"]
    secured.extensions["parts"].store.engine.dispose()


def cookies(headers: Headers) -> SimpleCookie:
    found = SimpleCookie()
    for line in headers.getlist("Set-Cookie"):
        found.load(line)
    return found


def flaws(kind: str, headers: Headers) -> list[str]:
    """Return the cookies that a surface must not set, or not so."""
    return [
        name
        for name, cookie in cookies(headers).items()
        if kind in {"start", "answer"}
        or not cookie["httponly"]
        or cookie["samesite"] != "Strict"
        or cookie["domain"]
    ]


def test_a_loose_cookie_would_be_found() -> None:
    assert flaws("staff", Headers([("Set-Cookie", "a=b; Path=/")])) == ["a"]
    assert flaws("answer", Headers([("Set-Cookie", "a=b; HttpOnly; SameSite=Strict")])) == ["a"]
    assert flaws("staff", Headers([("Set-Cookie", "a=b; HttpOnly; SameSite=Strict")])) == []


def fail(**_: object) -> NoReturn:
    raise RuntimeError(SECRET)


def test_every_view_that_fails_ends_in_a_page_without_a_trace(
    office: Office, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.restore()
    client = client_as(office, "admin")
    token, before = token_of(client), office.contents()
    views = {route.endpoint for route in routes_of(office.app)}
    for endpoint in views:
        monkeypatch.setitem(office.app.view_functions, endpoint, fail)
    for route in routes_of(office.app):
        path = path_of(office, route, route.sides[0], role="admin", client=client)
        data = fields_of(route, token) if route.method != "GET" else None
        answer = client.open(path, method=route.method, data=data, headers=API_KEY)
        assert answer.status_code == 500, route
        said = answer.get_json()["detail"] if route.endpoint.startswith("api.") else answer.text
        assert "Lỗi thuộc về hệ thống" in said
        assert not any(word in answer.text for word in (SECRET, "Traceback", "RuntimeError", ".py"))
    assert SECRET not in caplog.text
    assert len(caplog.records) == len(routes_of(office.app))
    assert office.contents() == before


def essential(office: Office) -> str:
    """Return what the database holds but for login tries: they must count before a password is looked at."""
    return "\n".join(line for line in office.contents().splitlines() if "staff_login_try" not in line)


def commits_of(office: Office, route: Route, fail_at: int | None) -> tuple[int, bool]:
    """Send a request that fails at one of its commits; return how many there were and whether anything changed."""
    office.restore()
    office.app.extensions["staff"].throttle._tries.clear()
    client = client_as(office, "admin")
    token, before, done = token_of(client), essential(office), [0]

    def commit(session: Session) -> None:
        if done[0] == fail_at:
            raise RuntimeError(SECRET)
        done[0] += 1
        original(session)

    original = Session.commit
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Session, "commit", commit)
        status = send(office, client, route, token)
    assert (status == 500) == (fail_at is not None), (route, status)
    return done[0], essential(office) != before


def test_a_fault_at_any_commit_leaves_nothing_half_done(office: Office) -> None:
    changing = []
    for route in unsafe(office):
        commits, changed = commits_of(office, route, None)
        changing += [route.endpoint] if changed else []
        for number in range(commits):
            assert commits_of(office, route, number) == (number, False), (route, number)
    assert len(changing) >= 12, "the control: without a fault these requests do change something"
