"""Does a survey's file hold every response once, as text, and nothing that was said in own words?"""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient

from questionnaires import library
from questionnaires.model import Kind
from survey_app.store import Store
from survey_app.store.frames import write_responses
from survey_app.store.models import Survey
from tests.survey_app.building import FORM, WINDOW

pytestmark = pytest.mark.both_databases

SIPAS = library.load("sipas-2024")


def _write(store: Store, folder: Path) -> pa.Table:
    with store.reading() as session:
        notes = {"survey": "hai-long"}
        rows = write_responses(session, "hai-long", questionnaire=SIPAS, notes=notes, path=folder / "a.parquet")
    table = pq.read_table(folder / "a.parquet")
    assert rows == table.num_rows
    return table


def test_a_response_becomes_a_row_of_codes(client: FlaskClient, store: Store, tmp_path: Path) -> None:
    client.post(f"{FORM}?lang=en", data={"A1": "5", "K1": ["zalo", "loa"], "Y1": "Tốt", "form_id": "a" * 32})
    table = _write(store, tmp_path)
    row = {name: value for name, value in table.to_pylist()[0].items() if value is not None}
    assert len(row.pop("response_id")) == 32
    assert row == {
        "survey": "hai-long",
        "unit_code": "26734",
        "unit_name": "Phường Bến Sông",
        "parent_code": "79",
        "parent_name": "Thành phố Biển Xanh",
        "mode": "phone",
        "language": "en",
        "window": WINDOW,
        "A1": "5",
        "K1": "loa;zalo",
    }


def test_the_file_has_a_text_column_for_every_question_but_those_in_own_words(
    store: Store, tmp_path: Path
) -> None:
    table = _write(store, tmp_path)
    assert table.num_rows == 0
    asked = [question.id for question in SIPAS.questions() if question.kind is not Kind.TEXT]
    assert table.column_names[10:] == asked
    assert set(table.schema.types) == {pa.string()}
    assert "Y1" not in table.column_names
    assert table.schema.metadata[b"survey"] == b"hai-long"


def test_answers_of_an_imaginary_survey_carry_the_mark_in_every_row(
    client: FlaskClient, store: Store, tmp_path: Path
) -> None:
    client.post(FORM, data={"A1": "5", "form_id": "b" * 32})
    with store.writing() as session:
        session.get_one(Survey, "hai-long").simulated = True
        session.commit()
    assert _write(store, tmp_path)["simulated"].to_pylist() == ["DỮ LIỆU MÔ PHỎNG"]


def test_many_responses_leave_in_an_order_that_is_not_theirs(
    client: FlaskClient, store: Store, tmp_path: Path
) -> None:
    for number in range(40):
        client.post(FORM, data={"S1": str(number % 3), "A1": str(number // 8 + 1), "form_id": f"{number:032x}"})
    rows = [row["A1"] for row in _write(store, tmp_path).to_pylist()]
    assert len(rows) == 40
    assert sorted(rows) != rows
    assert json.dumps(sorted(rows)) == json.dumps([str(n // 8 + 1) for n in range(40)])
