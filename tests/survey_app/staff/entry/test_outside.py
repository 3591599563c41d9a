"""Can somebody enter with an account of another system: only when linked, only with an answer that is proved?"""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from survey_app.settings import Provider, SettingsRefused
from survey_app.staff.entry import outside
from survey_app.store.models import AuditEntry, StaffAccount
from tests.survey_app.staff.entry.provider import CLIENT_ID, CLIENT_SECRET, PERSON, OutsideSystem, serving
from tests.survey_app.staff.staff_building import NAME, close, make_staff_app, token_in


@pytest.fixture
def system() -> Iterator[OutsideSystem]:
    with serving() as running:
        yield running


@pytest.fixture
def app(tmp_path: Path, system: OutsideSystem) -> Iterator[Flask]:
    made = make_staff_app(tmp_path)
    provider = Provider(
        issuer=system.address, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, name="Cổng tỉnh Sông Mây"
    )
    parts = made.extensions["parts"]
    made.extensions["parts"] = replace(parts, settings=replace(parts.settings, provider=provider))
    link(made, PERSON["sub"])
    yield made
    close(made)


def link(app: Flask, subject: object, **changes: object) -> None:
    with app.extensions["parts"].store.writing() as session:
        account = session.get_one(StaffAccount, NAME)
        account.issuer, account.subject = app.extensions["parts"].settings.provider.issuer, str(subject)
        for name, value in changes.items():
            setattr(account, name, value)
        session.commit()


def sent_back(client: FlaskClient, path: str = "/staff/login/outside") -> str:
    """Go to the provider as the browser is told to, over real HTTP, and return the address it sends back to."""
    there = client.get(path)
    assert there.status_code == 303, there.text
    back = requests.get(there.location, allow_redirects=False, timeout=5)
    return back.headers["Location"].removeprefix("http://localhost")


def enter(client: FlaskClient, path: str = "/staff/login/outside") -> TestResponse:
    return client.get(sent_back(client, path))


def test_a_linked_person_enters_and_the_page_offers_it_by_name(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/staff/login?next=/staff/counts").text
    assert "Đăng nhập bằng tài khoản Cổng tỉnh Sông Mây" in page
    entered = enter(client, "/staff/login/outside?next=/staff/counts")
    assert (entered.status_code, entered.location) == (303, "/staff/counts")
    assert client.get("/staff/counts").status_code == 200
    with app.extensions["parts"].store.reading() as session:
        told = session.scalars(select(AuditEntry).where(AuditEntry.event == "login.succeeded")).one()
    assert (told.account, told.details) == (NAME, {"how": "outside"})


def test_a_link_by_a_verified_address_counts_and_by_an_unverified_one_does_not(
    app: Flask, system: OutsideSystem
) -> None:
    link(app, str(PERSON["email"]).title())
    assert enter(app.test_client()).status_code == 303
    for verified in (False, None, "true"):
        system.spoil = {"email_verified": verified}
        assert enter(app.test_client()).status_code == 403


def test_nobody_enters_without_a_link_and_no_account_is_made(app: Flask, system: OutsideSystem) -> None:
    system.spoil = {"sub": "u-khac", "email": "khac@tinh.example"}
    client = app.test_client()
    refused = enter(client)
    assert refused.status_code == 403
    assert "chưa được liên kết" in refused.text
    assert client.get("/staff/").status_code == 303
    with app.extensions["parts"].store.reading() as session:
        assert session.scalar(select(func.count()).select_from(StaffAccount)) == 2


def test_a_disabled_account_stays_out_and_a_first_password_is_no_hindrance(app: Flask) -> None:
    link(app, PERSON["sub"], must_change_password=True)
    client = app.test_client()
    assert enter(client).status_code == 303
    assert client.get("/staff/").status_code == 200
    token = token_in(client.get("/staff/me").text)
    assert client.post("/staff/me/sessions/end", data={"csrf_token": token}).status_code == 303
    assert client.get("/staff/").status_code == 200
    link(app, PERSON["sub"], active=False)
    assert client.get("/staff/").status_code == 303
    assert enter(app.test_client()).status_code == 403


SPOILT: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "x"},
    "no nonce": {"nonce": None},
    "another issuer": {"iss": "https://xau.example"},
    "another audience": {"aud": "another-client"},
    "several audiences and no party": {"aud": [CLIENT_ID, "another-client"]},
    "another party": {"aud": [CLIENT_ID], "azp": "another-client"},
    "expired": {"exp": int(time.time()) - 3600},
    "no end": {"exp": None},
    "made tomorrow": {"nbf": int(time.time()) + 86_400},
    "no person": {"sub": None},
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_token_that_is_not_ours_now_is_refused(app: Flask, system: OutsideSystem, what: str) -> None:
    system.spoil = SPOILT[what]
    client = app.test_client()
    refused = enter(client)
    assert refused.status_code == 401
    assert "không xác nhận được danh tính" in refused.text
    assert client.get("/staff/").status_code == 303
    system.spoil = {}
    assert enter(client).status_code == 303


def test_a_signature_of_another_key_or_kind_is_refused(app: Flask, system: OutsideSystem) -> None:
    own = system.key
    system.key = RSAKey.generate_key(2048, {"kid": "k1"})
    assert enter(app.test_client()).status_code == 401
    system.key, system.algorithm = OctKey.import_key(CLIENT_SECRET + "x" * 32), "HS256"
    assert enter(app.test_client()).status_code == 401
    system.key, system.algorithm = own, "RS256"
    assert enter(app.test_client()).status_code == 303


def test_an_answer_counts_once_and_for_the_browser_that_asked(app: Flask) -> None:
    client, victim = app.test_client(), app.test_client()
    back = sent_back(client)
    sent_back(victim)
    assert victim.get(back).status_code == 401
    assert victim.get("/staff/").status_code == 303
    fresh = sent_back(client)
    assert client.get(back).status_code == 401
    assert client.get(f"{fresh}&again=1").status_code == 400
    again = sent_back(client)
    assert client.get(again).status_code == 303
    assert client.get(f"{again}&again=1").status_code == 400


def test_a_code_is_worthless_without_the_verifier_of_the_browser(app: Flask, system: OutsideSystem) -> None:
    client = app.test_client()
    back = sent_back(client)
    for asked in system.asked.values():
        asked["code_challenge"] = "x" * 43
    assert client.get(back).status_code == 401


def test_a_browser_that_left_its_strict_cookie_at_home_is_asked_to_come_again(app: Flask) -> None:
    client, without = app.test_client(), app.test_client()
    back = sent_back(client)
    asked = without.get(back)
    assert asked.status_code == 200
    assert asked.headers["Refresh"] == f"0; url={back}&again=1"
    assert client.get(f"{back}&again=1").status_code == 303
    assert without.get(f"{back}&again=1").status_code == 400


def test_an_answer_that_took_too_long_is_refused(app: Flask) -> None:
    client = app.test_client()
    back = sent_back(client)
    with client.session_transaction() as session:
        session["outside"]["at"] -= outside.ATTEMPT_SECONDS + 1
        session.modified = True
    assert client.get(back).status_code == 400


def test_a_provider_that_is_gone_or_names_another_issuer_costs_nobody_the_password_login(app: Flask) -> None:
    parts = app.extensions["parts"]
    for issuer in ("http://127.0.0.1:9", f"{parts.settings.provider.issuer}/khac"):
        provider = replace(parts.settings.provider, issuer=issuer)
        app.extensions["parts"] = replace(parts, settings=replace(parts.settings, provider=provider))
        refused = app.test_client().get("/staff/login/outside")
        assert refused.status_code == 503
        assert "đăng nhập bằng mật khẩu" in refused.text
        assert app.test_client().get("/staff/login").status_code == 200


def test_without_a_provider_there_is_no_such_page(tmp_path: Path) -> None:
    made = make_staff_app(tmp_path)
    assert "outside" not in made.test_client().get("/staff/login").text
    assert made.test_client().get("/staff/login/outside").status_code == 404
    assert made.test_client().get("/staff/login/outside/back?code=x&state=x").status_code == 404
    close(made)


@pytest.mark.parametrize(
    "environ",
    [
        {"SURVEY_OIDC_ISSUER": "http://dangnhap.tinh.example"},
        {"SURVEY_OIDC_ISSUER": "http://127.0.0.1.xau.example"},
        {"SURVEY_OIDC_ISSUER": "ftp://127.0.0.1"},
        {"SURVEY_OIDC_ISSUER": "https://"},
        {"SURVEY_OIDC_ISSUER": "https://dangnhap.tinh.example", "SURVEY_OIDC_CLIENT_SECRET": ""},
    ],
)
def test_a_provider_that_is_unsafe_or_half_named_is_refused_at_the_start(environ: dict[str, str]) -> None:
    with pytest.raises(SettingsRefused, match="SURVEY_OIDC"):
        Provider.from_environment({"SURVEY_OIDC_CLIENT_ID": "x", "SURVEY_OIDC_CLIENT_SECRET": "y"} | environ)
    assert Provider.from_environment({}) is None


def test_a_missing_library_is_named_at_the_start(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = app.extensions["parts"].settings.provider
    outside.refuse_missing_library(provider)
    monkeypatch.setattr(outside, "find_spec", lambda _: None)
    outside.refuse_missing_library(None)
    with pytest.raises(SettingsRefused, match=r"pip install '\.\[oidc\]'"):
        outside.refuse_missing_library(provider)
