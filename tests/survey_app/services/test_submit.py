"""Is a form kept once, whole, and never overwritten?"""

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from questionnaires import library
from questionnaires.model import Language, Mode
from survey_app.services.submit import (
    AnswersRefused,
    Circumstances,
    FormAlreadyUsed,
    NothingAnswered,
    check,
    submit,
)
from survey_app.services.surveys import find_place
from survey_app.store import Store, StoreUnavailable
from survey_app.store.models import Base, Comment, Response, Submission
from tests.survey_app.building import FORM_ID, TODAY, WINDOW

pytestmark = pytest.mark.both_databases

SIPAS = library.load("sipas-2024")
HOW = Circumstances(mode=Mode.PHONE, language=Language.VI, window=WINDOW)
PEPPER = "p" * 40


def _submit(
    session: Session, fields: Mapping[str, Sequence[str]], *, unit: str = "26734", form_id: str = FORM_ID
) -> bool:
    place = find_place(session, "hai-long", unit, today=TODAY)
    return submit(session, place, check(SIPAS, fields), how=HOW, form_id=form_id, pepper=PEPPER)


def _count(store: Store, *tables: type[Base]) -> list[int | None]:
    with store.reading() as session:
        return [session.scalar(select(func.count()).select_from(table)) for table in tables]


def test_a_form_becomes_one_response_one_comment_and_one_note(store: Store) -> None:
    with store.writing() as session:
        assert _submit(session, {"A1": ["4"], "K1": ["zalo", "loa"], "Y1": [" Tốt "]})
        session.commit()
    with store.reading() as session:
        response, comment = session.scalars(select(Response)).one(), session.scalars(select(Comment)).one()
    assert response.answers == {"A1": "4", "K1": "loa;zalo"}
    assert (response.unit_code, response.window) == ("26734", WINDOW)
    assert (response.mode, response.language) == ("phone", "vi")
    assert (comment.text, comment.question_id, comment.window) == ("Tốt", "Y1", WINDOW)
    assert _count(store, Submission) == [1]


def test_a_replay_in_any_order_is_known_and_not_stored_again(store: Store) -> None:
    with store.writing() as session:
        assert _submit(session, {"A1": ["4"], "B1": ["5"], "Y1": ["Tốt"]})
        assert not _submit(session, {"Y1": ["Tốt "], "B1": ["5"], "A1": ["4"]})
        session.commit()
    assert _count(store, Submission, Response, Comment) == [1, 1, 1]


@pytest.mark.parametrize(
    ("fields", "unit"),
    [({"A1": ["5"]}, "26734"), ({"A1": ["4"], "B1": ["4"]}, "26734"), ({"A1": ["4"]}, "26737")],
)
def test_the_same_id_with_anything_else_is_refused_and_the_first_is_kept(
    store: Store, fields: dict[str, list[str]], unit: str
) -> None:
    with store.writing() as session:
        _submit(session, {"A1": ["4"]})
        session.commit()
    with pytest.raises(FormAlreadyUsed), store.writing() as session:
        _submit(session, fields, unit=unit)
    with store.reading() as session:
        assert session.scalars(select(Response)).one().answers == {"A1": "4"}


def test_two_forms_with_the_same_answers_are_two_responses(store: Store) -> None:
    with store.writing() as session:
        for number in range(2):
            assert _submit(session, {"A1": ["4"]}, form_id=f"{number:032x}")
        session.commit()
    assert _count(store, Submission, Response) == [2, 2]


def test_only_a_comment_is_an_answer_too(store: Store) -> None:
    with store.writing() as session:
        assert _submit(session, {"Y1": ["Tốt"]})
        session.commit()
    assert _count(store, Response, Comment) == [1, 1]


def test_nothing_or_something_impossible_is_refused_before_the_database_is_asked() -> None:
    with pytest.raises(NothingAnswered):
        check(SIPAS, {"A1": [""], "Y1": ["  "]})
    with pytest.raises(AnswersRefused) as refused:
        check(SIPAS, {"A1": ["6"], "B1": ["4"], "sai": ["1"]})
    assert {problem.question_id for problem in refused.value.problems} == {"A1", "sai"}


@pytest.mark.parametrize("table", ["submission", "response", "comment"])
def test_a_fault_at_any_step_leaves_nothing_behind(store: Store, table: str) -> None:
    def fail(*arguments: object) -> None:
        if str(arguments[2]).startswith(f"INSERT INTO {table}"):
            raise store.engine.dialect.loaded_dbapi.OperationalError("disk I/O error")

    def keep() -> None:
        with store.writing() as session:
            assert _submit(session, {"A1": ["4"], "Y1": ["Tốt"]})
            session.commit()

    event.listen(store.engine, "before_cursor_execute", fail)
    with pytest.raises(StoreUnavailable):
        keep()
    event.remove(store.engine, "before_cursor_execute", fail)
    assert _count(store, Submission, Response, Comment) == [0, 0, 0]
    keep()
    assert _count(store, Submission, Response, Comment) == [1, 1, 1]


def test_without_the_one_transaction_the_same_fault_would_leave_half_a_form(tmp_path: Path) -> None:
    raw = sqlite3.connect(tmp_path / "naive.sqlite3", isolation_level=None)
    raw.execute("CREATE TABLE submission (id TEXT)")
    raw.execute("CREATE TABLE response (id TEXT)")
    raw.execute("INSERT INTO submission VALUES ('x')")
    with pytest.raises(sqlite3.OperationalError):
        raw.execute("INSERT INTO comment VALUES ('x')")
    halves = raw.execute("SELECT (SELECT count(*) FROM submission), (SELECT count(*) FROM response)").fetchone()
    raw.close()
    assert halves == (1, 0)
