"""Does every staff page suit every eye, ear and finger, in both languages and colours, at any width?"""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import delete

from survey_app.services import child, scoring
from survey_app.staff import desk
from survey_app.store.models import StaffSession
from tests.journeys.conftest import OpenPage, Serve
from tests.journeys.staff_visits import LOGIN, TROUBLE, VISITS, enter, make_full_app, places_of, unvisited
from tests.survey_app.staff.staff_building import close

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
WIDTHS = (320, 390, 768, 1280)
SCHEMES = ("light", "dark")
SMALLEST_TARGET = 44

# A link inside a sentence is as high as its line; everything else that is pressed is a target of its own.
SMALL_TARGETS = """
least => [...document.querySelectorAll('a, button, summary, select, input:not([type=hidden]), textarea')]
  .filter(one => one.checkVisibility() && !one.matches('.skip, p:not(.choices) a:not(.btn), dd a:not(.btn)'))
  .filter(one => !one.matches('[type=checkbox], [type=radio]'))
  .concat([...document.querySelectorAll('label:has([type=checkbox], [type=radio]), .form-check label')])
  .map(one => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
  .filter(([, box]) => box.height < least - 0.5)
  .map(([what, box]) => `${what} ${box.height}`)
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    made = make_full_app(tmp_path_factory.mktemp("instance"))
    yield made
    close(made)


@pytest.fixture
def address(app: Flask, serve: Serve) -> str:
    desk.install(app)
    return serve(app)


def test_every_staff_page_is_visited(app: Flask) -> None:
    assert unvisited(app) == set()
    assert VISITS.keys() <= app.view_functions.keys()


def test_a_page_that_nobody_visits_would_be_found(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(VISITS, "staff.list_results")
    assert unvisited(app) == {"staff.list_results"}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_in_no_state_breaks_a_rule_or_the_width_of_a_screen(
    app: Flask, address: str, open_page: OpenPage, language: str
) -> None:
    page, places = open_page(width=390), places_of(app)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    for visit in LOGIN:
        page.goto(f"{address}{visit.path}?lang={language}")
        look(page, visit.act)
    enter(page, address, language)
    for visit in (
        visit for endpoint, visits in VISITS.items() if endpoint != "staff.show_login" for visit in visits
    ):
        page.goto(address + visit.path.format(**places))
        assert page.locator("html").get_attribute("lang") == language
        look(page, visit.act)
    for path in TROUBLE:
        page.goto(address + path)
        assert page.get_by_role(
            "link", name={"vi": "Về trang đầu", "en": "To the first page"}[language]
        ).is_visible()
        look(page)
    assert not [line for line in said if "Content Security Policy" in line]


def look(page: Page, act: Callable[[Page], None] | None = None) -> None:
    """Do what the visit is about, then hold the page against every rule."""
    if act is not None:
        act(page)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, f"{page.url} ({scheme}): {found.generate_report()}"
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert spare_width(page) == 0, (page.url, width)
        assert page.evaluate(SMALL_TARGETS, SMALLEST_TARGET) == [], (page.url, width)
    page.set_viewport_size({"width": 390, "height": 800})


def spare_width(page: Page) -> int:
    """Return by how many pixels the page is wider than the screen."""
    return int(page.evaluate("Math.max(0, document.documentElement.scrollWidth - window.innerWidth)"))


def test_these_looks_find_pale_letters_wide_pages_and_small_targets(address: str, open_page: OpenPage) -> None:
    page = open_page(width=390)
    page.goto(f"{address}/staff/login")
    for fault, complaint in (
        ("document.querySelector('h1').style.color = '#ccc'", "color-contrast"),
        ("document.querySelector('h1').style.width = '500px'", "320"),
        ("document.querySelector('main button').style.cssText = 'min-height: 0; height: 30px'", "30"),
    ):
        page.reload()
        page.evaluate(fault)
        with pytest.raises(AssertionError, match=complaint):
            look(page)


def test_pages_about_trouble_keep_the_rules_too(
    app: Flask, address: str, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, results = open_page(width=390), f"{address}/staff/results/hai-long"
    enter(page, address)
    monkeypatch.setattr(scoring, "code_mark", lambda: "not computed yet")
    for trouble, heading in (
        (child.ChildFailed("việc xử lý mất quá nhiều thời gian"), "Chưa lập được bảng kết quả"),
        (child.ChildRefused("Tệp a\n  Cần có: b\n  Nhận được: c\n  Cách xử lý: d"), "Chưa lập được bảng kết quả"),
        (child.ChildBusy(), "Đang tính kết quả"),
        (RuntimeError(), "Có lỗi xảy ra"),
    ):
        monkeypatch.setattr(scoring, "_await", raiser(trouble))
        page.goto(results)
        assert page.get_by_role("heading", level=1).inner_text() == heading
        look(page)
    with app.extensions["parts"].store.writing() as session:
        session.execute(delete(StaffSession))
        session.commit()
    page.goto(results)
    assert page.get_by_role("status").inner_text() == "Phiên đăng nhập đã kết thúc. Xin đăng nhập lại."
    look(page)


def raiser(trouble: Exception) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise trouble

    return fail
