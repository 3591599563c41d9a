"""Can an office find, add, change and end its units by hand, and only its own?"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey_app.services.access.rights import Access, Grant, Role
from survey_app.services.organisation.vietnam import load_vietnam
from survey_app.staff import gate
from survey_app.store.models import AuditEntry, SurveyUnit, Unit, UnitSuccessor
from tests.survey_app.staff.staff_building import client_of, close, make_staff_app, token_in


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = make_staff_app(tmp_path)
    yield made
    close(made)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return client_of(app)


def post(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    token = token_in(client.get("/staff/units").text)
    return client.post(path, data={"csrf_token": token, **fields})


def restrict(monkeypatch: pytest.MonkeyPatch, *grants: Grant) -> None:
    """Let whoever is logged in have these grants: accounts of this version have all."""
    monkeypatch.setattr(gate, "access_of", lambda _, account: Access(account.username, grants))


def unit_of(app: Flask, code: str) -> Unit | None:
    with app.extensions["parts"].store.reading() as session:
        found: Unit | None = session.get(Unit, code)
    return found


def test_the_tree_is_walked_one_level_at_a_time(client: FlaskClient) -> None:
    top = client.get("/staff/units").text
    assert "Thành phố Biển Xanh" in top
    assert "2 đơn vị trực thuộc" in top
    assert "Phường Bến Sông" not in top
    below = client.get("/staff/units/u/79").text
    assert "Phường Bến Sông" in below
    assert "http://localhost/s/hai-long/26734" in client.get("/staff/units/u/26734").text


def test_the_whole_country_stays_light_and_is_searched_without_accents(app: Flask, client: FlaskClient) -> None:
    with app.extensions["parts"].store.writing() as session:
        load_vietnam(session, account="a")
        session.commit()
    pages = {path: client.get(path) for path in ("/staff/units", "/staff/units/u/79", "/staff/units?q=phuong")}
    for path, response in pages.items():
        assert response.status_code == 200
        assert len(response.data) <= 50_000, path
    assert "168 đơn vị trực thuộc" not in pages["/staff/units/u/79"].text
    assert "Phường Hoàn Kiếm" in client.get("/staff/units?q=hoan+kiem").text
    assert "Không có đơn vị nào khớp" in client.get("/staff/units?q=khong+co+gi").text


def test_an_installation_without_units_says_what_to_do(app: Flask, client: FlaskClient) -> None:
    with app.extensions["parts"].store.writing() as session:
        session.query(SurveyUnit).delete()
        session.query(Unit).filter(Unit.parent_code.is_not(None)).delete()
        session.query(Unit).delete()
        session.commit()
    assert "Nạp danh mục 34 tỉnh, thành phố và 3.321 xã, phường, đặc khu" in client.get("/staff/units").text
    report = client.get(post(client, "/staff/units/load-vietnam").location).text
    assert ">3.355<" in report
    assert "Mọi dòng đều dùng được" in report
    assert "Thành phố Hồ Chí Minh" in client.get("/staff/units").text


def test_a_unit_is_added_below_another_changed_and_ended(app: Flask, client: FlaskClient) -> None:
    assert 'value="79"' in client.get("/staff/units/new?parent=79").text
    made = post(client, "/staff/units/new", code="H26", name="Sở Nội vụ", kind="sở", parent_code="79",
                valid_from="2025-07-01")  # fmt: skip
    assert made.location == "/staff/units/u/H26"
    assert "Từ 01/07/2025" in client.get(made.location).text
    changes = {"name": "Sở Nội vụ tỉnh", "kind": "sở", "parent_code": "79", "valid_from": ""}
    changed = post(client, "/staff/units/u/H26/edit", **changes)
    assert changed.status_code == 303
    assert "không mở được nữa" in client.get("/staff/units/u/H26/end").text
    post(client, "/staff/units/u/H26/end", last_day="2026-11-20")
    ended = unit_of(app, "H26")
    assert ended is not None
    assert (ended.name, ended.valid_from, ended.valid_to) == ("Sở Nội vụ tỉnh", None, date(2026, 11, 20))
    assert "đã kết thúc" in client.get("/staff/units/u/H26").text
    post(client, "/staff/units/u/H26/end", reopen="1")
    assert (unit_of(app, "H26") or ended).valid_to is None
    with app.extensions["parts"].store.reading() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
    assert [(entry.event, entry.account) for entry in entries] == [
        (event, "quan-tri") for event in ("unit.created", "unit.changed", "unit.closed", "unit.reopened")
    ]


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("/staff/units/new", {"code": "26734", "name": "X"}, "đã là của đơn vị “Phường Bến Sông”"),
        ("/staff/units/new", {"code": "a b", "name": "X"}, "không dùng được"),
        ("/staff/units/new", {"code": "H1", "name": ""}, "Cần có tên"),
        ("/staff/units/new", {"code": "H1", "name": "X", "valid_from": "1/7"}, "Không đọc được ngày “1/7”"),
        (
            "/staff/units/new",
            {"code": "H1", "name": "X", "parent_code": "80"},
            "Không có đơn vị cấp trên mang mã 80",
        ),
        ("/staff/units/u/79/edit", {"name": "X", "parent_code": "26734"}, "cấp trên của chính mình"),
        ("/staff/units/u/26734/end", {"last_day": ""}, "Không đọc được ngày"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(
    client: FlaskClient, path: str, fields: dict[str, str], said: str
) -> None:
    response = post(client, path, **fields)
    assert response.status_code == 422
    assert said in response.text
    for typed in fields.values():
        assert typed in response.text


def test_an_office_sees_and_changes_its_own_units_and_no_other(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.extensions["parts"].store.writing() as session:
        session.add(Unit(code="80", name="Tỉnh Khác"))
        session.add(Unit(code="80001", name="Xã Bến Sông Khác", parent_code="80"))
        session.commit()
    restrict(monkeypatch, Grant(Role.ADMIN, "79"))
    tree = client.get("/staff/units").text
    assert "Thành phố Biển Xanh" in tree
    assert "Tỉnh Khác" not in tree
    assert "Nạp danh mục 34" not in tree
    found = client.get("/staff/units?q=ben+song").text
    assert "Phường Bến Sông" in found
    assert "Xã Bến Sông Khác" not in found
    for path in (
        "/staff/units/u/80",
        "/staff/units/u/80001/edit",
        "/staff/units/u/khong-co",
        "/staff/units/u/80001/procedures",
    ):
        assert client.get(path).status_code == 404, path
    assert client.get("/staff/units/u/26734").status_code == 200
    attempts: list[tuple[str, dict[str, str]]] = [
        ("/staff/units/u/80001/edit", {"name": "X"}),
        ("/staff/units/u/80001/end", {"last_day": "2026-11-20"}),
        ("/staff/units/load-vietnam", {}),
        ("/staff/units/procedures/new", {"code": "1", "name": "X"}),
    ]
    for path, fields in attempts:
        assert post(client, path, **fields).status_code == 404, (path, fields)
    own, new = "/staff/units/u/26734/edit", {"code": "H1", "name": "Sở"}
    for parent in ("80", "khong-co", ""):
        for path, fields in (("/staff/units/new", new), (own, {"name": "X"})):
            refused = post(client, path, **fields, parent_code=parent)
            assert refused.status_code == 422, (path, parent)
            assert "Đơn vị cấp trên phải thuộc phạm vi quản lý" in refused.text
    assert "Phường Bến Sông" in client.get("/staff/units/u/26734").text
    assert post(client, "/staff/units/new", **new, parent_code="79").status_code == 303


def test_who_may_only_look_finds_no_way_to_change(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    restrict(monkeypatch, Grant(Role.CLERK, "79"))
    for path in ("/staff/units", "/staff/units/u/26734", "/staff/units/map", "/staff/units/u/26734/procedures"):
        page = client.get(path)
        assert page.status_code == 200
        assert "/edit" not in page.text
        assert "Kết thúc hoạt động" not in page.text
        assert page.text.count('<form method="post"') == 1, path
    assert client.get("/staff/units/new").status_code == 403
    assert post(client, "/staff/units/u/26734/edit", name="X").status_code == 403


def test_a_unit_names_what_it_continues_and_what_continues_it(app: Flask, client: FlaskClient) -> None:
    with app.extensions["parts"].store.writing() as session:
        session.add_all(
            UnitSuccessor(old_code=old, old_name=name, new_code=new, share=share, effective_on=date(2025, 7, 1),
                          legal_basis="NQ 1685")
            for old, name, new, share in (
                ("26737", "Xã Đồng Sen", "26734", 0.6), ("26737", "Xã Đồng Sen", "79", 0.4),
                ("27001", "Xã Cũ", "26734", 1.0),
            )
        )  # fmt: skip
        session.commit()
    new, old = client.get("/staff/units/u/26734").text, client.get("/staff/units/u/26737").text
    assert "Kế tục các đơn vị" in new
    assert "từ ngày 01/07/2025, nhận 60% · NQ 1685" in new
    assert 'href="/staff/units/u/26737"' in new
    assert 'href="/staff/units/u/27001"' not in new
    assert "Đơn vị kế tục" in old
    rows = client.get("/staff/units/map").text
    assert rows.count("<tr>") == 4
    asked = client.get("/staff/units/map/remove?old=26737&day=2025-07-01").text
    assert "không còn tính cho đơn vị mới" in asked
    assert post(client, "/staff/units/map/remove", old="26737", day="2025-07-01").status_code == 303
    assert client.get("/staff/units/map").text.count("<tr>") == 2
    assert post(client, "/staff/units/map/remove", old="26737", day="2025-07-01").status_code == 404
