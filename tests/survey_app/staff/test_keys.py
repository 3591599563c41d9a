"""Who may give which system a key on the pages, and is it shown once and gone when it is taken back?"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey_app.services import keys
from survey_app.services.access.rights import Grant, Role
from survey_app.store.models import ApiKey, AuditEntry
from tests.survey_app.building import TODAY
from tests.survey_app.staff.log.test_audit import client_with
from tests.survey_app.staff.staff_building import client_of, close, make_staff_app, tables_in, token_in


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = make_staff_app(tmp_path)
    yield made
    close(made)


def create(client: FlaskClient, **fields: object) -> TestResponse:
    token = token_in(client.get("/staff/keys/new").text)
    sent = {"system": "Một cửa điện tử", "scope": ["units:read"], "unit": "", **fields}
    return client.post("/staff/keys/new", data={**sent, "csrf_token": token})


def add_key(app: Flask, unit: str | None) -> str:
    wish = keys.Wish(system=f"Hệ thống {unit}", scopes=["units:read"], unit_code=unit)
    with app.extensions["parts"].store.writing() as session:
        made, _ = keys.create_key(session, wish, account="quan-tri", today=TODAY)
        session.commit()
    return made.prefix


def stored(app: Flask) -> list[ApiKey]:
    with app.extensions["parts"].store.reading() as session:
        return list(session.scalars(select(ApiKey).order_by(ApiKey.created_on, ApiKey.system)))


def test_a_key_is_shown_once_works_and_stands_nowhere_else(app: Flask, tmp_path: Path) -> None:
    client = client_of(app)
    assert "Chưa có khóa kết nối nào" in client.get("/staff/keys").text
    shown = create(client, scope=["units:read", "surveys:read"], unit="79")
    assert shown.headers["Cache-Control"] == "no-store"
    found = re.search(r">([a-z2-9]{10}\.[\w-]{43})<", shown.text)
    assert found is not None
    (key,) = stored(app)
    with app.extensions["parts"].store.reading() as session:
        fits = keys.key_of(session, found[1])
        assert fits is not None
        assert (fits.prefix, fits.scopes, fits.unit_code) == (key.prefix, ["units:read", "surveys:read"], "79")
        (entry,) = session.scalars(select(AuditEntry))
        assert (entry.event, entry.account, entry.unit_code) == ("key.created", "quan-tri", "79")
    secret = found[1].partition(".")[2]
    for path in ("/staff/keys", "/staff/keys/new", f"/staff/keys/{key.prefix}/revoke", "/staff/audit"):
        assert secret not in client.get(path).text
    app.extensions["parts"].store.engine.dispose()
    assert not any(secret.encode() in path.read_bytes() for path in tmp_path.iterdir() if path.is_file())


def test_a_key_that_is_taken_back_is_refused_from_then_on_and_stays_in_the_list(app: Flask) -> None:
    client = client_of(app)
    prefix = add_key(app, None)
    asked = client.get(f"/staff/keys/{prefix}/revoke").text
    assert "bị từ chối ngay từ yêu cầu kế tiếp" in asked
    data = {"csrf_token": token_in(asked)}
    for _ in range(2):
        assert client.post(f"/staff/keys/{prefix}/revoke", data=data).location == "/staff/keys"
    assert stored(app)[0].revoked_on == TODAY
    page = client.get("/staff/keys").text
    assert "Đã thu hồi ngày 21/11/2026" in page
    assert f"/staff/keys/{prefix}/revoke" not in page
    with app.extensions["parts"].store.reading() as session:
        assert [entry.event for entry in session.scalars(select(AuditEntry))] == ["key.created", "key.revoked"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"system": "x"}, "từ 3 đến 80 ký tự"),
        ({"system": "x" * 81}, "từ 3 đến 80 ký tự"),
        ({"scope": []}, "ít nhất một phạm vi"),
        ({"scope": ["units:read", "units:write"]}, "ít nhất một phạm vi"),
        ({"unit": "99999"}, "Không có đơn vị mang mã này"),
    ],
)
def test_what_cannot_be_a_key_is_said_and_nothing_is_made(
    app: Flask, fields: dict[str, object], said: str
) -> None:
    refused = create(client_of(app), **fields)
    assert refused.status_code == 422
    assert said in refused.text
    assert stored(app) == []


def test_the_administrator_of_a_unit_sees_and_changes_the_keys_of_its_units_alone(
    app: Flask,
) -> None:
    prefixes = {unit: add_key(app, unit) for unit in ("26734", "26737", "79", None)}
    client = client_with(app, Grant(Role.ADMIN, "26734"))
    page = client.get("/staff/keys").text
    assert [row[0] for row in tables_in(page)[0][1:]] == ["Hệ thống 26734"]
    token = token_in(client.get("/staff/keys/new").text)
    for unit, prefix in prefixes.items():
        expected = (200, 303) if unit == "26734" else (404, 404)
        path = f"/staff/keys/{prefix}/revoke"
        assert (
            client.get(path).status_code,
            client.post(path, data={"csrf_token": token}).status_code,
        ) == expected
    assert client.get("/staff/keys/abcdefgh23/revoke").status_code == 404
    for unit in ("", "26737", "79", "99999"):
        refused = create(client, unit=unit)
        assert refused.status_code == 422
        assert "không thuộc quyền quản lý" in refused.text
    assert create(client, unit="26734").status_code == 200
    assert len(stored(app)) == 5
    assert [key.revoked_on for key in stored(app) if key.unit_code != "26734"] == [None] * 3


def test_the_auditor_sees_every_key_and_changes_none(app: Flask) -> None:
    prefix = add_key(app, "79")
    client = client_with(app, Grant(Role.AUDITOR))
    page = client.get("/staff/keys").text
    assert prefix in page
    assert "/revoke" not in page
    assert "/staff/keys/new" not in page
    for path in ("/staff/keys/new", f"/staff/keys/{prefix}/revoke"):
        assert client.get(path).status_code == 403
