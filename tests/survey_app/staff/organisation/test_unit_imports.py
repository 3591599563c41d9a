"""Does a file leave its good rows here and give its bad ones back as a file that can be mended and sent again?"""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey_app.services.access.rights import Grant, Role
from survey_app.staff.organisation.imports import TEMPLATES
from survey_app.store.models import Procedure, Unit, UnitSuccessor
from tests.survey_app.staff.organisation.test_units import post, restrict
from tests.survey_app.staff.staff_building import OTHER_NAME, client_of, close, make_staff_app, token_in

UNITS = "Mã đơn vị;Tên đơn vị;Mã đơn vị cấp trên\nH26;Sở Nội vụ;79\nH27;;79\nH26.1;Phòng;H26\n"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = make_staff_app(tmp_path)
    yield made
    close(made)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return client_of(app)


def send(client: FlaskClient, what: str, content: bytes, name: str = "bang.csv") -> TestResponse:
    token = token_in(client.get("/staff/units/import").text)
    fields = {"csrf_token": token, "what": what, "file": (io.BytesIO(content), name)}
    return client.post("/staff/units/import", data=fields)


def workbook(*rows: tuple[object, ...]) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return file.getvalue()


def test_good_rows_are_taken_and_bad_ones_come_back_as_a_file(app: Flask, client: FlaskClient) -> None:
    taken = send(client, "units", UNITS.encode())
    assert taken.status_code == 303
    report = client.get(taken.location).text
    assert "Cần có tên, dài tối đa 200 ký tự" in report
    back = client.get(f"{taken.location}/given-back.csv")
    lines = back.data.decode("utf-8-sig").splitlines()
    assert lines[0] == "Mã đơn vị;Tên đơn vị;Mã đơn vị cấp trên;Lý do"
    assert lines[1].startswith("H27;;79;")
    mended = back.data.decode("utf-8-sig").replace("H27;;", "H27;Sở Y tế;")
    again = client.get(send(client, "units", mended.encode()).location).text
    assert "Mọi dòng đều dùng được" in again
    with app.extensions["parts"].store.reading() as session:
        assert {session.get_one(Unit, code).name for code in ("H26", "H26.1", "H27")} == {
            "Sở Nội vụ", "Phòng", "Sở Y tế",
        }  # fmt: skip
    assert not list(app.extensions["parts"].settings.instance.glob(".sheet-*"))


def test_a_report_is_for_the_account_that_sent_the_file(app: Flask, client: FlaskClient) -> None:
    address = send(client, "units", UNITS.encode()).location
    assert client.get(address).status_code == 200
    assert client_of(app, OTHER_NAME).get(address).status_code == 404
    assert client_of(app, OTHER_NAME).get(f"{address}/given-back.csv").status_code == 404


@pytest.mark.parametrize("what", sorted(TEMPLATES))
def test_every_example_can_be_sent_as_it_is(client: FlaskClient, what: str) -> None:
    example = client.get(f"/staff/units/import/template-{what}.csv")
    assert example.mimetype == "text/csv"
    assert "Mọi dòng đều dùng được" in client.get(send(client, what, example.data).location).text
    assert client.get("/staff/units/import/template-khac.csv").status_code == 404


def test_a_workbook_with_days_and_numbers_is_read_like_a_csv(app: Flask, client: FlaskClient) -> None:
    rows = (
        ("old_code", "old_name", "new_code", "share", "effective_date"),
        ("27001", "Xã Cũ", "26734", 0.25, "01/07/2025"),
        ("27001", "Xã Cũ", 26737, 0.75, "2025-07-01"),
    )
    assert send(client, "map", workbook(*rows), "bang.xlsx").status_code == 303
    with app.extensions["parts"].store.reading() as session:
        assert {line.new_code: line.share for line in session.query(UnitSuccessor)} == {
            "26734": 0.25,
            "26737": 0.75,
        }


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "tệp trống"),
        (b"%PDF-1.7", "tệp PDF"),
        ("Cột lạ;Khác\n1;2\n".encode(), "thiếu cột: Mã đơn vị, Tên"),
        (b"PK\x03\x04 not a workbook", "Cách xử lý"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_and_nothing_is_stored(
    client: FlaskClient, content: bytes, said: str
) -> None:
    refused = send(client, "units", content)
    assert refused.status_code == 422
    assert said in refused.text
    assert "Không nhận tệp này, chưa có gì được lưu" in refused.text


def test_without_a_file_or_kind_the_form_asks_again(client: FlaskClient) -> None:
    assert post(client, "/staff/units/import", what="units").status_code == 422
    assert send(client, "khac", UNITS.encode()).status_code == 422


def test_rows_beyond_the_reach_of_the_sender_come_back(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    restrict(monkeypatch, Grant(Role.ADMIN, "79"))
    report = client.get(send(client, "units", b"code;name\nX1;Ngo\xc3\xa0i\n").location).text
    assert "nằm ngoài phạm vi quản lý" in report
    with app.extensions["parts"].store.reading() as session:
        assert session.get(Unit, "X1") is None


def test_procedures_come_in_are_shown_by_unit_and_changed_by_hand(app: Flask, client: FlaskClient) -> None:
    table = "Mã đơn vị;Mã thủ tục;Tên thủ tục;Mã lĩnh vực;Lĩnh vực\n"
    table += "26734;1.001;Khai sinh;HT;Hộ tịch\n;1.002;Kết hôn;HT;\n"
    assert send(client, "procedures", table.encode()).status_code == 303
    assert "Khai sinh" in client.get("/staff/units/u/26734").text
    assert "Hộ tịch" in client.get("/staff/units/procedures?q=ho+tich").text
    assert post(client, "/staff/units/u/26734/procedures", procedure="1.002").status_code == 303
    assert post(client, "/staff/units/u/26734/procedures", procedure="1.003").status_code == 422
    assert "Kết hôn" in client.get("/staff/units/u/26734/procedures").text
    post(client, "/staff/units/u/26734/procedures/withdraw", procedure="1.001")
    assert "Khai sinh" not in client.get("/staff/units/u/26734/procedures").text
    changed = post(
        client, "/staff/units/procedures/p/1.001", name="Đăng ký khai sinh", field_code="HT", field_name="Hộ tịch"
    )
    assert changed.status_code == 303
    assert post(client, "/staff/units/procedures/new", code="1.003", name="", field_code="").status_code == 422
    assert post(client, "/staff/units/procedures/new", code="1.003", name="Khai tử").status_code == 303
    assert client.get("/staff/units/procedures/p/khong-co").status_code == 404
    with app.extensions["parts"].store.reading() as session:
        assert {p.code: p.name for p in session.query(Procedure)} == {
            "1.001": "Đăng ký khai sinh", "1.002": "Kết hôn", "1.003": "Khai tử",
        }  # fmt: skip
