"""Who may read which entries of the log, by which filters, and is every file that leaves kept in it?"""

import ast
import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

import survey_app
from survey_app.services.access.rights import Grant, Role
from survey_app.services.log import audit
from survey_app.services.log import reading as audit_log
from survey_app.services.submit import random_id
from survey_app.staff.speech import PHRASES
from survey_app.store.models import AuditEntry
from tests.survey_app.services.log.tampering import change, open_to_tampering
from tests.survey_app.staff.staff_building import (
    add_answers,
    add_person,
    client_of,
    close,
    make_staff_app,
    tables_in,
    token_in,
)
from tests.survey_app.staff.test_counts import GOOD, sheet, upload

EVIL = "=cmd|' /C calc'!A0"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = make_staff_app(tmp_path)
    yield made
    close(made)


def client_with(app: Flask, *grants: Grant) -> FlaskClient:
    """Return a client of a new person with these roles alone."""
    name = f"nguoi-{random_id()[:8]}"
    with app.extensions["parts"].store.writing() as session:
        add_person(session, name, *grants)
        session.commit()
    return client_of(app, name)


def record(app: Flask, event: str = "key.created", **said: str) -> None:
    with app.extensions["parts"].store.writing() as session:
        audit.record(
            session, event, account=said.pop("account", "can-bo"), unit_code=said.pop("unit", None), **said
        )
        session.commit()


def numbers(page: str) -> list[str]:
    return [row[0] for table in tables_in(page) for row in table[1:]]


def last_entries(app: Flask) -> list[tuple[str, dict[str, str]]]:
    with app.extensions["parts"].store.reading() as session:
        found = session.scalars(select(AuditEntry).order_by(AuditEntry.number))
        return [(entry.event, entry.details) for entry in found]


def test_an_empty_log_says_what_will_stand_in_it(app: Flask) -> None:
    assert "Nhật ký chưa có mục nào" in client_of(app).get("/staff/audit").text


def test_the_log_shows_who_did_what_when_and_about_which_unit_in_both_languages(app: Flask) -> None:
    record(app, unit="26734", system="Một cửa <b>")
    page = client_of(app).get("/staff/audit").text
    (row,) = tables_in(page)[0][1:]
    assert row[2:] == ["can-bo", "Tạo khóa kết nối", "Phường Bến Sông (26734)", "hệ thống: Một cửa <b>"]
    assert "Nhật ký nguyên vẹn" in page
    english = client_of(app).get("/staff/audit?lang=en").text
    assert tables_in(english)[0][1][3] == "Key created"


def test_pages_follow_one_another_by_number_without_a_gap(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_log, "ENTRIES_A_PAGE", 3)
    monkeypatch.setattr("survey_app.staff.log.entries.ENTRIES_A_PAGE", 3)
    for _ in range(7):
        record(app)
    client = client_of(app)
    assert numbers(client.get("/staff/audit").text) == ["7", "6", "5"]
    assert numbers(client.get("/staff/audit?below=5").text) == ["4", "3", "2"]
    last = client.get("/staff/audit?below=2").text
    assert numbers(last) == ["1"]
    assert "Cũ hơn" not in last
    assert numbers(client.get(f"/staff/audit?below={'9' * 40}").text) == ["7", "6", "5"]
    assert numbers(client.get("/staff/audit?below=x").text) == ["7", "6", "5"]


def test_filters_leave_what_was_asked_for(app: Flask) -> None:
    record(app, unit="26734")
    record(app, unit="26737", account="nguoi-khac")
    record(app, event="key.revoked", unit="79")
    client = client_of(app)
    for query, left in {
        "account=nguoi-khac": ["2"],
        "event=key.revoked": ["3"],
        "unit=26737": ["2"],
        "unit=79": ["3", "2", "1"],
        "unit=79&account=can-bo&event=key.created": ["1"],
        "first=2099-01-01": [],
        "first=2020-01-01&last=2098-12-31": ["3", "2", "1"],
        "last=2020-01-01": [],
    }.items():
        assert numbers(client.get(f"/staff/audit?{query}").text) == left, query
    for wrong in ("first=hôm qua", "last=2026-13-01", "first=2999-01-01", "last=9999-12-31"):
        refused = client.get(f"/staff/audit?{wrong}")
        assert refused.status_code == 422
        assert "Ngày lọc chưa đúng" in refused.text
        assert client.get(f"/staff/audit/log.csv?{wrong}").status_code == 422


def test_the_administrator_of_a_unit_sees_the_entries_of_its_units_and_no_others(
    app: Flask,
) -> None:
    for unit in ("26734", "26737", "79", None):
        record(app, **({"unit": unit} if unit else {}))
    client = client_with(app, Grant(Role.ADMIN, "26734"))
    page = client.get("/staff/audit").text
    assert numbers(page) == ["1"]
    assert "nguyên vẹn" not in page
    assert numbers(client.get("/staff/audit?unit=26734").text) == ["1"]
    for beyond in ("26737", "79", "khong-co"):
        assert client.get(f"/staff/audit?unit={beyond}").status_code == 404
        assert client.get(f"/staff/audit/log.csv?unit={beyond}").status_code == 404
    sent = client.get("/staff/audit/log.csv").text
    assert [row[0] for row in csv.reader(io.StringIO(sent))][1:] == ["1"]
    for path in ("/staff/audit/roots", "/staff/audit/roots.json"):
        assert client.get(path).status_code == 404
    assert numbers(client_with(app, Grant(Role.ADMIN, "79")).get("/staff/audit").text) == ["3", "2", "1"]
    assert client_with(app, Grant(Role.OFFICE, "79")).get("/staff/audit").status_code == 403
    assert len(numbers(client_with(app, Grant(Role.AUDITOR)).get("/staff/audit").text)) == 5


def test_the_file_of_the_log_is_inert_in_spreadsheets_and_is_itself_kept(app: Flask) -> None:
    record(app, account=EVIL, system=EVIL, unit="26734")
    sent = client_of(app).get("/staff/audit/log.csv?unit=79")
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert sent.data.startswith(b"\xef\xbb\xbf")
    heading, row = csv.reader(io.StringIO(sent.data.decode("utf-8-sig")))
    assert heading[:4] == ["number", "time", "account", "event"]
    assert row[2] == "'" + EVIL
    assert row[6] == f"system={EVIL}"
    assert last_entries(app)[-1] == ("audit.downloaded", {"by_unit": "79"})


def test_a_broken_log_is_said_where_it_breaks(app: Flask) -> None:
    for _ in range(5):
        record(app)
    store = app.extensions["parts"].store
    open_to_tampering(store)
    with store.writing() as session:
        change(session, 3, account="nguoi-khac")
        session.commit()
    page = client_of(app).get("/staff/audit").text
    assert "KHÔNG nguyên vẹn: mục 3" in page
    assert "Nhật ký nguyên vẹn" not in page


def test_every_file_of_a_reconciliation_that_leaves_is_kept(app: Flask) -> None:
    client = client_of(app)
    address = upload(client, sheet(*GOOD)).location
    upload_id = address.rpartition("/")[2]
    for name in ("index.csv", "all.zip"):
        assert client.get(f"{address}/{name}").status_code == 200
    assert client.get(f"{address}/khong-co.csv").status_code == 404
    for status in (303, 404):
        sent = client.post(f"{address}/delete", data={"csrf_token": token_of(client)})
        assert sent.status_code == status
    assert last_entries(app) == [
        ("reconciliation.made", {"upload": upload_id}),
        ("reconciliation.downloaded", {"file": "index.csv", "upload": upload_id}),
        ("reconciliation.downloaded", {"file": "all.zip", "upload": upload_id}),
        ("reconciliation.deleted", {"upload": upload_id}),
    ]


def test_every_result_file_that_leaves_is_kept_and_the_picture_on_the_page_is_none(app: Flask) -> None:
    add_answers(app, "26734", 12)
    client = client_of(app)
    page = client.get("/staff/results/hai-long").text
    key = page.split("/staff/results/hai-long/")[1].split("/")[0]
    at = f"/staff/results/hai-long/{key}"
    assert client.get(f"{at}/chart-overall.svg", headers={"Sec-Fetch-Dest": "image"}).status_code == 200
    assert last_entries(app) == []
    for name, headers in (("chart-overall.svg", {}), ("index.csv", {"Sec-Fetch-Dest": "image"})):
        assert client.get(f"{at}/{name}", headers=headers).status_code == 200
    assert client.get(f"{at}/khong-co.csv").status_code == 404
    assert last_entries(app) == [
        ("results.downloaded", {"file": name, "survey": "hai-long", "key": key})
        for name in ("chart-overall.svg", "index.csv")
    ]


def test_nothing_leaves_that_cannot_be_kept(app: Flask) -> None:
    client = client_of(app)
    address = upload(client, sheet(*GOOD)).location
    with app.extensions["parts"].store.writing() as session:
        session.connection().exec_driver_sql("ALTER TABLE audit_entry RENAME TO gone")
        session.commit()
    refused = client.get(f"{address}/index.csv")
    assert refused.status_code == 503
    assert "Sở Tài nguyên" not in refused.text


def token_of(client: FlaskClient) -> str:
    return token_in(client.get("/staff/counts").text)


def test_what_stands_in_the_log_as_a_code_is_read_in_words(app: Flask) -> None:
    record(app, "grant.given", about="can-bo-xa", role="office")
    record(app, "login.succeeded", how="password+recovery_code")
    record(app, "login.failed", account="?", how="outside", problem="not_linked")
    record(app, scopes="units:read surveys:read")
    record(app, "unit.changed", name_after="Phường B", name_before="Phường A", valid_from_before="2025-07-01")
    record(app, "audit.downloaded", by_event="second_factor.on", by_first="2026-13-01")
    told = {row[3]: row[5] for row in tables_in(client_of(app).get("/staff/audit").text)[0][1:]}
    assert told["Giao vai trò"] == "tài khoản: can-bo-xavai trò: Xem kết quả của đơn vị"
    assert told["Đăng nhập"] == "cách đăng nhập: mật khẩu và mã dự phòng"
    assert told["Tạo khóa kết nối"].startswith("phạm vi: Đọc cây đơn vị; Đọc các đợt khảo sát")
    assert told["Sửa thông tin đơn vị"] == "tên cũ: Phường Atên mới: Phường Bngày bắt đầu cũ: 01/07/2025"
    assert "lọc theo việc: Bật xác thực hai bước" in told["Tải nhật ký"]
    assert "2026-13-01" in told["Tải nhật ký"]
    assert "chưa liên kết với tài khoản cán bộ nào" in told["Đăng nhập không thành công"]
    assert "(tên không có tài khoản)" in client_of(app).get("/staff/audit").text


def test_every_act_and_detail_that_is_recorded_has_words() -> None:
    events, details = set[str](), set[str]()
    for path in Path(survey_app.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"audit.record", "hand_out", "_record"}:
                texts = (one.value for one in node.args if isinstance(one, ast.Constant))
                events |= {text for text in texts if isinstance(text, str)}
                details |= {one.arg for one in node.keywords if one.arg} - {"account", "unit_code", "grant"}
    words = PHRASES["vi"]["audit"]
    assert len(events) > 20
    assert events <= words["events"].keys()
    assert details <= words["details"].keys()
    ways = {"password", "password+code", "password+recovery_code", "outside"}
    assert words["ways"].keys() == ways
