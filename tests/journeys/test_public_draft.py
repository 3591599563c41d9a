"""What does the phone keep of a form while it is filled in, what is seen of that, and when is it gone?"""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import OpenPage, Serve
from tests.survey_app.building import FORM, make_app

OTHER_FORM = "/s/hai-long/26737"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> str:
    return serve(make_app(tmp_path_factory.mktemp("draft")))


def _stored(page: Page) -> dict[str, Any]:
    """Return everything that the browser keeps for this site, wherever it could keep something."""
    assert page.evaluate("indexedDB.databases()") == []
    assert page.evaluate("sessionStorage.length") == 0
    assert page.context.cookies() == []
    kept: dict[str, Any] = page.evaluate("({...localStorage})")
    return kept


def _fill(page: Page) -> None:
    page.locator("#qA1-3").check()
    page.get_by_label("Zalo").check()
    page.locator("#qK2-0").check()
    page.get_by_role("textbox").fill("Cán bộ nhiệt tình, chu đáo & nhanh")


def _expect_filled(page: Page) -> None:
    expect(page.locator("#qA1-3")).to_be_checked()
    expect(page.get_by_label("Zalo")).to_be_checked()
    expect(page.locator("#qK3")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_value("Cán bộ nhiệt tình, chu đáo & nhanh")


def test_answers_survive_a_reload_and_a_change_of_language_and_are_gone_once_sent(
    address: str, open_page: OpenPage
) -> None:
    page = open_page()
    page.goto(address + FORM)
    assert _stored(page) == {}
    _fill(page)
    page.reload()
    _expect_filled(page)
    expect(page.get_by_text("được giữ trên máy này tối đa 24 giờ")).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("status")).to_have_text("4 of 26 questions answered")
    assert len(_stored(page)) == 1
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/cam-on?lang=en")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert _stored(page) == {}
    page.goto(address + FORM)
    expect(page.get_by_role("status")).to_have_text("Đã trả lời 0/25 câu")


def test_a_form_that_was_sent_without_the_script_leaves_nothing_after_its_thanks(
    address: str, open_page: OpenPage
) -> None:
    page = open_page()
    page.goto(address + FORM)
    _fill(page)
    page.goto(address + OTHER_FORM)
    _fill(page)
    assert len(_stored(page)) == 2
    page.goto(f"{address}{OTHER_FORM}/cam-on")
    (left,) = _stored(page)
    assert FORM in left
    page.goto(f"{address}{FORM}/cam-on")
    assert _stored(page) == {}


def test_the_answers_can_be_deleted_after_asking_once(address: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(address + FORM)
    wipe = page.get_by_role("button", name="Xóa câu trả lời đã nhập")
    expect(wipe).to_be_hidden()
    _fill(page)
    page.once("dialog", lambda dialog: dialog.dismiss())
    wipe.click()
    _expect_filled(page)
    page.once("dialog", lambda dialog: dialog.accept())
    wipe.click()
    expect(page.locator("#qA1-0")).to_be_focused()
    expect(page.get_by_role("status")).to_have_text("Đã trả lời 0/25 câu")
    assert page.locator(":checked").count() == 0
    assert page.get_by_role("textbox").input_value() == ""
    assert _stored(page) == {}


@pytest.mark.parametrize(("hours", "kept"), [(23.9, True), (24.1, False), (-0.1, False)])
def test_answers_are_kept_for_a_day_and_no_longer(
    address: str, open_page: OpenPage, hours: float, *, kept: bool
) -> None:
    page = open_page()
    page.goto(address + FORM)
    _fill(page)
    ((name, text),) = _stored(page).items()
    draft = json.loads(text)
    draft["at"] -= hours * 3_600_000
    page.evaluate("([name, text]) => localStorage.setItem(name, text)", [name, json.dumps(draft)])
    # Opening any form of the site is enough to clear up.
    page.goto(address + OTHER_FORM)
    expect(page.get_by_role("status")).to_have_text("Đã trả lời 0/25 câu")
    assert (name in _stored(page)) is kept


def test_two_offices_never_share_answers(address: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(address + FORM)
    _fill(page)
    page.goto(address + OTHER_FORM)
    expect(page.get_by_role("status")).to_have_text("Đã trả lời 0/25 câu")
    page.goto(address + FORM)
    _expect_filled(page)


@pytest.mark.parametrize("fills_the_screen", [True, False])
def test_a_screen_in_an_office_keeps_nothing_for_the_next_person(
    address: str, browser: Browser, *, fills_the_screen: bool
) -> None:
    context = browser.new_context(no_viewport=True)
    page = context.new_page()
    if fills_the_screen:
        session = context.new_cdp_session(page)
        window = session.send("Browser.getWindowForTarget")["windowId"]
        session.send("Browser.setWindowBounds", {"windowId": window, "bounds": {"windowState": "fullscreen"}})
        page.wait_for_function("matchMedia('(display-mode: fullscreen)').matches")
    page.goto(address + FORM)
    _fill(page)
    assert (_stored(page) == {}) is fills_the_screen
    assert page.get_by_text("được giữ trên máy này tối đa").is_visible() is not fills_the_screen
    context.close()


def test_a_browser_that_may_keep_nothing_still_shows_progress_and_sends(address: str, open_page: OpenPage) -> None:
    page = open_page()
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('', 'SecurityError') } })"
    )
    page.goto(address + FORM)
    _fill(page)
    expect(page.get_by_role("status")).to_have_text("Đã trả lời 4/26 câu")
    expect(page.get_by_text("được giữ trên máy này tối đa")).to_be_hidden()
    page.get_by_role("button", name="Gửi phiếu").click()
    page.wait_for_url("**/cam-on")


def test_the_next_unanswered_question_is_one_press_away_and_the_count_keeps_up(
    address: str, open_page: OpenPage
) -> None:
    page = open_page()
    page.goto(address + FORM)
    onward = page.get_by_role("button", name="Câu chưa trả lời tiếp theo")
    visited = []
    for _ in range(3):
        onward.click()
        visited.append(page.evaluate("document.activeElement.id"))
    assert visited == ["qA1-0", "qA2-0", "qA3-0"]
    page.locator("#qB1-2").check()
    page.locator("#qB2-2").check()
    expect(page.get_by_role("status")).to_have_text("Đã trả lời 2/25 câu")
    onward.click()
    expect(page.locator("#qB3-0")).to_be_focused()
    expect(page.locator("#qB3 legend")).to_be_in_viewport()
    page.get_by_role("textbox").fill("x")
    onward.click()
    expect(page.locator("#qA1-0")).to_be_focused()


def test_where_every_question_is_answered_there_is_no_next_one(address: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(address + FORM)
    for question in page.locator("fieldset.q:visible").all():
        question.locator("input").nth(1).check()
    page.get_by_role("textbox").fill("x")
    expect(page.get_by_role("status")).to_have_text("Đã trả lời 25/25 câu")
    expect(page.locator("#next")).to_be_hidden()
    page.locator("#qK2-0").check()
    expect(page.get_by_role("status")).to_have_text("Đã trả lời 25/26 câu")
    page.locator("#next").click()
    expect(page.locator("#qK3-0")).to_be_focused()


def test_with_the_script_the_form_can_still_be_filled_and_sent_with_the_keyboard_alone(
    tmp_path: Path, serve: Serve, open_page: OpenPage
) -> None:
    page = open_page()
    page.goto(serve(make_app(tmp_path)) + FORM)
    for key in ("Tab", "Tab", "Space", "ArrowDown"):
        page.keyboard.press(key)
    expect(page.locator("#qA1-1")).to_be_focused()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "next":
            break
    page.keyboard.press("Enter")
    expect(page.locator("#qA2-0")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cam-on")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
