"""Can everybody use the pages about units, in both languages, on a phone and on a screen?"""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import Page

from survey_app.services.catalogue_import import import_catalogue
from survey_app.services.succession_import import import_map
from survey_app.services.vietnam import load_vietnam
from survey_app.staff import desk
from survey_app.store.models import Unit
from tests.journeys.conftest import OpenPage, Serve
from tests.journeys.test_staff_access import enter, look
from tests.survey_app.services.sheets import anything, sheet
from tests.survey_app.staff.staff_building import close, make_staff_app

MAP = "old_code;old_name;new_code;share;effective_date;legal_basis"
LINES = ("27002;Xã Cũ;26737;0,6;01/07/2025;NQ 1", "27002;Xã Cũ;00070;0,4;01/07/2025;", "26734;;26737;;01/11/2026;")
PAGES = (
    "/staff/units",
    "/staff/units?q=hoan",
    "/staff/units?q=khong+co",
    "/staff/unit/79",
    "/staff/unit/26737",
    "/staff/unit/26734",
    "/staff/units/new?parent=79",
    "/staff/unit/26737/edit",
    "/staff/unit/26734/end",
    "/staff/units/import",
    "/staff/units/map",
    "/staff/units/map/remove?old=27002&day=2025-07-01",
    "/staff/procedures",
    "/staff/procedure/1.1",
    "/staff/unit/26737/procedures",
    "/staff/unit/26734/procedures",
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Return an application with the whole country, a map and a catalogue."""
    made = make_staff_app(tmp_path_factory.mktemp("instance"), ("public", "staff"))
    with made.extensions["parts"].store.writing() as session:
        load_vietnam(session, account="a")
        assert import_map(session, sheet(MAP, *LINES), account="a", may_change=anything).taken == 3
        procedures = sheet("unit_code;procedure_code;name", "26737;1.1;Cấp bản sao trích lục hộ tịch")
        import_catalogue(session, procedures, account="a", may_change=anything)
        session.commit()
    yield made
    close(made)


@pytest.fixture
def address(app: Flask, serve: Serve) -> str:
    desk.install(app)
    return serve(app)


def send_faulty_rows(page: Page) -> None:
    content = "Mã đơn vị;Tên đơn vị;Mã đơn vị cấp trên\nH27;;79\nH28;Sở Y tế;8080\n".encode()
    page.set_input_files("#file", {"name": "sai.csv", "mimeType": "text/csv", "buffer": content})
    page.locator("main form button").first.click()


def send_a_wrong_unit(page: Page) -> None:
    page.locator("#code").fill("26737")
    page.locator("#name").fill("Trùng mã")
    page.locator("main form button").click()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_about_units_breaks_a_rule_or_the_width_of_a_phone(
    address: str, open_page: OpenPage, language: str
) -> None:
    page = open_page(width=390)
    enter(page, address, language)
    for path in PAGES:
        page.goto(address + path)
        look(page, None)
    page.goto(f"{address}/staff/units/import")
    look(page, send_faulty_rows)
    assert "/staff/units/import/" in page.url
    page.goto(f"{address}/staff/units/new")
    look(page, send_a_wrong_unit)
    assert page.locator("#name").input_value() == "Trùng mã"


def test_an_ended_unit_leads_a_person_to_the_unit_of_today(app: Flask, address: str, open_page: OpenPage) -> None:
    with app.extensions["parts"].store.reading() as session:
        assert session.get_one(Unit, "26734").valid_to == date(2026, 10, 31)
    page = open_page(width=390, javascript=False)
    page.goto(f"{address}/s/hai-long/26734")
    page.get_by_role("link", name="Xã Đồng Sen").click()
    assert page.url.endswith("/s/hai-long/26737")
    assert page.get_by_role("button", name="Gửi phiếu").is_visible()
