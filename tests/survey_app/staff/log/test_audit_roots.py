"""Do the pages make the roots of days that have ended, and find what was altered by roots kept elsewhere?"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey_app.services.log.roots import read_roots
from survey_app.store.models import AuditEntry
from tests.survey_app.services.log.tampering import forge_from, open_to_tampering, remove, write_log
from tests.survey_app.staff.staff_building import client_of, close, make_staff_app, tables_in, token_in

LATER = date(2098, 1, 1)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """Return an application long after the day of the only entries."""
    made = make_staff_app(tmp_path)
    write_log(made.extensions["parts"].store, 6)
    made.extensions["parts"] = replace(made.extensions["parts"], today=lambda: LATER)
    yield made
    close(made)


def compare(client: FlaskClient, kept: str) -> TestResponse:
    token = token_in(client.get("/staff/audit/roots").text)
    return client.post("/staff/audit/roots", data={"csrf_token": token, "kept": kept})


def test_the_first_request_after_a_day_makes_its_root_as_a_row_and_as_a_file(app: Flask, tmp_path: Path) -> None:
    client = client_of(app)
    page = client.get("/staff/audit/roots").text
    line = tables_in(page)[0][1][2]
    (path,) = (tmp_path / "audit-roots").iterdir()
    assert read_roots(line, "") == read_roots(path.read_text(encoding="utf-8"), "")
    sent = client.get("/staff/audit/roots.json")
    assert "attachment" in sent.headers["Content-Disposition"]
    assert json.loads(sent.text) == json.loads(path.read_text(encoding="utf-8"))
    assert "Nhật ký nguyên vẹn" in page
    assert "mốc niêm phong ngày" in client.get("/staff/audit").text


def test_roots_kept_elsewhere_are_compared_and_fit(app: Flask) -> None:
    client = client_of(app)
    kept = client.get("/staff/audit/roots.json").text
    page = compare(client, kept)
    assert page.status_code == 200
    assert "Khớp 1 mốc giữ ở nơi khác" in page.text


def test_a_cut_end_and_a_log_sealed_anew_are_found_by_what_was_kept(app: Flask) -> None:
    client = client_of(app)
    store = app.extensions["parts"].store
    with store.reading() as session:
        entry = session.get_one(AuditEntry, 5)
    kept = f"2026-11-20 5 {entry.seal}"
    open_to_tampering(store)
    with store.writing() as session:
        forge_from(session, 2)
        session.connection().exec_driver_sql("DELETE FROM audit_root")
        session.commit()
    assert "Nhật ký nguyên vẹn" in client.get("/staff/audit/roots").text
    assert "KHÔNG khớp mốc niêm phong ngày 20/11/2026 (mục 5)" in compare(client, kept).text
    with store.writing() as session:
        remove(session, 4, 6)
        session.commit()
    found = compare(client, kept).text
    assert "bị CẮT: chỉ còn 3 mục" in found
    assert "Khớp 1 mốc" not in found


def test_a_text_without_a_root_is_refused_and_kept_for_mending(app: Flask) -> None:
    refused = compare(client_of(app), "2026-11-20 <b>")
    assert refused.status_code == 422
    assert "Không thấy mốc nào" in refused.text
    assert "2026-11-20 &lt;b&gt;" in refused.text


def test_a_broken_log_gets_no_root_and_the_pages_still_open(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    store = app.extensions["parts"].store
    open_to_tampering(store)
    with store.writing() as session:
        remove(session, 2, 2)
        session.commit()
    page = client_of(app).get("/staff/audit/roots")
    assert page.status_code == 200
    assert "KHÔNG nguyên vẹn: mục 2" in page.text
    assert tables_in(page.text) == []
    assert caplog.messages == ["LogBroken: no root of the audit log was made or written"]


def test_a_folder_that_cannot_be_written_is_noted_and_the_root_is_still_kept(
    app: Flask, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "audit-roots").write_text("a file where a folder should be", encoding="utf-8")
    page = client_of(app).get("/staff/audit/roots")
    assert len(tables_in(page.text)[0]) == 2
    assert caplog.messages == ["FileExistsError: no root of the audit log was made or written"]
