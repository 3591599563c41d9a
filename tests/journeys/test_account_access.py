"""Does the second factor work in a real browser, from the QR code to the next login?"""

import time
from collections.abc import Iterator

import pyotp
import pytest
from flask import Flask

from survey_app.staff import desk
from tests.journeys.conftest import OpenPage, Serve
from tests.journeys.staff_visits import enter
from tests.journeys.test_staff_rules import look
from tests.survey_app.staff.staff_building import PASSWORD, close, make_staff_app


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    made = make_staff_app(tmp_path_factory.mktemp("instance"), ("public", "staff"))
    yield made
    close(made)


@pytest.fixture
def address(app: Flask, serve: Serve) -> str:
    desk.install(app)
    return serve(app)


def test_a_device_is_added_from_the_page_and_asked_for_at_the_next_login(
    address: str, open_page: OpenPage
) -> None:
    page = open_page(width=390, javascript=False)
    enter(page, address)
    page.goto(f"{address}/staff/me/second-factor")
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("main button").click()
    picture = page.locator("main img").bounding_box()
    assert picture is not None
    assert picture["width"] > 200
    device = pyotp.TOTP(page.locator("main code").inner_text().replace(" ", ""))
    page.locator("#code").fill(device.at(time.time() - 30))
    page.locator("main button").click()
    assert page.locator("main li code").count() == 10
    recovery = page.locator("main li code").first.inner_text()
    page.get_by_role("button", name="Đăng xuất").click()
    enter(page, address)
    assert page.url.endswith("/staff/login/code")
    page.locator("#code").fill("000000")
    page.locator("main button").click()
    assert "không đúng hoặc đã dùng" in page.get_by_role("alert").inner_text()
    page.locator("#code").fill(recovery)
    page.locator("main button").click()
    assert page.url == f"{address}/staff/"
    page.goto(f"{address}/staff/me/second-factor")
    assert "Còn 9 mã" in page.locator("main").inner_text()


def test_the_pages_of_the_second_step_keep_the_rules(address: str, open_page: OpenPage) -> None:
    page = open_page(width=390)
    page.goto(f"{address}/staff/login")
    page.locator("#username").fill("quan-tri")
    page.locator("#password").fill(PASSWORD)
    page.locator("main button").click()
    assert page.url.endswith("/staff/login/code")
    look(page)
    page.locator("main button").click()
    look(page)
