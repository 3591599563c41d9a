"""Can anybody who reads the database tell when an answer came, or which comment belongs to it?"""

import sqlite3
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Table, select

from survey_app.store import Store
from survey_app.store.models import Base, Comment, Response, Submission
from tests.survey_app.building import FORM

ADDRESS = "203.0.113.77"
AGENT = "Trình-duyệt-lạ/9.9"


def _table(model: type[Base]) -> Table:
    return Base.metadata.tables[model.__tablename__]


def test_no_row_that_stands_for_a_person_has_a_column_for_time_address_or_agent() -> None:
    columns = {name: {c.name for c in _table(name).columns} for name in (Response, Comment, Submission)}
    assert columns == {
        Response: {"id", "survey_id", "unit_code", "mode", "language", "window", "answers"},
        Comment: {"id", "survey_id", "unit_code", "window", "question_id", "text"},
        Submission: {"key", "fingerprint"},
    }


def test_the_order_in_which_forms_came_is_nowhere_in_the_file(client: FlaskClient, store: Store) -> None:
    """With a row number the queue order would name every response; here it names about one by chance."""
    came = [f"Ý kiến {number}" for number in range(60)]
    for number, comment in enumerate(came):
        fields = {"A1": "4", "S1": str(number % 3), "Y1": comment, "form_id": f"{number:032x}"}
        assert client.post(FORM, data=fields).status_code == 303
    database = sqlite3.connect(str(store.engine.url.database))
    database.execute("CREATE TABLE naive (text TEXT)")
    database.executemany("INSERT INTO naive VALUES (?)", [(text,) for text in came])
    assert database.execute("SELECT rowid FROM naive").fetchone() == (1,)
    for query in ("SELECT rowid FROM response", "SELECT rowid FROM comment", "SELECT rowid FROM submission"):
        with pytest.raises(sqlite3.OperationalError, match="no such column"):
            database.execute(query)
    stored = [row[0] for row in database.execute("SELECT text FROM comment")]
    naive = [row[0] for row in database.execute("SELECT text FROM naive")]
    database.close()
    assert sum(a == b for a, b in zip(naive, came, strict=True)) == 60
    assert sum(a == b for a, b in zip(stored, came, strict=True)) <= 8


@pytest.mark.both_databases
def test_answer_comment_and_note_of_one_form_share_no_value_but_survey_unit_and_window(
    client: FlaskClient, store: Store
) -> None:
    client.post(FORM, data={"A1": "4", "Y1": "Tốt", "form_id": "f" * 32})
    with store.reading() as session:
        response, comment = session.scalars(select(Response)).one(), session.scalars(select(Comment)).one()
        note = session.scalars(select(Submission)).one()
    assert response.id != comment.id
    assert {note.key[:32], note.fingerprint[:32], "f" * 32}.isdisjoint({response.id, comment.id})
    assert "Y1" not in response.answers


def test_neither_form_id_nor_address_nor_agent_reaches_the_files(client: FlaskClient, store: Store) -> None:
    form_id = "beef" * 8
    client.post(
        FORM,
        data={"A1": "4", "Y1": "BÍ-MẬT", "form_id": form_id},
        headers={"User-Agent": AGENT, "X-Forwarded-For": ADDRESS},
        environ_base={"REMOTE_ADDR": ADDRESS},
    )
    files = Path(str(store.engine.url.database)).parent.glob("survey.sqlite3*")
    held = b"".join(path.read_bytes() for path in files)
    assert "BÍ-MẬT".encode() in held
    for kept_out in (form_id, ADDRESS, AGENT):
        assert kept_out.encode() not in held
        assert bytes.fromhex(form_id) not in held
