"""Does the form take what a person gives, keep it once, and give everything back where something is wrong?"""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from survey_app.store import Store
from survey_app.store.models import Comment, Response, Submission, Survey, Unit
from tests.survey_app.building import FORM, FORM_ID, make_app

pytestmark = pytest.mark.both_databases


def _stored(store: Store) -> list[dict[str, str]]:
    with store.reading() as session:
        return list(session.scalars(select(Response.answers)))


def _form_id(response: TestResponse) -> str:
    found = re.search(r'name="form_id" value="([^"]*)"', response.text)
    assert found is not None
    return found[1]


def _checked(response: TestResponse) -> set[str]:
    return set(re.findall(r'<input type="(?:radio|checkbox)"\s+id="([^"]*)"[^>]* checked', response.text))


def test_the_first_screen_says_who_asks_why_and_that_it_is_voluntary(client: FlaskClient) -> None:
    page = client.get(FORM).text
    assert "Sở Nội vụ xin ý kiến Ông/Bà về việc giải quyết thủ tục hành chính vừa qua" in page
    assert "không thu thập họ tên" in page
    assert "tham gia tự nguyện" in page
    assert "không ảnh hưởng đến việc giải quyết hồ sơ" in page
    assert "Phường Bến Sông" in page
    english = client.get(f"{FORM}?lang=en").text
    assert '<html lang="en">' in english
    assert "The Department of Home Affairs would like your opinion" in english


def test_a_language_that_nobody_speaks_here_is_vietnamese(client: FlaskClient) -> None:
    for asked in ("fr", "", "vi-VN", "<script>"):
        assert '<html lang="vi">' in client.get(FORM, query_string={"lang": asked}).text


def test_every_form_has_an_id_of_its_own(client: FlaskClient) -> None:
    ids = {_form_id(client.get(FORM)) for _ in range(50)}
    assert len(ids) == 50
    assert all(re.fullmatch(r"[0-9a-f]{32}", form_id) for form_id in ids)


def test_opening_a_form_stores_nothing(client: FlaskClient, store: Store) -> None:
    client.get(FORM)
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == 0


def test_a_form_is_stored_and_thanked_for_in_its_language(client: FlaskClient, store: Store) -> None:
    sent = client.post(f"{FORM}?lang=en", data={"A1": "4", "form_id": FORM_ID})
    assert sent.status_code == 303
    assert sent.headers["Location"] == f"{FORM}/cam-on?lang=en"
    thanks = client.get(sent.headers["Location"])
    assert "Thank you" in thanks.text
    assert "Phường Bến Sông" in thanks.text
    assert _stored(store) == [{"A1": "4"}]
    assert "Cảm ơn Ông/Bà" in client.get(f"{FORM}/cam-on").text


def test_a_replay_gets_the_same_thanks_and_one_row(client: FlaskClient, store: Store) -> None:
    answers = {"A1": "4", "Y1": "Tốt", "form_id": FORM_ID}
    replies = [client.post(FORM, data=answers) for _ in range(3)]
    assert {(reply.status_code, reply.headers["Location"]) for reply in replies} == {(303, f"{FORM}/cam-on")}
    assert len(_stored(store)) == 1


def test_fifty_clicks_at_once_get_fifty_thanks_and_one_row(app: Flask, store: Store) -> None:
    def click(form_id: str) -> int:
        return app.test_client().post(FORM, data={"A1": "4", "Y1": "Tốt", "form_id": form_id}).status_code

    ids = [f"{number:032x}" for number in range(4)]
    with ThreadPoolExecutor(50) as pool:
        statuses = list(pool.map(click, ids * 50))
    assert statuses == [303] * 200
    assert _stored(store) == [{"A1": "4"}] * 4
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(Comment)) == 4


def test_the_same_id_with_other_answers_is_told_that_the_first_is_kept(client: FlaskClient, store: Store) -> None:
    client.post(FORM, data={"A1": "4", "form_id": FORM_ID})
    second = client.post(FORM, data={"A1": "1", "form_id": FORM_ID})
    assert second.status_code == 409
    assert "lần gửi đầu tiên được giữ lại" in second.text
    assert _stored(store) == [{"A1": "4"}]


def test_an_empty_form_is_asked_for_at_least_one_answer(client: FlaskClient, store: Store) -> None:
    for fields in ({}, {"form_id": FORM_ID}, {"A1": "", "Y1": "  ", "form_id": FORM_ID}):
        response = client.post(FORM, data=fields)
        assert response.status_code == 422
        assert "trả lời ít nhất một câu" in response.text
    assert _stored(store) == []


@pytest.mark.parametrize("form_id", [None, "", "x", FORM_ID.upper(), FORM_ID + "0", "'; DROP TABLE response; --"])
def test_a_form_whose_id_is_gone_or_touched_comes_back_with_a_fresh_one_and_all_answers(
    client: FlaskClient, store: Store, form_id: str | None
) -> None:
    sent_id = {} if form_id is None else {"form_id": form_id}
    fields = {"A1": "4", "K1": ["zalo", "loa"], "Y1": "Tốt lắm", **sent_id}
    response = client.post(FORM, data=fields)
    assert response.status_code == 422
    assert _stored(store) == []
    fresh = _form_id(response)
    assert re.fullmatch(r"[0-9a-f]{32}", fresh)
    assert _checked(response) == {"qA1-3", "qK1-0", "qK1-7"}
    assert "Tốt lắm</textarea>" in response.text
    assert client.post(FORM, data={**fields, "form_id": fresh}).status_code == 303
    assert len(_stored(store)) == 1


def test_what_cannot_be_is_shown_beside_its_question_and_in_the_summary_with_all_else_kept(
    client: FlaskClient, store: Store
) -> None:
    fields = {"A1": "9", "A2": ["4", "5"], "B1": "5", "Y1": "x" * 1001, "sai": "1", "form_id": FORM_ID}
    response = client.post(FORM, data=fields)
    assert response.status_code == 422
    page = html.unescape(response.text)
    assert re.search(r"<title>\s*Cần xem lại: ", page)
    summary = page[page.index('role="alert"') : page.index("<form")]
    assert re.findall(r'href="#(q\w+-0)"', summary) == ["qA1-0", "qA2-0", "qY1-0"]
    assert "Câu 1: Câu trả lời không có trong các lựa chọn" in summary
    assert "Phiếu này không có câu hỏi mang mã này" in summary
    for question in ("A1", "A2", "Y1"):
        assert f'aria-describedby="q{question}-e"' in page or f'q{question}-h q{question}-e"' in page
        assert f'id="q{question}-e"' in page
    assert _checked(response) == {"qA2-3", "qB1-4"}
    assert "x" * 1001 in page
    assert _form_id(response) == FORM_ID
    assert _stored(store) == []


def test_an_answer_that_was_not_asked_for_is_left_out(client: FlaskClient, store: Store) -> None:
    client.post(FORM, data={"A1": "4", "K2": "truc-tuyen", "K3": "kho", "form_id": FORM_ID})
    assert _stored(store) == [{"A1": "4", "K2": "truc-tuyen"}]


def test_a_comment_that_would_break_files_is_cleaned_before_it_is_kept(client: FlaskClient, store: Store) -> None:
    body = "A1=4&form_id=" + FORM_ID + "&Y1=" + "a%00b%0B%EF%BF%BE%E2%80%AEc%ED%A0%80=1%2B1"
    assert client.post(FORM, data=body, content_type="application/x-www-form-urlencoded").status_code == 303
    with store.reading() as session:
        kept = session.scalars(select(Comment.text)).one()
    assert not set(kept) & {"\x00", "\x0b", "\ufffe", "\u202e", "\ud800"}
    assert kept.startswith("abc")


PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7123*7 }}",
    "</textarea><b>",
    "</style><b>",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_people_typed_is_text_on_every_page(client: FlaskClient, store: Store, payload: str) -> None:
    with store.writing() as session:
        survey, unit = session.get_one(Survey, "hai-long"), session.get_one(Unit, "26734")
        unit.name = survey.title_vi = survey.agency_vi = payload
        session.commit()
    pages = [client.get("/"), client.get(FORM), client.get(f"{FORM}/cam-on")]
    pages += [client.post(FORM, data={"Y1": payload, "A1": payload, payload: payload})]
    for page in pages:
        assert html.escape(payload, quote=True).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in page.text
        assert page.text.count("<b>") == page.text.count("<img") == 0
        assert page.text.count("<script") == page.text.count('<script src="/form.') <= 1
        assert "49861" not in page.text


def test_a_page_never_shows_an_older_name_than_the_database(client: FlaskClient, store: Store) -> None:
    assert "Phường Bến Sông" in client.get(FORM).text
    with store.writing() as session:
        session.get_one(Unit, "26734").name = "Phường Bến Sông Mới"
        session.commit()
    assert "Phường Bến Sông Mới" in client.get(FORM).text


def test_after_the_last_day_no_form_is_taken_but_thanks_are_still_said(
    app: Flask, client: FlaskClient, store: Store
) -> None:
    app.extensions["parts"] = replace(app.extensions["parts"], today=lambda: date(2027, 1, 1))
    for response in (client.get(FORM), client.post(FORM, data={"A1": "4", "form_id": FORM_ID})):
        assert response.status_code == 410
        assert "đã kết thúc" in response.text
    assert client.get(f"{FORM}/cam-on").status_code == 200
    assert _stored(store) == []


def test_the_window_is_that_of_the_day_in_viet_nam(tmp_path: Path) -> None:
    app = make_app(tmp_path, today=date(2026, 10, 14))
    app.test_client().post(FORM, data={"A1": "4", "form_id": FORM_ID})
    with app.extensions["parts"].store.reading() as session:
        assert session.scalars(select(Response.window)).one() == "2026-10-1"
    app.extensions["parts"].store.engine.dispose()


@pytest.mark.parametrize("path", ["/s/hai-long%00", "/s/hai-long/26734%00", "/s/%00/26734/cam-on"])
def test_an_address_that_no_database_can_hold_leads_nowhere(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path, data={"A1": "4", "form_id": FORM_ID}).status_code in {404, 405}


def test_a_simulated_survey_says_so_on_every_page(client: FlaskClient, store: Store) -> None:
    pages = ("/", "/s/hai-long", FORM, f"{FORM}/cam-on")
    assert not any("DỮ LIỆU MÔ PHỎNG" in client.get(page).text for page in pages)
    with store.writing() as session:
        session.get_one(Survey, "hai-long").simulated = True
        session.commit()
    for page in pages:
        assert "DỮ LIỆU MÔ PHỎNG" in client.get(page).text
        assert "SIMULATED DATA" in client.get(f"{page}?lang=en").text
