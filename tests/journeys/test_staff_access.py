"""Can everybody use the staff pages: by ear, by keyboard, on a phone, on paper, in both languages?"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import delete

from survey_app.services import child, scoring
from survey_app.staff import desk
from survey_app.store.models import StaffSession, Survey
from tests.journeys.conftest import OpenPage, Serve
from tests.survey_app.staff.staff_building import (
    NAME,
    PASSWORD,
    add_answers,
    add_unit,
    client_of,
    close,
    make_staff_app,
)
from tests.survey_app.staff.test_counts import GOOD, sheet, upload

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
RESULTS = "/staff/results/hai-long"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Return an application that has everything to show: thin units, silent units, findings, simulated data."""
    made = make_staff_app(tmp_path_factory.mktemp("instance"), ("public", "staff"))
    add_unit(made, "90001", "Trung tâm Phục vụ hành chính công đặc khu Hòn Mây Ngoài")
    for unit, forms in (("26734", 40), ("26737", 3)):
        add_answers(made, unit, forms)
    with made.extensions["parts"].store.writing() as session:
        session.get_one(Survey, "hai-long").simulated = True
        empty = Survey(
            **{c.name: getattr(session.get_one(Survey, "hai-long"), c.name) for c in Survey.__table__.c}
        )
        empty.id, empty.title_vi, empty.title_en = "chua-co", "Khảo sát quý sau", "The next survey"
        session.add(empty)
        session.commit()
    yield made
    close(made)


@pytest.fixture(scope="module")
def reconciliation(app: Flask) -> str:
    address: str = upload(client_of(app), sheet(*GOOD)).location
    return address


@pytest.fixture
def address(app: Flask, serve: Serve) -> str:
    desk.install(app)
    return serve(app)


def enter(page: Page, address: str, language: str = "vi") -> None:
    page.goto(f"{address}/staff/login?lang={language}")
    page.locator("#username").fill(NAME)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button").click()


def wrong_login(page: Page) -> None:
    page.locator("main button").click()


def faulty_file(page: Page) -> None:
    content = sheet(("Xã A", 3, "Thái độ", "", 1, "ba", ""))
    page.set_input_files("#file", {"name": "sai.csv", "mimeType": "text/csv", "buffer": content})
    page.locator("main form button").click()


def open_details(page: Page) -> None:
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")


def states(reconciliation: str) -> list[tuple[str, Callable[[Page], None] | None]]:
    return [
        ("/staff/", open_details),
        (RESULTS, open_details),
        ("/staff/results/chua-co", None),
        ("/staff/counts", None),
        ("/staff/counts", faulty_file),
        (reconciliation, open_details),
    ]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_in_no_state_breaks_a_rule_or_the_width_of_a_phone(
    address: str, reconciliation: str, open_page: OpenPage, language: str
) -> None:
    page = open_page(width=390)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{address}/staff/login?lang={language}")
    look(page, None)
    look(page, wrong_login)
    enter(page, address, language)
    for path, act in states(reconciliation):
        page.goto(address + path)
        assert page.locator("html").get_attribute("lang") == language
        look(page, act)
    assert not [line for line in said if "Content Security Policy" in line]


def look(page: Page, act: Callable[[Page], None] | None) -> None:
    if act is not None:
        act(page)
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (page.url, width)


def test_pages_about_trouble_keep_the_rules_too(
    app: Flask, address: str, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(width=390)
    enter(page, address)
    monkeypatch.setattr(scoring, "code_mark", lambda: "not computed yet")
    for trouble, heading in (
        (child.ChildFailed("việc xử lý mất quá nhiều thời gian"), "Chưa lập được bảng kết quả"),
        (child.ChildRefused("Tệp a\n  Cần có: b\n  Nhận được: c\n  Cách xử lý: d"), "Chưa lập được bảng kết quả"),
        (child.ChildBusy(), "Đang tính kết quả"),
    ):
        monkeypatch.setattr(scoring, "_await", raiser(trouble))
        page.goto(address + RESULTS)
        assert page.get_by_role("heading", level=1).inner_text() == heading
        look(page, None)
    with app.extensions["parts"].store.writing() as session:
        session.execute(delete(StaffSession))
        session.commit()
    page.goto(address + RESULTS)
    assert page.get_by_role("status").inner_text() == "Phiên làm việc đã kết thúc. Xin đăng nhập lại."
    look(page, None)


def raiser(trouble: Exception) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise trouble

    return fail


def test_everything_is_reached_and_moved_by_the_keyboard(address: str, open_page: OpenPage) -> None:
    page = open_page(width=390)
    enter(page, address)
    page.goto(address + RESULTS)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
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


def test_on_paper_there_is_the_table_and_no_button(address: str, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(width=1280)
    enter(page, address)
    page.goto(address + RESULTS)
    page.emulate_media(media="print")
    assert not any(button.is_visible() for button in page.get_by_role("button").all())
    assert not page.get_by_role("navigation").is_visible()
    assert page.get_by_role("table", name="Kết quả theo đơn vị").is_visible()
    paper = page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    assert paper.count(b"/Type /Page\n") <= 6


def test_a_file_larger_than_the_limit_is_answered_in_the_browser(address: str, open_page: OpenPage) -> None:
    page = open_page(width=1280)
    enter(page, address)
    page.goto(f"{address}/staff/counts")
    page.set_input_files("#file", {"name": "lon.csv", "mimeType": "text/csv", "buffer": b"x" * 1_060_000})
    page.locator("main form button").click()
    assert "lớn hơn 1 MB" in page.get_by_role("alert").inner_text()
