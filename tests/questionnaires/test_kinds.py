"""Does every kind of question have its three places: reader and checker, page fragment, example?"""

from pathlib import Path

import pytest

from questionnaires.answers import check_answers
from questionnaires.kinds import HANDLERS
from questionnaires.loader import inspect_file
from questionnaires.model import Kind
from tests.questionnaires.builders import KINDS, example

FRAGMENTS = Path(__file__).parents[2] / "survey_app" / "templates" / "public" / "kinds"

# kind → an answer that its example takes, and one that it does not
ANSWERS = {
    Kind.LIKERT: ("A2", ["99"], ["6"]),
    Kind.SINGLE: ("P1", ["tren-60"], ["tren-60", "duoi-35"]),
    Kind.MULTIPLE: ("P1", ["loa", "zalo"], ["loa", "99"]),
    Kind.NUMBER: ("P1", ["12,5"], ["13"]),
    Kind.TEXT: ("P1", ["Cảm ơn"], ["a" * 201]),
}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_reader_and_a_checker(kind: Kind) -> None:
    assert kind in HANDLERS


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_page_fragment(kind: Kind) -> None:
    assert (FRAGMENTS / f"{kind}.html").is_file()


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_an_example_that_loads_without_a_word(kind: Kind) -> None:
    inspection = inspect_file(KINDS / f"{kind}.toml")
    assert (inspection.errors, inspection.warnings) == ((), ())
    assert kind in {question.kind for question in example(kind).questions()}


@pytest.mark.parametrize("kind", Kind)
def test_the_example_of_every_kind_takes_good_answers_and_refuses_bad_ones(kind: Kind) -> None:
    question_id, good, bad = ANSWERS[kind]
    assert example(kind).question(question_id).kind is kind
    taken = check_answers(example(kind), {question_id: good})
    assert question_id in taken.answers | taken.texts
    assert [problem.question_id for problem in check_answers(example(kind), {question_id: bad}).problems] == [
        question_id
    ]


def test_there_is_no_example_of_a_kind_that_does_not_exist() -> None:
    assert {path.stem for path in KINDS.glob("*.toml")} == set(Kind)
