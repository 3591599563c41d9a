"""What becomes of a form when the line fails? It waits on the phone, is sent by itself, and counts once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect
from sqlalchemy import func, select

from survey_app.store.models import Response
from tests.journeys.conftest import OpenPage, Serve
from tests.survey_app.building import FORM, make_app

WAITING = "Chưa gửi được phiếu"
THANKS = "Cảm ơn Ông/Bà"
AGAIN = "Gửi lại ngay"


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return make_app(tmp_path)


@pytest.fixture
def page(app: Flask, serve: Serve, open_page: OpenPage) -> Page:
    """A phone with the form open and one question answered."""
    opened = open_page()
    opened.goto(serve(app) + FORM)
    opened.locator("#qA1-3").check()
    return opened


def _rows(app: Flask) -> int:
    with app.extensions["parts"].store.reading() as session:
        return session.scalar(select(func.count()).select_from(Response)) or 0


def _send(page: Page) -> None:
    page.get_by_role("button", name="Gửi phiếu").click()


def _expect_waiting(page: Page) -> None:
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(WAITING)
    expect(alert).to_contain_text("sẽ tự gửi khi có mạng; xin Ông/Bà đừng đóng trang này")
    expect(alert).to_be_in_viewport()
    expect(page.get_by_role("button", name=AGAIN)).to_be_visible()
    expect(page.locator("#qA1-0")).to_be_disabled()


def _expect_thanked(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS)
    assert page.url.endswith("/cam-on")
    assert page.evaluate("localStorage.length") == 0


def test_a_form_sent_without_a_network_waits_and_goes_out_by_itself_when_it_is_back(
    app: Flask, page: Page
) -> None:
    page.context.set_offline(True)
    _send(page)
    _expect_waiting(page)
    page.get_by_role("button", name=AGAIN).click()
    _expect_waiting(page)
    assert _rows(app) == 0
    page.context.set_offline(False)
    _expect_thanked(page)
    assert _rows(app) == 1


# Notes how long the page wants to wait, and lets it wait a thousandth of that; its patience with a reply stays.
HURRY = """window.waits = [];
const slow = window.setTimeout;
window.setTimeout = (act, wait) => {
  if (wait === 45000) return slow(act, wait);
  window.waits.push(wait);
  return slow(act, wait / 1000);
};
"""


def test_a_waiting_form_is_tried_again_ever_more_rarely_without_a_word_from_the_network(
    app: Flask, serve: Serve, open_page: OpenPage
) -> None:
    page = open_page()
    page.add_init_script(HURRY)
    page.goto(serve(app) + FORM)
    page.locator("#qA1-3").check()
    tries: list[str] = []

    def fail_seven_times(route: Route) -> None:
        tries.append(route.request.method)
        if len(tries) <= 7:
            route.abort()
        else:
            route.continue_()

    page.route(f"**{FORM}", fail_seven_times)
    _send(page)
    _expect_thanked(page)
    assert page.evaluate("window.waits.map(wait => wait / 1000)") == [3, 6, 12, 25, 60, 60, 60]
    assert tries == ["POST"] * 8
    assert _rows(app) == 1


@pytest.mark.parametrize(("same_id", "rows"), [(True, 1), (False, 2)], ids=["as it is", "control: a new id"])
def test_a_form_that_arrived_while_its_reply_was_lost_is_stored_once(
    app: Flask, page: Page, rows: int, *, same_id: bool
) -> None:
    posted: list[str] = []

    def lose_the_first_reply(route: Route) -> None:
        body = route.request.post_data or ""
        posted.append(body)
        if len(posted) == 1:
            route.fetch(max_redirects=0)
            route.abort("connectionreset")
        else:
            route.continue_(post_data=body if same_id else body.replace("form_id=", "form_id=0")[:-1])

    page.route(f"**{FORM}", lose_the_first_reply)
    _send(page)
    _expect_waiting(page)
    assert _rows(app) == 1
    page.get_by_role("button", name=AGAIN).click()
    _expect_thanked(page)
    assert posted[0] == posted[1]
    assert _rows(app) == rows


def test_a_waiting_form_outlives_its_page_with_the_same_id(app: Flask, page: Page) -> None:
    def lose_the_reply(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(f"**{FORM}", lose_the_reply)
    _send(page)
    _expect_waiting(page)
    page.reload()
    _expect_waiting(page)
    expect(page.locator("#qA1-3")).to_be_checked()
    page.unroute_all()
    page.reload()
    _expect_thanked(page)
    assert _rows(app) == 1


def test_a_double_click_sends_once(app: Flask, page: Page) -> None:
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name="Gửi phiếu").dblclick()
    _expect_thanked(page)
    assert len(posts) == 1
    assert _rows(app) == 1


def _answer_503(route: Route) -> None:
    route.fulfill(status=503, body="<p>busy</p>", content_type="text/html")


def _show_a_page_of_the_wireless_network(route: Route) -> None:
    route.fulfill(status=200, body="<h1>Đăng nhập Wi-Fi</h1>", content_type="text/html")


def _send_elsewhere(route: Route) -> None:
    route.fulfill(status=302, headers={"Location": "http://127.0.0.1:9/dang-nhap/cam-on"})


@pytest.mark.parametrize("answer", [_answer_503, _show_a_page_of_the_wireless_network, _send_elsewhere])
def test_nobody_is_thanked_before_the_server_has_the_form(
    app: Flask, page: Page, answer: Callable[[Route], None]
) -> None:
    page.route(f"**{FORM}", answer)
    _send(page)
    _expect_waiting(page)
    assert _rows(app) == 0
    page.unroute_all()
    page.get_by_role("button", name=AGAIN).click()
    _expect_thanked(page)
    assert _rows(app) == 1


def test_a_form_whose_id_was_used_with_other_answers_is_told_so(app: Flask, page: Page) -> None:
    fields = page.evaluate("new URLSearchParams(new FormData(document.querySelector('form'))).toString()")
    other = fields.replace("A1=4", "A1=1")
    reply = page.request.post(
        page.url, data=other, headers={"Content-Type": "application/x-www-form-urlencoded"}, max_redirects=0
    )
    assert reply.status == 303
    _send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Phiếu này đã được ghi nhận")
    expect(page.get_by_text("lần gửi đầu tiên được giữ lại").first).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    assert _rows(app) == 1


def test_a_refused_answer_is_shown_with_everything_entered_and_can_be_mended(app: Flask, page: Page) -> None:
    page.get_by_role("textbox").evaluate("area => area.removeAttribute('maxlength')")
    page.get_by_role("textbox").fill("x" * 1001)
    _send(page)
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("status")).to_have_text("Đã trả lời 2/25 câu")
    assert page.title().startswith("Cần xem lại: ")
    page.get_by_role("textbox").fill("ngắn")
    _send(page)
    _expect_thanked(page)
    assert _rows(app) == 1


def test_a_form_that_is_too_large_or_too_late_is_refused_in_words_and_its_answers_are_kept(page: Page) -> None:
    page.route(
        f"**{FORM}",
        lambda route: route.fulfill(
            status=410, body="<h1>Đợt khảo sát hiện không mở</h1>", content_type="text/html;charset=utf-8"
        ),
    )
    _send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Đợt khảo sát hiện không mở")
    page.unroute_all()
    page.reload()
    expect(page.locator("#qA1-3")).to_be_checked()
    expect(page.locator("#qA1-3")).to_be_enabled()


def test_a_waiting_form_can_be_given_up_and_the_next_one_is_another(app: Flask, page: Page) -> None:
    def lose_the_reply(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    page.route(f"**{FORM}", lose_the_reply)
    _send(page)
    _expect_waiting(page)
    page.unroute_all()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Xóa câu trả lời đã nhập").click()
    expect(page.get_by_role("alert")).to_be_hidden()
    page.locator("#qA1-0").check()
    _send(page)
    _expect_thanked(page)
    assert _rows(app) == 2
