"""Can anything be asked without a key of the right scope, and what becomes of keys that do not fit?"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask, Response
from sqlalchemy import select

from survey_app.api import failures, gate
from survey_app.services import keys
from survey_app.store.models import ApiKey
from tests.survey_app.api.api_building import add_key, ask, make_api_app
from tests.survey_app.building import TODAY

SCOPES = {"/key": None, "/units": "units:read", "/surveys": "surveys:read"}
"""Every route that needs a key, and the scope it needs; a new route fails until it stands here."""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = make_api_app(tmp_path)
    yield made
    made.extensions["parts"].store.engine.dispose()


def key_row(app: Flask) -> ApiKey:
    with app.extensions["parts"].store.reading() as session:
        found: ApiKey = session.scalars(select(ApiKey)).one()
    return found


def test_every_route_was_considered(app: Flask) -> None:
    found = {
        rule.rule.removeprefix("/api/v1") for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")
    }
    assert found == {*SCOPES, "/openapi.json"}


@pytest.mark.parametrize("path", SCOPES)
def test_a_route_answers_to_its_scope_and_to_no_other(app: Flask, path: str) -> None:
    every = [scope.value for scope in keys.Scope]
    for scope in every:
        expected = 200 if SCOPES[path] in {None, scope} else 403
        assert ask(app, path, add_key(app, scope)).status_code == expected
    assert ask(app, path, add_key(app, *every)).status_code == 200


@pytest.mark.parametrize("path", SCOPES)
def test_without_a_key_that_fits_nothing_is_answered(app: Flask, path: str) -> None:
    key = add_key(app, "units:read", "surveys:read")
    prefix, _, secret = key.partition(".")
    for wrong in (
        prefix,
        f"{prefix}.",
        f".{secret}",
        f"{key}x",
        key[:-1],
        f"abcdefgh23.{secret}",
        "x" * 10_000,
        "é.è",
    ):
        refused = ask(app, path, wrong)
        assert refused.status_code == 401, wrong
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")
        assert wrong not in refused.text
    for header in ("", "Bearer", f"Basic {key}", f"Token {key}", key, "Basic eDp5"):
        assert ask(app, path, Authorization=header).status_code == 401, header
    assert app.test_client().get(f"/api/v1{path}?key={key}").status_code == 401
    assert ask(app, path, key).status_code == 200


def test_a_key_that_was_taken_back_is_refused_at_the_next_request(app: Flask) -> None:
    key = add_key(app, "units:read")
    assert ask(app, "/units", key).status_code == 200
    with app.extensions["parts"].store.writing() as session:
        keys.revoke_key(session, key.partition(".")[0], account="quan-tri", today=TODAY)
        session.commit()
    assert ask(app, "/units", key).status_code == 401


def test_of_the_last_use_nothing_is_kept_but_its_window(app: Flask) -> None:
    key = add_key(app, "units:read")
    assert key_row(app).last_window is None
    ask(app, "/surveys", f"{key}x")
    assert key_row(app).last_window is None
    ask(app, "/key", key)
    assert key_row(app).last_window == "2026-11-2"
    app.extensions["parts"] = replace(app.extensions["parts"], today=lambda: date(2026, 12, 14))
    ask(app, "/key", key)
    assert key_row(app).last_window == "2026-12-1"


def test_a_key_that_is_sent_wrongly_again_and_again_waits_and_hinders_no_other(app: Flask) -> None:
    now = [0.0]
    app.extensions["api_failures"] = failures.Failures(lambda: now[0])
    guessed, other = add_key(app, "units:read"), add_key(app, "units:read")
    for number in range(failures.MOST_FAILURES):
        assert ask(app, "/units", f"{guessed}{number}").status_code == 401
    waits = ask(app, "/units", guessed)
    assert (waits.status_code, waits.headers["Retry-After"]) == (429, "600")
    assert ask(app, "/units", other).status_code == 200
    now[0] = 599.5
    assert ask(app, "/units", guessed).headers["Retry-After"] == "1"
    now[0] = 600.0
    assert ask(app, "/units", guessed).status_code == 200


def test_keys_that_do_not_exist_wait_together_and_what_is_remembered_stays_small(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = add_key(app, "units:read")
    answers = [
        ask(app, "/units", f"abcdefgh{n:02}.x".replace("0", "m").replace("1", "n")).status_code for n in range(30)
    ]
    assert answers == [401] * 10 + [429] * 20
    assert ask(app, "/units", real).status_code == 200
    monkeypatch.setattr(failures, "MOST_NAMES", 5)
    counted = failures.Failures()
    for number in range(50):
        counted.add("", f"10.0.0.{number}")
    assert len(counted._times) == 5
    assert not any(b"10.0.0" in name for name in counted._times)


def test_a_view_that_names_no_scope_is_not_served(app: Flask) -> None:
    def unnamed() -> Response:
        return Response("open")

    app.view_functions["api.unnamed"] = unnamed
    app.url_map.add(app.url_rule_class("/api/v1/unnamed", endpoint="api.unnamed"))
    assert "api.unnamed" not in gate._needed
    assert ask(app, "/unnamed", add_key(app, "units:read")).status_code == 403
    assert ask(app, "/unnamed").status_code == 401
