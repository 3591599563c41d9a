"""Can everybody use the pages about accounts, and does the second factor work in a real browser?"""

import time
from collections.abc import Iterator

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import Page

from survey_app.services.rights import Grant, Role
from survey_app.staff import desk
from survey_app.store.models import StaffAccount
from tests.journeys.conftest import OpenPage, Serve
from tests.journeys.test_staff_access import enter, look
from tests.survey_app.staff.staff_building import PASSWORD, add_person, close, make_staff_app, session_token

PERSON = "/staff/accounts/xa-ben-song"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    made = make_staff_app(tmp_path_factory.mktemp("instance"), ("public", "staff"))
    with made.extensions["parts"].store.writing() as session:
        add_person(session, "xa-ben-song", Grant(Role.CLERK, "26734"), Grant(Role.OFFICE, "26734"), home="26734")
        add_person(session, "da-khoa", home="26737")
        session.get_one(StaffAccount, "da-khoa").active = False
        session.get_one(StaffAccount, "xa-ben-song").full_name = "Nguyễn Thị Thanh Huyền"
        session.commit()
    session_token(made, "xa-ben-song")
    yield made
    close(made)


@pytest.fixture
def address(app: Flask, serve: Serve) -> str:
    desk.install(app)
    return serve(app)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_about_accounts_breaks_a_rule_or_the_width_of_a_phone(
    address: str, open_page: OpenPage, language: str
) -> None:
    page = open_page(width=390)
    enter(page, address, language)
    for path in (
        "/staff/me",
        "/staff/me/password",
        "/staff/me/second-factor",
        "/staff/accounts",
        "/staff/accounts?q=khong-co-ai",
        "/staff/accounts/new",
        "/staff/accounts/quan-tri",
        "/staff/accounts/da-khoa",
        PERSON,
        f"{PERSON}/edit",
        f"{PERSON}/reset",
        f"{PERSON}/disable",
    ):
        page.goto(address + path)
        look(page, None)
    page.goto(f"{address}/staff/accounts/new")
    look(page, faulty_account)
    page.goto(f"{address}{PERSON}")
    page.locator("ul a.btn").first.click()
    look(page, None)
    page.goto(f"{address}{PERSON}/reset")
    page.locator("main button").click()
    look(page, None)
    page.goto(f"{address}/staff/me/password")
    look(page, lambda shown: shown.locator("main button").click())


def faulty_account(page: Page) -> None:
    page.locator("#username").fill("Tên Sai")
    page.locator("main button").click()


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
    look(page, None)
    look(page, lambda shown: shown.locator("main button").click())
