"""Can everybody use the pages: by ear, by thumb, by night, enlarged?"""

import re
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


def _show_filled(page: Page) -> None:
    page.locator("#qA1-0").check()
    page.locator("#qK1-0").check()
    page.locator("#qK2-0").check()


def _show_restored(page: Page) -> None:
    _show_filled(page)
    page.reload()
    page.locator("form > #draft:first-child").wait_for()


def _show_offline(page: Page) -> None:
    _show_filled(page)
    page.route("**", lambda route: route.abort())
    page.locator("#send").click()
    page.locator("#waiting").wait_for()


def _show_thanks(page: Page) -> None:
    """The form that waited is sent by itself."""
    page.wait_for_url("**/cam-on*")


def _show_refused(page: Page) -> None:
    page.locator("#send").click()
    page.locator(".bad:not(#waiting)").wait_for()


def _show_faulty(page: Page) -> None:
    _show_filled(page)
    page.locator("#qA2-0").evaluate("box => { box.value = '9'; box.checked = true }")
    page.locator("#qY1-0").evaluate("area => area.removeAttribute('maxlength')")
    page.locator("#qY1-0").fill("x" * 1001)
    _show_refused(page)
    page.get_by_role("button", name=re.compile("Xóa|Delete")).wait_for()


STATES: list[tuple[str, Callable[[Page], None] | None]] = [
    ("/", None),
    (FORM, None),
    (FORM, _show_refused),
    (FORM, _show_filled),
    (FORM, _show_restored),
    (FORM, _show_offline),
    (FORM, _show_thanks),
    (FORM, _show_faulty),
    (f"{FORM}/cam-on", None),
    ("/khong-co", None),
]


def _every_state(page: Page, address: str, query: str = "") -> Iterator[str]:
    for path, act in STATES:
        page.unroute_all()
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
    _show_filled(page)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(FITS)


def test_enlarged_twice_the_bar_leaves_the_screen_to_the_questions(address: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(address + FORM)
    place = "getComputedStyle(document.querySelector('.bar')).position"
    assert page.evaluate(place) == "sticky"
    # A window of 640 by 800 at 200 % is laid out as one of 320 by 400.
    page.set_viewport_size({"width": 320, "height": 400})
    assert page.evaluate(place) == "static"
    assert page.evaluate(FITS)


def test_the_headings_tell_the_order_of_the_page(address: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(address + FORM)
    headings = page.locator("h1, h2, h3").all_inner_texts()
    assert headings[0] == "Khảo sát sự hài lòng năm 2026"
    assert headings[1] == "Tiếp cận dịch vụ"
    assert page.locator("h1").count() == 1


WATCH = """document.addEventListener('securitypolicyviolation', event => {
  (window.violations = window.violations || []).push(event.violatedDirective) })"""


def test_the_browser_keeps_to_the_policy_without_a_complaint_in_every_state(
    address: str, open_page: OpenPage
) -> None:
    page = open_page()
    page.add_init_script(WATCH)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for state in _every_state(page, address):
        assert page.evaluate("window.violations || []") == [], state
    # What the network or the server refused is noted by the browser, and meant.
    assert [line for line in said if not line.startswith("Failed to load resource")] == []
    page.goto(address + FORM)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p>')")
    assert any("Content Security Policy" in line for line in said)
    page.wait_for_function("window.violations && window.violations.length")


def test_only_the_form_and_its_thanks_may_run_a_script(address: str, open_page: OpenPage) -> None:
    page = open_page()
    for path, allowed in (("/", False), ("/s/hai-long", False), (FORM, True), (f"{FORM}/cam-on", True)):
        reply = page.goto(address + path)
        assert reply is not None
        policy = reply.headers["content-security-policy"]
        assert ("script-src 'self'" in policy) is allowed
        assert "unsafe" not in policy


def test_nothing_moves_by_itself_where_the_person_wants_no_motion(address: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(address + FORM)
    moves = "getComputedStyle(document.documentElement).scrollBehavior"
    assert page.evaluate(moves) == "smooth"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(moves) == "auto"


def test_the_form_can_be_printed_with_boxes_to_tick_and_no_buttons(address: str, open_page: OpenPage) -> None:
    page = open_page(width=794, dark=True)
    page.goto(address + FORM)
    page.emulate_media(media="print")
    assert page.get_by_role("button").count() == 0
    assert page.locator("#qK3").is_visible()
    box = page.locator("#qA1-0")
    assert box.evaluate("box => getComputedStyle(box).appearance") == "none"
    assert box.evaluate("box => getComputedStyle(box).borderTopColor") == "rgb(0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert len(page.pdf(format="A4")) > 10_000
