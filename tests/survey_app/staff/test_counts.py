"""What happens to a tally sheet that an office uploads: good, faulty, too large, somebody else's, a day old?"""

import csv
import io
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest
import xlsxwriter
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey_app.services import child, tallies
from survey_app.staff import desk
from tests.survey_app.staff.staff_building import (
    OTHER_NAME,
    client_of,
    close,
    make_staff_app,
    tables_in,
    token_in,
)

HEADINGS = ("Đơn vị", "Số phiếu thu về", "Tiêu chí", "Mức", "Điểm", "Số phiếu", "Tỷ lệ in")
GOOD = (
    ("Sở Tài nguyên và Môi trường", 31, "Mức độ hài lòng", "Rất hài lòng", 1, 10, "32,26"),
    ("Sở Tài nguyên và Môi trường", 31, "Mức độ hài lòng", "Hài lòng", 1, 16, "51,61"),
    ("Sở Tài nguyên và Môi trường", 31, "Mức độ hài lòng", "Bình thường", 0, 5, "16,13"),
    ("<b>Xã =1+1</b>", 200, "Thái độ", "Hài lòng", 1, 180, "90"),
    ("<b>Xã =1+1</b>", 200, "Thái độ", "Không hài lòng", 0, 15, "7,5"),
)


def sheet(*rows: tuple[object, ...]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADINGS, *rows])
    return text.getvalue().encode("utf-8-sig")


def workbook(*rows: tuple[object, ...]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        page = book.add_worksheet()
        for number, row in enumerate([HEADINGS, *rows]):
            page.write_row(number, 0, row)
    return content.getvalue()


def upload(client: FlaskClient, content: bytes, name: str = "bảng tổng hợp.csv", **fields: str) -> TestResponse:
    token = token_in(client.get("/staff/counts").text)
    sent = {"csrf_token": token, "file": (io.BytesIO(content), name), **fields}
    response = client.post("/staff/counts", data=sent)
    response.request.environ["wsgi.input"].close()  # where the test client kept a large body
    return response


def stored(app: Flask) -> list[Path]:
    return [path for path in (Path(app.instance_path) / "uploads").rglob("*") if path.is_file()]


@dataclass(frozen=True)
class Reconciled:
    """An application with one good upload of the first account."""

    app: Flask
    address: str


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reconciled]:
    app = make_staff_app(tmp_path_factory.mktemp("instance"))
    response = upload(client_of(app), sheet(*GOOD), basis="probability")
    assert response.status_code == 303, unescape(response.text)
    yield Reconciled(app, response.location)
    close(app)


def test_the_shares_and_their_intervals_are_those_that_can_be_checked_by_hand(done: Reconciled) -> None:
    page = client_of(done.app).get(done.address).text
    heading, *lines = tables_in(page)[0]
    shown = {line[heading.index("Đơn vị")]: dict(zip(heading, line, strict=True)) for line in lines}
    assert shown["Sở Tài nguyên và Môi trường"]["Số phiếu trả lời"] == "31"
    assert shown["Sở Tài nguyên và Môi trường"]["Tỷ lệ hài lòng"] == "83,87"
    assert shown["Sở Tài nguyên và Môi trường"]["Khoảng tin cậy 95%"] == "67,37–92,91"


def test_every_finding_is_named_with_its_rows_and_the_text_of_the_file_is_inert(done: Reconciled) -> None:
    client = client_of(done.app)
    page = client.get(done.address).text
    text = unescape(page)
    written = client.get(f"{done.address}/reconciliation.csv").data.decode("utf-8-sig")
    found = list(csv.DictReader(io.StringIO(written)))
    assert found
    assert f"Những chỗ cần xem lại trước khi ký ({len(found)})" in text
    assert all(finding["message_vi"] in text for finding in found)
    assert "thiếu 5 phiếu so với 200 phiếu thu về" in text
    assert "Dòng 5–6" in text
    assert "<b>Xã =1+1</b>" in text
    assert "<b>Xã" not in page


def test_the_upload_itself_is_gone_and_its_reports_are_offered(done: Reconciled) -> None:
    assert not [path for path in stored(done.app) if path.name.startswith("bảng")]
    client = client_of(done.app)
    page = client.get(done.address).text
    for name in tallies.FILES:
        response = client.get(f"{done.address}/{name}")
        assert response.status_code == 200, name
        assert f"{done.address}/{name}" in page
        assert response.headers["Content-Disposition"] == f"attachment; filename=doi-soat_{name}"
    assert "bảng tổng hợp.csv" in client.get("/staff/counts").text


def test_the_reports_belong_to_the_account_that_sent_the_file(done: Reconciled) -> None:
    other = client_of(done.app, OTHER_NAME)
    assert other.get(done.address).status_code == 404
    assert other.get(f"{done.address}/index.csv").status_code == 404
    assert "bảng tổng hợp.csv" not in other.get("/staff/counts").text
    token = token_in(other.get("/staff/counts").text)
    other.post(f"{done.address}/delete", data={"csrf_token": token})
    assert client_of(done.app).get(done.address).status_code == 200


def test_no_other_file_can_be_had_through_an_upload(done: Reconciled) -> None:
    client = client_of(done.app)
    for path in ("secrets.toml", "..%2findex.csv", "%2e%2e", "index.csv/"):
        assert client.get(f"{done.address}/{path}").status_code == 404
    assert client.get("/staff/counts/..").status_code in {308, 404}
    assert client.get(f"/staff/counts/{'0' * 32}").status_code == 404


def test_after_a_day_the_reports_are_gone_from_the_disk(done: Reconciled) -> None:
    folder = next((Path(done.app.instance_path) / "uploads").glob(f"*/{done.address.rpartition('/')[2]}"))
    old = shutil.copytree(folder, folder.with_name("a" * 32))
    address = f"/staff/counts/{old.name}"
    assert client_of(done.app).get(address).status_code == 200
    yesterday = time.time() - 24 * 3600 - 1
    os.utime(old, (yesterday, yesterday))
    assert client_of(done.app).get(address).status_code == 404
    desk.install(done.app)
    client_of(done.app, OTHER_NAME).get("/staff/")
    assert not old.exists()
    assert client_of(done.app).get(done.address).status_code == 200


def test_reports_can_be_deleted_before_that(done: Reconciled) -> None:
    client = client_of(done.app)
    response = upload(client, workbook(*GOOD), "bảng.xlsx")
    page = client.get(response.location).text
    assert "67,37–92,91" in page
    assert "Khoảng dao động ngẫu nhiên 95%" in page
    asked = client.get(f"{response.location}/delete").text
    assert "không lấy lại được" in asked
    assert client.get(response.location).status_code == 200
    deleted = client.post(f"{response.location}/delete", data={"csrf_token": token_in(asked)})
    assert deleted.location == "/staff/counts"
    said = "Đã xóa kết quả đối soát của tệp “bảng.xlsx”."
    assert said in client.get(deleted.location).text
    assert said not in client.get(deleted.location).text
    assert client.get(response.location).status_code == 404
    assert not [path for path in stored(done.app) if response.location.rpartition("/")[2] in str(path)]


def test_a_faulty_table_comes_back_with_every_fault_and_nothing_is_stored(done: Reconciled) -> None:
    before = stored(done.app)
    rows = [*GOOD[:2], (*GOOD[2][:5], "<i>năm</i>", ""), ("Xã A", 3, "Thái độ", "", 1, 3, "")]
    response = upload(client_of(done.app), sheet(*rows))
    text = unescape(response.text)
    assert response.status_code == 422
    assert "Tệp bảng tổng hợp.csv, dòng 4, cột “Số phiếu”" in text
    assert "<dd>số nguyên từ 0 trở lên</dd>" in text
    assert "“<i>năm</i>”" in text
    assert "<i>" not in response.text
    assert "Tệp bảng tổng hợp.csv, dòng 5, cột “Mức”" in text
    for part in ("Cần có", "Nhận được", "Cách xử lý"):
        assert text.count(f">{part}</dt>") == 2
    assert stored(done.app) == before


def test_no_file_and_too_large_a_file_are_refused_unread(done: Reconciled) -> None:
    client, before = client_of(done.app), stored(done.app)
    token = token_in(client.get("/staff/counts").text)
    nothing = client.post("/staff/counts", data={"csrf_token": token})
    assert nothing.status_code == 422
    assert "Chưa chọn tệp" in nothing.text
    began = time.perf_counter()
    slightly = upload(client, b"x" * (tallies.LARGEST_FILE + 1))
    assert slightly.status_code == 413
    assert "Tệp lớn hơn 1 MB" in slightly.text
    far = upload(client, b"x" * 10_000_000)
    assert far.status_code == 413
    assert "lớn hơn 1 MB" in far.text
    assert time.perf_counter() - began < 1
    assert stored(done.app) == before


def test_only_the_upload_takes_more_than_a_form(done: Reconciled) -> None:
    client = client_of(done.app)
    token = token_in(client.get("/staff/counts").text)
    assert client.post("/staff/logout", data={"csrf_token": token, "x": "y" * 70_000}).status_code == 413
    assert client.get("/staff/").status_code == 200


def test_an_upload_while_others_are_read_may_come_back(done: Reconciled, monkeypatch: pytest.MonkeyPatch) -> None:
    class NoPlace:
        def acquire(self, *, blocking: bool) -> bool:
            return blocking

    monkeypatch.setattr(child, "_places", NoPlace())
    response = upload(client_of(done.app), sheet(*GOOD))
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"


def test_a_child_that_does_not_end_is_ended_and_nothing_is_stored(
    done: Reconciled, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stored(done.app)
    monkeypatch.setattr(tallies, "SECONDS", 0.1)
    response = upload(client_of(done.app), sheet(*GOOD))
    assert response.status_code == 422
    assert "mất quá nhiều thời gian" in response.text
    assert stored(done.app) == before


def test_the_template_is_a_table_that_reconciles_without_a_finding(done: Reconciled) -> None:
    client = client_of(done.app)
    template = client.get("/staff/counts/template.csv")
    assert template.headers["Content-Disposition"] == "attachment; filename=mau-bang-tong-hop.csv"
    assert template.data.startswith(b"\xef\xbb\xbf")
    response = upload(client, template.data)
    assert response.status_code == 303, unescape(response.text)
    assert "Không thấy chỗ nào không khớp" in client.get(response.location).text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Bảng tổng hợp quý III.xlsx", "Bảng tổng hợp quý III.xlsx"),
        ("C:\\Users\\A\\số liệu.csv", "số liệu.csv"),
        ("../../../etc/passwd", "passwd"),
        ("..", "bang-tong-hop"),
        (".secrets.toml", "secrets.toml"),
        ("-rf.csv", "rf.csv"),
        ("a\x00b\n.csv", "a_b_.csv"),
        ("x" * 300 + ".csv", "x" * 80 + ".csv"),
        ("", "bang-tong-hop"),
        ("ba\u0309ng.csv", "bảng.csv"),
    ],
)
def test_the_name_of_a_file_leads_nowhere(given: str, kept: str) -> None:
    assert tallies.safe_name(given) == kept


def test_an_account_keeps_no_more_than_its_latest_uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_staff_app(tmp_path)
    settings = app.extensions["parts"].settings
    monkeypatch.setattr(tallies, "MOST_KEPT", 2)
    monkeypatch.setattr(child, "run", lambda command: Path(command.arguments[-1]).mkdir())
    made = [
        tallies.take_upload(settings, "a", tallies.Upload(io.BytesIO(b"x"), f"{n}.csv", "voluntary"))
        for n in range(4)
    ]
    assert set(tallies.uploads_of(settings, "a")) <= set(made)
    assert len(tallies.uploads_of(settings, "a")) == 2
    assert tallies.uploads_of(settings, "b") == []
    close(app)
