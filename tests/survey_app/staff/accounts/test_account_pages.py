"""Do admins look after the accounts of their units from the pages, with every act named and nothing more taken?"""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey_app.services.access.accounts import access_of
from survey_app.services.access.rights import Grant, Role
from survey_app.store.models import AuditEntry, StaffAccount, StaffGrant, Unit
from tests.survey_app.staff.staff_building import add_person, client_of, close, log_in, make_staff_app, token_in


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = make_staff_app(tmp_path)
    with made.extensions["parts"].store.writing() as session:
        session.add(Unit(code="01", name="Thành phố Núi Cao"))
        session.flush()
        add_person(session, "so-noi-vu", Grant(Role.ADMIN, "79"), home="79")
        add_person(session, "can-bo", Grant(Role.CLERK, "26734"), home="26734")
        add_person(session, "xa-khac", Grant(Role.CLERK, "01"), home="01")
        session.commit()
    yield made
    close(made)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return client_of(app, "so-noi-vu")


def post(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    token = token_in(client.get("/staff/me").text)
    return client.post(f"/staff/accounts/{path}", data={**fields, "csrf_token": token})


def grants_of(app: Flask, name: str) -> set[Grant]:
    with app.extensions["parts"].store.reading() as session:
        return set(access_of(session, session.get_one(StaffAccount, name)).grants)


def account(app: Flask, name: str) -> StaffAccount | None:
    with app.extensions["parts"].store.reading() as session:
        found: StaffAccount | None = session.get(StaffAccount, name)
        return found


def password_in(page: str) -> str:
    found = re.search(r'class="first-password"><code>([^<]+)</code>', page)
    assert found is not None, page
    return html.unescape(found[1])


def test_a_contact_person_is_made_with_both_roles_and_a_password_shown_once(
    app: Flask, client: FlaskClient
) -> None:
    made = post(
        client, "new", username="Dau-Moi", full_name="Lê Văn Bình", unit="Xã Đồng Sen", role="commune_contact"
    )
    assert made.status_code == 200
    assert grants_of(app, "dau-moi") == {Grant(Role.CLERK, "26737"), Grant(Role.OFFICE, "26737")}
    password = password_in(made.text)
    assert password not in client.get("/staff/accounts/dau-moi").text
    newcomer = app.test_client()
    assert log_in(newcomer, "dau-moi", password) == 303
    assert newcomer.get("/staff/").location == "/staff/me/password"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"unit": "01", "role": "clerk"}, "không có trong phạm vi"),
        ({"unit": "", "role": "clerk"}, "không có trong phạm vi"),
        ({"unit": "khong-co", "role": "clerk"}, "không có trong phạm vi"),
        ({"unit": "26734", "role": "auditor"}, "không có trong phạm vi"),
        ({"unit": "26734", "role": "vua"}, "không có trong phạm vi"),
        ({"unit": "26734", "username": "can-bo"}, "đã có người dùng"),
        ({"unit": "26734", "username": "Cán Bộ!"}, "Tên tài khoản cần"),
    ],
)
def test_an_account_beyond_reach_is_refused_with_what_was_typed_and_nothing_is_kept(
    app: Flask, client: FlaskClient, fields: dict[str, str], said: str
) -> None:
    refused = post(client, "new", **{"username": "moi-toanh", "full_name": "Lê Văn Bình", **fields})
    assert refused.status_code == 422
    assert said in refused.text
    assert "Lê Văn Bình" in refused.text
    assert account(app, "moi-toanh") is None
    assert "unknown" not in refused.text


def test_fields_that_the_form_does_not_have_are_not_looked_at(app: Flask, client: FlaskClient) -> None:
    planted = {
        "password_hash": "x",
        "active": "0",
        "must_change_password": "",
        "totp_enabled": "1",
        "role": "admin",
        "grants": "admin",
        "issuer": "https://xau.example",
        "subject": "ke-gian",
        "username": "quan-tri",
    }
    before = account(app, "can-bo")
    assert before is not None
    assert post(client, "can-bo/edit", full_name="Tên Mới", unit="26734", **planted).status_code == 303
    after = account(app, "can-bo")
    assert after is not None
    assert after.full_name == "Tên Mới"
    same = ("password_hash", "active", "must_change_password", "totp_enabled", "issuer", "subject", "unit_code")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    assert grants_of(app, "can-bo") == {Grant(Role.CLERK, "26734")}
    refused = client.post(
        "/staff/accounts/can-bo/edit",
        json={"full_name": "JSON", "role": "admin", "csrf_token": token_in(client.get("/staff/me").text)},
    )
    assert refused.status_code == 400


def test_roles_are_given_and_taken_with_what_follows_named_and_the_session_ends(
    app: Flask, client: FlaskClient
) -> None:
    theirs = client_of(app, "can-bo")
    assert theirs.get("/staff/results/hai-long").status_code == 403
    assert post(client, "can-bo/grants", role="office", unit="26737").status_code == 303
    assert theirs.get("/staff/").status_code == 303
    assert client_of(app, "can-bo").get("/staff/results/hai-long").status_code == 200
    with app.extensions["parts"].store.reading() as session:
        grant_id = session.scalars(
            select(StaffGrant.id).where(StaffGrant.username == "can-bo", StaffGrant.role == "office")
        ).one()
    asked = client.get(f"/staff/accounts/can-bo/grants/{grant_id}/remove").text
    assert "mất vai trò “Xem kết quả của đơn vị” (Xã Đồng Sen (26737))" in asked
    assert post(client, f"can-bo/grants/{grant_id}/remove").status_code == 303
    assert grants_of(app, "can-bo") == {Grant(Role.CLERK, "26734")}


def test_roles_beyond_reach_are_not_offered_and_refused_when_sent_all_the_same(
    app: Flask, client: FlaskClient
) -> None:
    page = client.get("/staff/accounts/can-bo").text
    assert 'value="auditor"' not in page
    assert "Thành phố Núi Cao" not in page
    assert 'value="auditor"' in client_of(app).get("/staff/accounts/can-bo").text
    for fields in (
        {"role": "admin", "unit": ""},
        {"role": "analyst", "unit": ""},
        {"role": "office", "unit": "01"},
    ):
        assert post(client, "can-bo/grants", **fields).status_code in {404, 422}, fields
    assert grants_of(app, "can-bo") == {Grant(Role.CLERK, "26734")}
    assert post(client, "so-noi-vu/grants", role="admin", unit="79").status_code == 403
    assert post(client, "so-noi-vu/disable").status_code == 403


def test_a_reset_ends_sessions_and_asks_for_a_new_password(app: Flask, client: FlaskClient) -> None:
    theirs = client_of(app, "can-bo")
    with app.extensions["parts"].store.writing() as session:
        known = session.get_one(StaffAccount, "can-bo")
        known.totp_nonce, known.totp_enabled = "x", True
        session.commit()
    asked = client.get("/staff/accounts/can-bo/reset").text
    assert "mất hiệu lực ngay" in asked
    assert "Gỡ cả xác thực hai bước" in asked
    password = password_in(post(client, "can-bo/reset", second_factor="clear").text)
    assert theirs.get("/staff/").status_code == 303
    entered = app.test_client()
    assert log_in(entered, "can-bo", password) == 303
    assert entered.get("/staff/").location == "/staff/me/password"
    with app.extensions["parts"].store.reading() as session:
        events = session.scalars(select(AuditEntry.event)).all()
        assert {"password.reset", "second_factor.cleared"} <= set(events)
        assert not any(password in str(one.details) for one in session.scalars(select(AuditEntry)))


def test_an_account_is_shut_out_and_let_in_again_with_its_roles(app: Flask, client: FlaskClient) -> None:
    theirs = client_of(app, "can-bo")
    assert "mở khóa lại lúc nào cũng được" in client.get("/staff/accounts/can-bo/disable").text
    assert post(client, "can-bo/disable").status_code == 303
    assert theirs.get("/staff/").status_code == 303
    assert log_in(app.test_client(), "can-bo") == 401
    assert "Đã khóa" in client.get("/staff/accounts").text
    assert post(client, "can-bo/enable").status_code == 303
    assert log_in(app.test_client(), "can-bo") == 303
    assert grants_of(app, "can-bo") == {Grant(Role.CLERK, "26734")}


def test_the_only_admin_of_the_whole_stays_and_the_page_says_why(app: Flask) -> None:
    with app.extensions["parts"].store.writing() as session:
        session.get_one(StaffAccount, "can-bo-xa").active = False
        session.commit()
    with app.extensions["parts"].store.writing() as session:
        add_person(session, "quan-tri-2", Grant(Role.ADMIN))
        session.commit()
    second = client_of(app, "quan-tri-2")
    assert post(second, "quan-tri/disable").status_code == 303
    assert post(second, "quan-tri-2/disable").status_code == 403


def test_the_list_is_searched_and_says_what_to_do_where_it_is_empty(app: Flask, client: FlaskClient) -> None:
    page = client.get("/staff/accounts").text
    assert "can-bo" in page
    assert "xa-khac" not in page
    assert "quan-tri<" not in page
    assert "Không có tài khoản nào khớp với “&lt;xyz&gt;”" in client.get("/staff/accounts?q=<xyz>").text
    assert "xa-khac" in client_of(app).get("/staff/accounts?q=nui cao").text
    auditor = "kiem-tra"
    with app.extensions["parts"].store.writing() as session:
        add_person(session, auditor, Grant(Role.AUDITOR))
        session.commit()
    shown = client_of(app, auditor).get("/staff/accounts/can-bo").text
    assert "Chỉ xem được" in shown
    assert "/reset" not in shown


def test_a_unit_is_named_as_people_type_it_and_one_of_several_by_its_code(app: Flask) -> None:
    admin = client_of(app)
    with app.extensions["parts"].store.writing() as session:
        session.add_all(Unit(code=code, name="Xã Tân Tiến") for code in ("A1", "A2"))
        session.commit()
    refused = post(admin, "new", username="moi-mot", unit="xa tan tien")
    assert "Có nhiều đơn vị mang tên này. Gõ mã đơn vị" in refused.text
    assert post(admin, "new", username="moi-hai", unit="a2").status_code == 200
    assert post(admin, "new", username="moi-ba", unit="phuong ben song").status_code == 200
    assert "Xã Tân Tiến (A2)" in admin.get("/staff/accounts/moi-hai").text
    assert "Phường Bến Sông (26734)" in admin.get("/staff/accounts?q=moi-ba").text
    found = re.sub(r"\s+", " ", admin.get("/staff/units?q=ben+song").text)
    assert "26734 · Thành phố Biển Xanh" in found


def test_a_role_beyond_reach_is_refused_on_the_page_where_it_was_asked_for(client: FlaskClient) -> None:
    refused = post(client, "can-bo/grants", role="admin", unit="")
    assert refused.status_code == 422
    assert "không có trong phạm vi quản lý" in refused.text
    assert "Giao vai trò" in refused.text
