"""Can an official go from the login to the table, and does a citizen's answer change it? In a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from flask import Flask
from playwright.sync_api import Locator, Page

from survey_app.staff import desk
from tests.journeys.conftest import OpenPage, Serve
from tests.survey_app.staff.staff_building import NAME, PASSWORD, add_answers, close, make_staff_app

UNIT = "Phường Bến Sông"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    made = make_staff_app(tmp_path_factory.mktemp("instance"), ("public", "staff"))
    for unit, forms in (("26734", 40), ("26737", 3)):
        add_answers(made, unit, forms)
    yield made
    close(made)


def enter(page: Page) -> None:
    page.get_by_label("Tên tài khoản").fill(NAME)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Đăng nhập").click()


def row_of(page: Page, unit: str) -> Locator:
    return page.get_by_role("row", name=re.compile(rf"^\d+ {unit} ")).first


def answer(page: Page, address: str) -> None:
    """Answer the form of the unit as a very dissatisfied citizen does."""
    page.goto(f"{address}/s/hai-long/26734")
    for group in page.locator("fieldset.five, fieldset:has(.five)").all():
        group.get_by_label("Rất không hài lòng", exact=True).check()
    page.get_by_role("button", name="Gửi phiếu").click()
    page.wait_for_url("**/cam-on")


def test_an_answer_changes_the_row_of_its_unit_and_the_annex_is_downloaded(
    app: Flask, serve: Serve, open_page: OpenPage, tmp_path: Path
) -> None:
    desk.install(app)
    address, page = serve(app), open_page(width=1280)
    page.goto(f"{address}/staff/results/hai-long")
    enter(page)
    assert page.url == f"{address}/staff/results/hai-long"
    before, thin = row_of(page, UNIT).inner_text().split(), row_of(page, "Xã Đồng Sen").inner_text()
    assert "Dưới 5 phiếu, không công bố" in thin
    assert before[4:6] == ["40", "40"]

    answer(open_page(), address)

    page.get_by_label("Kỳ báo cáo").select_option("Tháng 11 năm 2026")
    page.get_by_role("button", name="Xem kỳ này").click()
    assert page.url.endswith("?period=2026-11")
    assert page.get_by_text("Kỳ báo cáo: tháng 11 năm 2026").is_visible()
    after = row_of(page, UNIT).inner_text().split()
    assert after[4:6] == ["41", "41"]
    assert float(after[-2].replace(",", ".")) < float(before[-2].replace(",", "."))
    with page.expect_download() as download:
        page.get_by_role("link", name="Phụ lục Word").click()
    assert download.value.suggested_filename == "hai-long_index.docx"
    download.value.save_as(tmp_path / "annex.docx")
    words = docx.Document(str(tmp_path / "annex.docx"))
    cells = [cell.text for table in words.tables for row in table.rows for cell in row.cells]
    assert UNIT in cells
    assert any(after[-2] in cell for cell in cells)

    assert page.locator("figure img").evaluate("image => image.naturalWidth") > 300

    page.get_by_role("button", name="Đăng xuất").click()
    page.go_back()
    page.reload()
    assert "/staff/login" in page.url
