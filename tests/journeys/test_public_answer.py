"""Can a citizen with an old phone answer, from the list of offices to the thanks?"""

from pathlib import Path

import pytest
from sqlalchemy import select

from survey_app.store import Store
from survey_app.store.models import Comment, Response
from tests.journeys.conftest import OpenPage, Serve
from tests.survey_app.building import FORM, WINDOW, make_app


@pytest.mark.parametrize("javascript", [False, True], ids=["without JavaScript", "with JavaScript"])
def test_a_person_finds_the_office_answers_and_is_thanked(
    tmp_path: Path, serve: Serve, open_page: OpenPage, *, javascript: bool
) -> None:
    app = make_app(tmp_path)
    page = open_page(width=360, javascript=javascript)
    page.goto(serve(app))
    page.get_by_role("link", name="Phường Bến Sông").click()
    page.get_by_role("group", name="1. Điểm").get_by_label("Hài lòng", exact=True).check()
    page.locator("#qB1 label").last.click()
    page.get_by_label("Zalo").check()
    page.get_by_label("Loa truyền thanh").check()
    page.get_by_label("Trực tiếp", exact=True).check()
    page.get_by_role("group", name="22. Vì sao").get_by_label("Không quen thao tác, thấy khó").check()
    page.get_by_role("textbox").fill("Cán bộ nhiệt tình")
    page.get_by_role("button", name="Gửi phiếu").click()
    page.wait_for_url("**/cam-on")
    assert page.url.endswith(f"{FORM}/cam-on")
    assert page.get_by_role("heading", level=1).inner_text() == "Cảm ơn Ông/Bà"
    assert page.context.cookies() == []
    store: Store = app.extensions["parts"].store
    with store.reading() as session:
        kept = session.scalars(select(Response)).one()
        assert session.scalars(select(Comment.text)).one() == "Cán bộ nhiệt tình"
    assert kept.answers == {"A1": "4", "B1": "5", "K1": "loa;zalo", "K2": "truc-tiep", "K3": "kho"}
    assert (kept.unit_code, kept.mode, kept.language, kept.window) == ("26734", "phone", "vi", WINDOW)


def test_an_empty_form_comes_back_with_a_summary_that_is_read_first(
    tmp_path: Path, serve: Serve, open_page: OpenPage
) -> None:
    page = open_page(javascript=False)
    page.goto(serve(make_app(tmp_path)) + FORM)
    page.get_by_role("button", name="Gửi phiếu").click()
    assert "Xin trả lời ít nhất một câu" in page.get_by_role("alert").inner_text()
    assert page.title().startswith("Cần xem lại: ")
    page.get_by_label("Rất hài lòng").first.check()
    page.get_by_role("button", name="Gửi phiếu").click()
    page.wait_for_url("**/cam-on")
    assert page.url.endswith("/cam-on")


def test_a_link_in_the_summary_leads_to_the_question(tmp_path: Path, serve: Serve, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(serve(make_app(tmp_path)) + FORM)
    page.get_by_label("Zalo").check()
    page.get_by_role("textbox").evaluate(
        "area => { area.removeAttribute('maxlength'); area.value = 'x'.repeat(1001) }"
    )
    page.get_by_role("button", name="Gửi phiếu").click()
    assert page.get_by_role("alert").evaluate("box => box === document.activeElement")
    page.get_by_role("alert").get_by_role("link").click()
    assert page.evaluate("document.activeElement.id") == "qY1-0"
    assert page.get_by_label("Zalo").is_checked()
    assert len(page.get_by_role("textbox").input_value()) == 1001


def test_a_follow_up_question_appears_only_where_it_is_asked(
    tmp_path: Path, serve: Serve, open_page: OpenPage
) -> None:
    page = open_page(javascript=False)
    page.goto(serve(make_app(tmp_path)) + FORM)
    follow_up = page.get_by_role("group", name="22. Vì sao")
    assert follow_up.count() == 0
    page.get_by_label("Trực tiếp", exact=True).check()
    assert follow_up.is_visible()
    page.get_by_label("Trực tuyến", exact=True).check()
    assert follow_up.count() == 0


def test_the_form_can_be_filled_with_the_keyboard_alone(tmp_path: Path, serve: Serve, open_page: OpenPage) -> None:
    app = make_app(tmp_path)
    page = open_page(javascript=False)
    page.goto(serve(app) + FORM)
    for key in ("Tab", "Tab", "Space", "ArrowDown", "Tab", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url("**/cam-on")
    with app.extensions["parts"].store.reading() as session:
        assert session.scalars(select(Response.answers)).one() == {"A1": "2", "A2": "99"}


def test_going_back_and_sending_again_is_the_same_form_or_a_new_one_but_never_lost(
    tmp_path: Path, serve: Serve, open_page: OpenPage
) -> None:
    app = make_app(tmp_path)
    page = open_page(javascript=False)
    page.goto(serve(app) + FORM)
    page.get_by_label("Hài lòng", exact=True).first.check()
    page.get_by_role("button").click()
    page.go_back()
    page.get_by_label("Hài lòng", exact=True).first.check()
    page.get_by_role("button").click()
    assert page.url.endswith("/cam-on")
    with app.extensions["parts"].store.reading() as session:
        kept = session.scalars(select(Response.answers)).all()
    assert len(kept) in {1, 2}
    assert all(answers == {"A1": "4"} for answers in kept)
