"""What becomes of those who are logged in when the key that signs sessions is changed? They log in again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey_app import create_app
from tests.survey_app.building import make_settings
from tests.survey_app.staff.staff_building import client_of, close, log_in, make_staff_app, token_in


@pytest.fixture
def before(tmp_path: Path) -> Iterator[Flask]:
    made = make_staff_app(tmp_path)
    yield made
    close(made)


@pytest.fixture
def after(before: Flask, tmp_path: Path) -> Iterator[Flask]:
    """Return the installation with another key; all else, even the memory of logins, is as it was."""
    settings = make_settings(tmp_path)
    made = create_app(replace(settings, secret_key=settings.secret_key[::-1]), ("staff",))
    made.extensions["staff"] = before.extensions["staff"]
    yield made
    close(made)


def carry_over(old: FlaskClient, app: Flask) -> FlaskClient:
    """Return a browser that still has the cookie of before."""
    cookie, client = old.get_cookie("session"), app.test_client()
    assert cookie is not None
    client.set_cookie("session", cookie.value)
    return client


def test_a_new_key_logs_everybody_out_cleanly_and_lets_them_in_again(before: Flask, after: Flask) -> None:
    old = client_of(before)
    assert old.get("/staff/").status_code == 200
    client = carry_over(old, after)
    refused = client.get("/staff/")
    assert refused.status_code == 303
    assert refused.location.startswith("/staff/login")
    assert client.get(refused.location).status_code == 200
    assert log_in(client) == 303
    assert client.get("/staff/").status_code == 200


def test_a_page_that_was_open_when_the_key_changed_does_nothing_and_says_so(before: Flask, after: Flask) -> None:
    old = client_of(before)
    token = token_in(old.get("/staff/").text)
    client = carry_over(old, after)
    assert client.post("/staff/logout", data={"csrf_token": token}).status_code == 303
    stale = client.post("/staff/login", data={"csrf_token": token})
    assert stale.status_code == 400
    assert "mở quá lâu" in stale.text


def test_with_the_same_key_the_cookie_would_still_open_the_door(before: Flask, tmp_path: Path) -> None:
    same = create_app(make_settings(tmp_path), ("staff",))
    same.extensions["staff"] = before.extensions["staff"]
    old = client_of(before)
    old.get("/staff/")
    assert carry_over(old, same).get("/staff/").status_code == 200
    close(same)
