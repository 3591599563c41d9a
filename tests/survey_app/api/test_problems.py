"""Is everything that fails told in the same form, with nothing of the request and no trace in it?"""

from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.survey_app.api.api_building import add_key, ask, make_api_app

SECRET = "BÍ-MẬT-0912345678"
FIELDS = {"type", "title", "status", "detail", "title_en", "detail_en"}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = make_api_app(tmp_path)
    yield made
    made.extensions["parts"].store.engine.dispose()


def assert_problem(response: TestResponse, status: int) -> None:
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    told = response.get_json(force=True)
    assert told.keys() == FIELDS
    assert (told["type"], told["status"]) == ("about:blank", status)
    assert all(told[name] for name in FIELDS)
    assert_bound(response)


def assert_bound(response: TestResponse) -> None:
    for name, value in {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }.items():
        assert response.headers[name] == value
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in response.headers
    assert "Access-Control-Allow-Origin" not in response.headers


def test_whatever_is_refused_is_a_problem_of_the_same_form(app: Flask) -> None:
    key = add_key(app, "units:read")
    assert_problem(ask(app, "/units"), 401)
    assert_problem(ask(app, "/surveys", key), 403)
    assert_problem(ask(app, f"/{SECRET}", key), 404)
    assert_problem(ask(app, "/../../x"), 404)
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        refused = ask(app, "/units", key, method)
        assert_problem(refused, 405)
        assert set(refused.headers["Allow"].split(", ")) == {"GET", "HEAD"}
    assert_problem(ask(app, "/units", key, Host="xau.example"), 400)
    assert "xau" not in ask(app, "/units", key, Host="xau.example").text
    for _ in range(11):
        last = ask(app, "/units", f"{key}x")
    assert_problem(last, 429)
    assert "Retry-After" in last.headers


def test_a_good_answer_is_bound_in_the_same_way(app: Flask) -> None:
    assert_bound(ask(app, "/units", add_key(app, "units:read")))
    assert_bound(ask(app, "/openapi.json"))


def test_every_view_that_fails_is_a_problem_without_a_trace(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def fail(**_: object) -> NoReturn:
        raise RuntimeError(SECRET)

    key = add_key(app, "units:read", "surveys:read")
    views = sorted(name for name in app.view_functions if name.startswith("api."))
    app.view_functions |= dict.fromkeys(views, fail)
    for path in ("/key", "/openapi.json", "/surveys", "/units"):
        response = ask(app, path, key)
        assert_problem(response, 500)
        assert not any(word in response.text for word in (SECRET, "Traceback", "RuntimeError"))
    assert SECRET not in caplog.text
    assert len(caplog.records) == len(views) == 4


def test_a_database_that_cannot_serve_says_when_to_come_back(app: Flask) -> None:
    key = add_key(app, "units:read")
    with app.extensions["parts"].store.writing() as session:
        session.connection().exec_driver_sql("ALTER TABLE survey_unit RENAME TO gone")
        session.connection().exec_driver_sql("ALTER TABLE api_key RENAME TO gone_too")
        session.commit()
    response = ask(app, "/units", key)
    assert_problem(response, 503)
    assert response.headers["Retry-After"] == "10"
