"""Claims about what an answer is worth."""

from pathlib import Path

import pytest

from analysis.responses import read_responses
from analysis.scores import measure_of, score_set
from analysis.table import Measure
from questionnaires.answers import is_valid_form
from questionnaires.library import known_ids, load
from questionnaires.model import Kind, Rule
from tests.analysis.builders import POINTS, TWO_FACTORS, questionnaire, write_csv


def test_satisfied_counts_from_four_and_no_opinion_is_outside_the_denominator(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"A1": 4, "A2": 3, "B1": 99},
        {"A1": 5, "A2": "", "B1": 1},
        {"A1": 1, "A2": "", "B1": ""},  # one of three items: not a valid form
    ]
    scores = score_set(read_responses([write_csv(tmp_path / "r.csv", rows)], TWO_FACTORS), TWO_FACTORS)
    assert [score.id for score in scores.scores] == ["A1", "A2", "B1", "A", "B", "overall"]
    assert scores.values.tolist() == [[1, 0, 0, 1, 0, 1], [1, 0, 0, 1, 0, 1], [0] * 6]
    assert scores.answered.tolist() == [[1, 1, 0, 2, 0, 2], [1, 0, 1, 1, 1, 2], [0] * 6]
    assert scores.valid.tolist() == [True, True, False]
    assert scores.single_item.tolist() == [True, True, True, False, True, False]


def test_valid_forms_are_those_of_the_one_answer_checker(tmp_path: Path) -> None:
    asked = load("sipas-2024")
    items = list(asked.index.items)
    rows = [{i: ("4" if k < answered else "") for k, i in enumerate(items)} for answered in range(1, 17)]
    scores = score_set(read_responses([write_csv(tmp_path / "r.csv", rows)], asked), asked)
    checked = [is_valid_form(asked, {i: v for i, v in row.items() if v}) for row in rows]
    assert scores.valid.tolist() == checked
    assert checked.count(True) == 9


def test_each_rule_has_its_measure() -> None:
    factors = {"A": ["A1", "A2"], "B": ["B1"]}
    assert measure_of(questionnaire(factors)) == Measure("percent", 0, 100)
    assert measure_of(questionnaire(factors, rule=Rule.POINTS, choices=POINTS)) == Measure("points", 0, 6)
    assert measure_of(questionnaire(factors, rule=Rule.MEAN, choices=POINTS)) == Measure("score", 0, 2)


@pytest.mark.parametrize("questionnaire_id", known_ids())
def test_every_built_in_questionnaire_can_be_scored(tmp_path: Path, questionnaire_id: str) -> None:
    asked = load(questionnaire_id)
    best = {
        q.id: q.choices[-1].value for q in asked.questions() if q.kind is Kind.LIKERT or q.id in asked.index.items
    }
    worst = {q.id: q.choices[0].value for q in asked.questions() if q.id in best}
    scores = score_set(read_responses([write_csv(tmp_path / "r.csv", [best, worst])], asked), asked)
    spread = scores.values.max(axis=0) / scores.answered.max(axis=0)
    assert (spread == 1).all()
    assert ((scores.values[0] == 0) | (scores.values[1] == 0)).all()
