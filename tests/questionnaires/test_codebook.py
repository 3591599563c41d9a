"""Does the codebook say what every stored code means, once?"""

from pathlib import Path

import pytest

from questionnaires import library
from questionnaires.codebook import CodebookRow, codebook
from tests.questionnaires.builders import sound


def test_a_choice_has_one_row_with_its_meaning_and_worth(tmp_path: Path) -> None:
    row = next(row for row in codebook(sound(tmp_path)) if (row.question_id, row.value) == ("A1", "4"))
    assert row == CodebookRow(
        question_id="A1",
        section="A",
        kind="likert",
        text_vi="Biển hiệu rõ ràng",
        text_en="Clear signs",
        value="4",
        label_vi="Hài lòng",
        label_en="Satisfied",
        score=4,
        in_index=True,
        status="test",
        bank_code="",
    )


def test_no_opinion_comes_last_and_is_worth_nothing(tmp_path: Path) -> None:
    rows = [row for row in codebook(sound(tmp_path)) if row.question_id == "A1"]
    assert [(row.value, row.score) for row in rows] == [("1", 1), ("4", 4), ("5", 5), ("99", None)]


def test_a_number_and_a_text_have_one_row_without_a_value(tmp_path: Path) -> None:
    rows = [row for row in codebook(sound(tmp_path)) if row.question_id in {"K3", "K4"}]
    assert [(row.kind, row.value, row.label_vi, row.in_index) for row in rows] == [
        ("text", "", "", False),
        ("number", "", "", False),
    ]


@pytest.mark.parametrize("name", library.known_ids())
def test_no_code_has_two_meanings(name: str) -> None:
    codes = [(row.question_id, row.value) for row in codebook(library.load(name))]
    assert len(codes) == len(set(codes))
    assert {code[0] for code in codes} == {question.id for question in library.load(name).questions()}
