"""Can a header or an address make the application speak for another host, or lead there? Twenty-odd payloads."""

from collections.abc import Iterator

import pytest
from flask import Flask, redirect, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.survey_app.staff.staff_building import NAME, PASSWORD, client_of, close, make_staff_app, token_in

EVIL = "xau.example"
HOSTS = [
    EVIL,
    f"localhost.{EVIL}",
    f"localhost@{EVIL}",
    f"localhost#{EVIL}",
    f"localhost,{EVIL}",
    f"{EVIL}:80",
    "127.0.0.2",
    "[::",
    f"localhost\t{EVIL}",
]
PROXY = [
    {"X-Forwarded-Host": EVIL},
    {"X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "https", "X-Forwarded-Port": "444"},
    {"Forwarded": f"host={EVIL};proto=https"},
    {"X-Original-Host": EVIL},
    {"X-Original-URL": f"//{EVIL}/"},
    {"X-Rewrite-URL": f"//{EVIL}/"},
    {"X-Forwarded-Prefix": f"//{EVIL}"},
    {"X-Host": EVIL},
    {"Referer": f"https://{EVIL}/"},
]
WANTED = [
    f"https://{EVIL}/",
    f"//{EVIL}/staff/",
    f"/staff//{EVIL}",
    f"/\\{EVIL}",
    f"/staff/\\..\\{EVIL}",
    f"javascript:alert('{EVIL}')",
    f"/staff/%0d%0aLocation:{EVIL}",
    f"/staff/?next=//{EVIL}",
    f"https:{EVIL}",
    f" //{EVIL}",
    f"/staff/@{EVIL}",
    f"/staff/../{EVIL}",
]
PAGES = ("/", "/s/hai-long", "/s/hai-long/26734", "/staff/login", "/staff/", "/staff/khong-co")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    made = make_staff_app(tmp_path_factory.mktemp("instance"), ("public", "staff"))
    yield made
    close(made)


def reflects(response: TestResponse) -> bool:
    return EVIL in response.text or any(EVIL in value for _, value in response.headers)


@pytest.mark.parametrize("host", HOSTS)
def test_a_request_for_another_host_is_refused_and_not_repeated(app: Flask, host: str) -> None:
    for path in PAGES:
        response = app.test_client().get(path, headers={"Host": host})
        assert response.status_code == 400, path
        assert not reflects(response)


@pytest.mark.parametrize("headers", PROXY)
def test_a_header_that_only_a_proxy_may_send_changes_no_answer(app: Flask, headers: dict[str, str]) -> None:
    for path in PAGES:
        plain, told = (app.test_client().get(path, headers=sent) for sent in ({}, headers))
        assert (told.status_code, told.headers.get("Location")) == (
            plain.status_code,
            plain.headers.get("Location"),
        )
        assert not reflects(told), path


@pytest.mark.parametrize("wanted", WANTED)
def test_a_login_leads_to_a_page_of_ours_and_nowhere_else(app: Flask, wanted: str) -> None:
    inside = client_of(app).get("/staff/login", query_string={"next": wanted})
    assert inside.location == "/staff/"
    client = app.test_client()
    data = {"username": NAME, "password": PASSWORD, "csrf_token": token_in(client.get("/staff/login").text)}
    entered = client.post("/staff/login", query_string={"next": wanted}, data=data)
    assert (entered.status_code, entered.location) == (303, "/staff/")


def test_every_redirect_stays_on_this_host(app: Flask) -> None:
    client = client_of(app)
    for outside in (app.test_client(), client):
        for path in ("/staff/", "/staff/login", "/staff/login/code", "/staff/me"):
            location = outside.get(path).headers.get("Location", "/")
            assert location.startswith("/")
            assert not location.startswith("//")


def test_a_page_that_repeats_what_it_was_told_would_be_found() -> None:
    loose = Flask("loose")
    loose.add_url_rule("/", view_func=lambda: redirect(request.headers["X-Forwarded-Host"]))
    client: FlaskClient = loose.test_client()
    assert reflects(client.get("/", headers={"X-Forwarded-Host": EVIL}))
