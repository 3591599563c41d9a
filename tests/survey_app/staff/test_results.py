"""Does the page show what the files say, in words, inert, and without a heavy library in the process?"""

import csv
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import docx
import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from analysis.wording import number
from survey_app.services import child
from survey_app.staff import index_page
from survey_app.store.models import Survey
from tests.survey_app.staff.staff_building import (
    PASSWORD,
    add_answers,
    add_unit,
    client_of,
    close,
    make_staff_app,
    tables_in,
)

POISON = '=HYPERLINK("http://xau.example";"x")<script>alert(1)</script>'
PATH = "/staff/results/hai-long"


@dataclass(frozen=True)
class Served:
    """An application whose results were computed once, and the page that shows them."""

    app: Flask
    page: str

    def client(self) -> FlaskClient:
        return client_of(self.app)

    def file(self, name: str) -> bytes:
        address = next(a for a in re.findall(r'href="(/staff/results/hai-long/[^"]+)"', self.page) if name in a)
        response = self.client().get(address)
        assert response.status_code == 200
        return bytes(response.data)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    app = make_staff_app(tmp_path_factory.mktemp("instance"))
    for code, name in (("90001", POISON), ("90002", "Xã Im Lặng"), ("90003", "Xã Ít Phiếu")):
        add_unit(app, code, name)
    for code, forms in (("26734", 60), ("26737", 12), ("90001", 31), ("90003", 3)):
        add_answers(app, code, forms)
    with app.extensions["parts"].store.writing() as session:
        session.get_one(Survey, "hai-long").simulated = True
        session.commit()
    response = client_of(app).get(PATH)
    assert response.status_code == 200, response.text
    yield Served(app, response.text)
    close(app)


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_every_number_of_the_table_is_that_of_the_file(served: Served) -> None:
    heading, *lines = tables_in(served.page)[0]
    rows = {(row["unit_name"], row["score"]): row for row in rows_of(served.file("index.csv"))}
    compared = 0
    for line in lines:
        cells = dict(zip(heading, line, strict=True))
        for letter, score in {**dict.fromkeys("ABCDE"), "Chỉ số chung": "overall"}.items():
            name = cells["Đơn vị"]
            row = rows[("'" + name if name.startswith("=") else name), score or letter]
            wanted = number(float(row["estimate"])) if row["estimate"] else "…"
            assert cells[letter] == wanted, (name, letter)
            compared += 1
    assert compared == 6 * 5
    whole = rows["Toàn bộ", "overall"]
    assert f"{number(float(whole['ci_low']))}–{number(float(whole['ci_high']))}" in served.page


def test_flags_stand_in_words_and_thin_units_are_withheld(served: Served) -> None:
    heading, *lines = tables_in(served.page)[0]
    notes = {line[heading.index("Đơn vị")]: line[heading.index("Ghi chú")] for line in lines}
    assert notes["Xã Ít Phiếu"].startswith("Dưới 5 phiếu, không công bố")
    assert notes["Xã Đồng Sen"].startswith("Cỡ mẫu nhỏ, chỉ để tham khảo")
    assert notes["Phường Bến Sông"] == ""
    assert "Xã Im Lặng" not in notes
    assert "Đơn vị chưa có phiếu nào trong phần đang xem: Xã Im Lặng." in served.page


def test_the_page_says_what_the_numbers_stand_on(served: Served) -> None:
    text = unescape(served.page)
    assert "DỮ LIỆU MÔ PHỎNG" in text
    assert "mẫu tự nguyện, không phải mẫu xác suất" in text
    assert "Hình thức khảo sát: ki-ốt 27 phiếu; điện thoại 79 phiếu." in text
    assert "Phương pháp tính: " in text
    assert "sipas-2024" in text
    assert re.search(r'<img src="/staff/results/hai-long/\w+/chart-overall\.svg" alt="Biểu đồ [^"]{60,}"', text)


def test_a_poisoned_name_is_text_on_the_page_and_in_every_file(served: Served) -> None:
    assert "<script" not in served.page
    assert POISON in unescape(served.page)
    assert not any(row["unit_name"].startswith("=") for row in rows_of(served.file("index.csv")))
    assert b"<script" not in served.file("chart-overall.svg")
    book = openpyxl.load_workbook(io.BytesIO(served.file("index.xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    assert any(POISON in str(cell.value) for cell in cells)
    words = docx.Document(io.BytesIO(served.file("index.docx")))
    assert any(POISON in cell.text for table in words.tables for cell in table._cells)
    book.close()


@pytest.mark.parametrize(
    ("name", "kind", "first"),
    [
        ("index.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK\x03\x04"),
        ("index.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04"),
        ("index.csv", "text/csv; charset=utf-8", b"\xef\xbb\xbfsurvey,period,"),
        ("chart-overall.png", "image/png", b"\x89PNG"),
        ("chart-overall.svg", "image/svg+xml", b"<?xml"),
        ("index.json", "application/json", b"{"),
        ("datapackage.json", "application/json", b"{"),
        ("all.zip", "application/zip", b"PK\x03\x04"),
    ],
)
def test_every_file_is_offered_as_what_it_is(served: Served, name: str, kind: str, first: bytes) -> None:
    address = next(a for a in re.findall(r'href="(/staff/results/[^"]+)"', served.page) if a.endswith(f"/{name}"))
    response = served.client().get(address)
    assert response.headers["Content-Type"] == kind
    assert response.headers["Content-Disposition"] == f"attachment; filename=hai-long_{name}"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.data.startswith(first)


def test_the_archive_holds_what_its_description_names(served: Served) -> None:
    with zipfile.ZipFile(io.BytesIO(served.file("all.zip"))) as archive:
        package = json.loads(archive.read("datapackage.json"))
        assert {resource["path"] for resource in package["resources"]} < set(archive.namelist())
        assert package["simulated"] is True
        assert archive.read("index.csv") == served.file("index.csv")


@pytest.mark.parametrize(
    "path",
    [
        "/staff/results/khong-co",
        f"{PATH}?period=2025",
        f"{PATH}?period=x",
        f"{PATH}/{'0' * 32}/index.csv",
        f"{PATH}/../index.csv",
        f"{PATH}/%2e%2e/secrets.toml",
        "/staff/results/../../secrets.toml",
        "/staff/results/%2e%2e/%2e%2e/secrets.toml",
    ],
)
def test_what_does_not_exist_is_not_found(served: Served, path: str) -> None:
    response = served.client().get(path)
    assert response.status_code == 404
    assert "secret_key" not in response.text


def test_no_other_file_of_the_folder_can_be_had(served: Served) -> None:
    key = served.page.split(f'href="{PATH}/')[1].partition("/")[0]
    assert served.client().get(f"{PATH}/{key}/index.csv").status_code == 200
    for name in ("secrets.toml", ".lock", "..%2f..%2f..%2fsecrets.toml", "index.csv%00", ""):
        assert served.client().get(f"{PATH}/{key}/{name}").status_code == 404


def test_the_page_speaks_english_where_that_is_chosen_and_remembers_it(served: Served) -> None:
    client = served.client()
    page = client.get(f"{PATH}?lang=en").text
    assert '<html lang="en">' in page
    assert "Results by unit" in page
    assert "SIMULATED DATA" in page
    assert re.search(r"<dd class=\"figure\">\d\d\.\d\d%</dd>", page)
    assert '<html lang="en">' in client.get("/staff/").text
    assert f'href="{PATH}?lang=vi"' in page


def test_a_long_table_is_cut_on_the_page_and_says_so(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_page, "MOST_LINES", 2)
    page = served.client().get(PATH).text
    assert len(tables_in(page)[0]) == 3
    assert "chỉ hiện 2 dòng đầu; còn 3 dòng nữa có trong các tệp tải về" in page


def test_a_view_while_others_compute_comes_back_by_itself(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "_places", NoPlace())
    response = served.client().get(f"{PATH}?period=2026-11")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == response.headers["Refresh"] == "5"
    assert "Đang tính kết quả" in response.text
    assert served.client().get(PATH).status_code == 200


class NoPlace:
    """A semaphore whose places are all taken."""

    def acquire(self, *, blocking: bool) -> bool:
        return blocking


def test_a_survey_whose_questionnaire_was_touched_says_so_and_shows_no_numbers(tmp_path: Path) -> None:
    app = make_staff_app(tmp_path)
    add_answers(app, "26734", 6)
    with app.extensions["parts"].store.writing() as session:
        session.get_one(Survey, "hai-long").questionnaire_hash = "0" * 64
        session.commit()
    response = client_of(app).get(PATH)
    assert response.status_code == 500
    assert "Phiếu trả lời vẫn được giữ nguyên" in response.text
    assert "Khôi phục tệp cũ, hoặc mở đợt khảo sát mới" in response.text
    assert tables_in(response.text) == []
    close(app)


def test_a_survey_without_answers_says_what_to_do(tmp_path: Path) -> None:
    app = make_staff_app(tmp_path)
    client = client_of(app)
    page = client.get(PATH).text
    assert "Chưa có phiếu trả lời" in page
    assert "mã QR" in page
    assert 'href="http://localhost/s/hai-long/26734"' in page
    assert not (tmp_path / "results").exists()
    listed = tables_in(client.get("/staff/").text)[0]
    assert listed[1:] == [
        ["Phường Bến Sông", "0", "http://localhost/s/hai-long/26734"],
        ["Xã Đồng Sen", "0", "http://localhost/s/hai-long/26737"],
    ]
    close(app)


def test_the_list_of_surveys_counts_the_forms_of_every_unit(served: Served) -> None:
    page = served.client().get("/staff/").text
    assert {row[0]: row[1] for row in tables_in(page)[0][1:]} == {
        "Phường Bến Sông": "60",
        "Xã Đồng Sen": "12",
        POISON: "31",
        "Xã Im Lặng": "0",
        "Xã Ít Phiếu": "3",
    }
    assert '<dd class="figure">106</dd>' in page
    assert "Đang nhận phiếu" in page
    assert "<script" not in page


LOOK = f"""
import re, sys
from survey_app import create_app
app = create_app(surfaces=("public", "staff"))
client = app.test_client()
token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', client.get("/staff/login").text)[1]
entered = client.post("/staff/login", data=dict(username="quan-tri", password={PASSWORD!r}, csrf_token=token))
assert entered.status_code == 303
page = client.get({PATH!r})
assert page.status_code == 200 and "Phường Bến Sông" in page.text
assert client.get("/staff/counts").status_code == client.get("/staff/").status_code == 200
exec(sys.argv[1])
print(*sorted({{"pandas", "numpy", "scipy", "matplotlib", "pyarrow", "docx", "xlsxwriter"}} & set(sys.modules)))
"""


def modules_held(served: Served, extra: str) -> list[str]:
    environ = {**os.environ, "SURVEY_INSTANCE": str(served.app.instance_path)}
    command = [sys.executable, "-c", LOOK, extra]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout.split()


def test_a_process_that_shows_results_holds_no_heavy_library(served: Served) -> None:
    assert modules_held(served, "") == []


def test_the_look_at_the_modules_would_find_them(served: Served) -> None:
    assert modules_held(served, "import numpy") == ["numpy"]
