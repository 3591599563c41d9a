"""Can everybody use the pages: by ear, by thumb, by night, enlarged?"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page

from survey_app.store.models import Survey
from tests.journeys.conftest import OpenPage, Serve
from tests.survey_app.building import FORM, make_app

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
CONTRAST = {"runOnly": ["color-contrast"]}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> str:
    app = make_app(tmp_path_factory.mktemp("access"))
    _mark_as_simulated(app)
    return serve(app)


def _mark_as_simulated(app: Flask) -> None:
    """Every notice there is stands on the pages then."""
    with app.extensions["parts"].store.writing() as session:
        session.get_one(Survey, "hai-long").simulated = True
        session.commit()


def _show_empty(page: Page) -> None:
    page.get_by_role("button").click()


def _show_filled(page: Page) -> None:
    page.locator("#qA1-0").check()
    page.locator("#qK1-0").check()
    page.locator("#qK2-0").check()


def _show_faulty(page: Page) -> None:
    _show_filled(page)
    page.locator("#qA2-0").evaluate("box => { box.value = '9'; box.checked = true }")
    page.locator("#qY1-0").evaluate("area => area.removeAttribute('maxlength')")
    page.locator("#qY1-0").fill("x" * 1001)
    page.get_by_role("button").click()


STATES: list[tuple[str, Callable[[Page], None] | None]] = [
    ("/", None),
    (FORM, None),
    (FORM, _show_filled),
    (FORM, _show_empty),
    (FORM, _show_faulty),
    (f"{FORM}/cam-on", None),
    ("/khong-co", None),
]


def _every_state(page: Page, address: str, query: str = "") -> Iterator[str]:
    for path, act in STATES:
        page.goto(address + path + query)
        if act is not None:
            act(page)
        yield f"{path} {act}"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_in_no_state_breaks_a_rule_of_accessibility_by_day_or_by_night(
    address: str, open_page: OpenPage, language: str
) -> None:
    page = open_page()
    for state in _every_state(page, address, f"?lang={language}"):
        page.emulate_media(color_scheme="light")
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, f"{state}: {found.generate_report()}"
        page.emulate_media(color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 27)"
        by_night = page.evaluate("options => axe.run(document, options)", CONTRAST)
        assert by_night["violations"] == [], state
        assert by_night["passes"] != [], state


def test_the_rules_would_find_a_fault(address: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(address + FORM)
    page.evaluate("document.querySelectorAll('legend').forEach(l => l.style.color = '#ddd')")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    found = {violation["id"] for violation in Axe().run(page, options=RULES).response["violations"]}
    assert {"color-contrast", "html-has-lang"} <= found


FITS = "document.documentElement.scrollWidth <= window.innerWidth"
SMALL = """() => [...document.querySelectorAll('label:has(input), a, button, summary, textarea, input.number')]
  .map(e => [e.getBoundingClientRect(), e.textContent.trim()])
  .filter(([r, _]) => r.width > 0 && (r.height < 44 || r.width < 44)).map(([_, t]) => t)"""


def test_every_target_is_large_enough_for_a_thumb_and_nothing_sticks_out(
    address: str, open_page: OpenPage
) -> None:
    page = open_page()
    for state in _every_state(page, address):
        for width in (320, 360, 768, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(SMALL) == [], (state, width)
            assert page.evaluate(FITS), (state, width)


def test_on_a_phone_five_targets_fill_the_width(address: str, open_page: OpenPage) -> None:
    page = open_page(width=360)
    page.goto(address + FORM)
    boxes = [label.bounding_box() for label in page.locator("#qA1 label").all()]
    assert len(boxes) == 6
    assert all(box is not None and box["width"] > 320 for box in boxes)


def test_a_scale_of_ten_stands_in_rows_that_fit(tmp_path: Path, serve: Serve, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(serve(make_app(tmp_path, questionnaire_id="ddci-mau")) + FORM)
    assert page.locator("#qA1 label").count() == 11
    for width in (320, 360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(SMALL) == [], width
        assert page.evaluate(FITS), width


def test_letters_of_twice_the_size_still_fit(address: str, open_page: OpenPage) -> None:
    page = open_page(width=360)
    page.goto(address + FORM)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(FITS)


def test_the_headings_tell_the_order_of_the_page(address: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(address + FORM)
    headings = page.locator("h1, h2, h3").all_inner_texts()
    assert headings[0] == "Khảo sát sự hài lòng năm 2026"
    assert headings[1] == "Tiếp cận dịch vụ"
    assert page.locator("h1").count() == 1


def test_the_browser_keeps_to_the_policy_without_a_complaint(address: str, open_page: OpenPage) -> None:
    page = open_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path, _ in STATES[:-1]:
        page.goto(address + path)
    assert said == []
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p>')")
    assert any("Content Security Policy" in line for line in said)
