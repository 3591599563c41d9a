"""Claims about what an answer is worth."""

from pathlib import Path

import pytest

from analysis.index import IndexRequest, index_table
from analysis.index.scores import measure_of, score_plan
from analysis.responses import read_responses
from analysis.table import WHOLE, IndexTable, Measure
from questionnaires.answers import is_valid_form
from questionnaires.library import known_ids, load
from questionnaires.model import Kind, Questionnaire, Rule
from tests.analysis.builders import POINTS, TWO_FACTORS, questionnaire, write_csv


def table_of(folder: Path, rows: list[dict[str, object]], asked: Questionnaire) -> IndexTable:
    responses = read_responses([write_csv(folder / "r.csv", rows)], asked)
    return index_table(responses, asked, IndexRequest())


def test_satisfied_counts_from_four_and_no_opinion_is_outside_the_denominator(tmp_path: Path) -> None:
    kinds: list[dict[str, object]] = [
        {"unit_code": "u", "A1": 4, "A2": 3, "B1": 99},
        {"unit_code": "u", "A1": 5, "A2": "", "B1": 1},
        {"unit_code": "u", "A1": 1, "A2": "", "B1": ""},  # one of three items: not a valid form
    ]
    table = table_of(tmp_path, kinds * 30, TWO_FACTORS)
    found = {row.score: (row.estimate, row.n_answers) for row in table.rows if row.unit_code == "u"}
    assert found["A1"] == (100.0, 60)
    assert found["A2"] == (0.0, 30)
    assert found["B1"] == (0.0, 30)
    assert found["A"][0] == pytest.approx(200 / 3)
    assert found["A"][1] == 90
    assert found["overall"] == (50.0, 120)
    assert [(unit.received, unit.valid) for unit in table.units] == [(90, 60), (90, 60)]
    assert score_plan(TWO_FACTORS).single_item.tolist() == [True, True, True, False, True, False]


def test_valid_forms_are_those_of_the_one_answer_checker(tmp_path: Path) -> None:
    asked = load("sipas-2024")
    items = list(asked.index.items)
    rows = [{i: ("4" if k < answered else "") for k, i in enumerate(items)} for answered in range(1, 17)]
    table = table_of(tmp_path, [{"unit_code": f"{n:02}", **row} for n, row in enumerate(rows)], asked)
    checked = [is_valid_form(asked, {i: v for i, v in row.items() if v}) for row in rows]
    assert [bool(unit.valid) for unit in table.units if unit.unit_code != WHOLE] == checked
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
    rows: list[dict[str, object]] = [{"unit_code": "best", **best}, {"unit_code": "worst", **worst}] * 30
    table = table_of(tmp_path, rows, asked)
    found = {row.estimate for row in table.rows if row.score == "overall" and row.unit_code != WHOLE}
    assert found == {table.measure.low, table.measure.high}
