"""Can everybody use the staff pages: by the keyboard alone, on a phone, in the dark, on paper?"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page

from survey_app.staff import desk
from tests.journeys.conftest import OpenPage, Serve
from tests.journeys.staff_visits import enter, make_full_app, places_of
from tests.survey_app.staff.staff_building import NAME, PASSWORD, close

RESULTS = "/staff/results/hai-long"
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
FOCUSED = "document.activeElement"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    made = make_full_app(tmp_path_factory.mktemp("instance"))
    yield made
    close(made)


@pytest.fixture
def address(app: Flask, serve: Serve) -> str:
    desk.install(app)
    return serve(app)


def press_to(page: Page, text: str, most: int = 40) -> None:
    """Press Tab until the focus stands on what bears this text; every stop on the way can be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        assert page.evaluate(f"getComputedStyle({FOCUSED}).outlineStyle") == "solid", focused(page)
        if text in focused(page):
            return
    pytest.fail(f"{text} was not reached with {most} presses")


def press_enter(page: Page, path: str) -> None:
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{path}")


def focused(page: Page) -> str:
    return str(page.evaluate(f"{FOCUSED}.labels?.[0]?.innerText || {FOCUSED}.innerText || {FOCUSED}.outerHTML"))


def test_an_official_logs_in_finds_a_check_and_deletes_it_without_a_mouse(
    app: Flask, address: str, open_page: OpenPage
) -> None:
    places_of(app)
    page = open_page(width=390)
    page.goto(f"{address}/staff/login")
    press_to(page, "Tên tài khoản")
    page.keyboard.type(NAME)
    press_to(page, "Mật khẩu", 1)
    page.keyboard.type(PASSWORD)
    press_enter(page, "/staff/")
    press_to(page, "Danh mục")
    page.keyboard.press("Enter")
    press_to(page, "Đối soát bảng tổng hợp")
    press_enter(page, "/staff/counts")
    press_to(page, "bảng tổng hợp.csv")
    press_enter(page, "/staff/counts/*")
    press_to(page, "Xóa kết quả này")
    press_enter(page, "/staff/counts/*/delete")
    press_to(page, "Xóa kết quả đối soát")
    press_enter(page, "/staff/counts")
    assert page.get_by_role("status").inner_text() == "Đã xóa kết quả đối soát của tệp “bảng tổng hợp.csv”."


def test_the_focus_walks_through_the_page_in_order_and_out_again(address: str, open_page: OpenPage) -> None:
    page = open_page(width=1280)
    enter(page, address)
    page.goto(address + RESULTS)
    tops: list[float] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(f"{FOCUSED} === document.body"):
            break
        tops.append(page.evaluate(f"{FOCUSED}.getBoundingClientRect().top + scrollY"))
    else:
        pytest.fail("the focus never left the page")
    assert len(tops) > 15
    assert all(after >= before - 60 for before, after in pairwise(tops))


def test_the_way_past_the_menu_leads_to_the_content_and_tables_move_by_arrow_keys(
    address: str, open_page: OpenPage
) -> None:
    page = open_page(width=390)
    enter(page, address)
    page.goto(address + RESULTS)
    page.keyboard.press("Tab")
    assert page.evaluate(f"{FOCUSED}.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    assert page.evaluate(f"{FOCUSED}.id") == "main"
    region = page.get_by_role("region", name="Kết quả theo đơn vị")
    region.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("region => region.scrollLeft > 60", arg=region.element_handle())
    name = region.get_by_role("rowheader", name="Phường Bến Sông")
    box, frame = name.bounding_box(), region.bounding_box()
    assert box is not None
    assert frame is not None
    assert abs(box["x"] - frame["x"]) < 3


def test_the_headings_of_a_long_table_stay_in_sight(address: str, open_page: OpenPage) -> None:
    page = open_page(width=1280)
    enter(page, address)
    page.goto(address + RESULTS)
    page.set_viewport_size({"width": 1280, "height": 400})
    region = page.get_by_role("region", name="Kết quả chung theo yếu tố, tiêu chí")
    region.evaluate("region => { region.scrollTop = 300 }")
    heading, frame = region.locator("thead th").first.bounding_box(), region.bounding_box()
    assert heading is not None
    assert frame is not None
    assert region.evaluate("region => region.scrollTop") == 300
    assert abs(heading["y"] - frame["y"]) < 3


@pytest.mark.parametrize("javascript", [True, False])
def test_dark_colours_follow_the_machine_until_somebody_chooses(
    address: str, open_page: OpenPage, *, javascript: bool
) -> None:
    page = open_page(width=1280, javascript=javascript)
    page.goto(f"{address}/staff/login")
    light = page.evaluate(BACKGROUND)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(BACKGROUND)
    assert light != dark
    page.get_by_role("link", name="Sáng").click()
    assert page.url == f"{address}/staff/login"
    assert page.evaluate(BACKGROUND) == light
    enter(page, address)
    assert page.evaluate(BACKGROUND) == light
    page.emulate_media(color_scheme="light")
    page.get_by_role("link", name="Tối").click()
    assert page.evaluate(BACKGROUND) == dark
    page.get_by_role("link", name="Theo máy").click()
    assert page.evaluate(BACKGROUND) == light


@pytest.mark.parametrize("path", ["/staff/", "/staff/results", RESULTS])
def test_on_paper_there_are_whole_tables_in_black_on_white_and_no_button(
    address: str, open_page: OpenPage, tmp_path: Path, path: str
) -> None:
    page = open_page(width=1280, dark=True)
    enter(page, address)
    page.goto(f"{address}{path}?look=dark")
    page.emulate_media(media="print")
    assert not any(button.is_visible() for button in page.get_by_role("button").all())
    assert not any(menu.is_visible() for menu in page.get_by_role("navigation").all())
    assert page.evaluate(BACKGROUND) == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('td')).color") == "rgb(0, 0, 0)"
    assert page.get_by_role("heading", level=1).is_visible()
    assert page.get_by_text("Ngày in: 21/11/2026").is_visible()
    for frame in page.get_by_role("region").all():
        assert frame.evaluate("one => getComputedStyle(one).overflowY === 'visible'")
    paper = page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    assert paper.count(b"/Type /Page\n") <= 6


def test_a_file_larger_than_the_limit_is_answered_in_the_browser(address: str, open_page: OpenPage) -> None:
    page = open_page(width=1280)
    enter(page, address)
    page.goto(f"{address}/staff/counts")
    page.set_input_files("#file", {"name": "lon.csv", "mimeType": "text/csv", "buffer": b"x" * 1_060_000})
    page.locator("main form button").click()
    assert "lớn hơn 1 MB" in page.get_by_role("alert").inner_text()
