"""Claims about the index table: the default interval is the documented one, case by case."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from analysis.design import DesignColumns, DesignError
from analysis.index import IndexRequest, NoResponses, index_table
from analysis.responses import read_responses
from analysis.table import IndexRow, IndexTable
from questionnaires.model import Questionnaire, Rule
from tests.analysis.builders import ONE_ITEM, POINTS, TWO_FACTORS, questionnaire, write_csv
from tests.analysis.index.by_hand import interval_by_hand

Rows = Sequence[Mapping[str, object]]


def compute(folder: Path, rows: Rows, asked: Questionnaire, request: IndexRequest | None = None) -> IndexTable:
    request = request or IndexRequest()
    path = write_csv(folder / "responses.csv", rows)
    return index_table(read_responses([path], asked, named_columns=request.named_columns()), asked, request)


def row_of(table: IndexTable, unit: str, score: str) -> IndexRow:
    row = table.find(unit, score)
    assert row is not None
    return row


def clustered_rows(seed: int = 7, *, strata: bool = True) -> list[dict[str, object]]:
    """Five units of two parents, villages of unequal size, unequal weights, missing answers."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, object]] = []
    for unit, villages in enumerate((6, 5, 8, 1, 4)):
        for village in range(villages):
            effect = rng.normal(0, 0.8)
            for _ in range(int(rng.integers(3, 9))):
                answers = {
                    i: "" if rng.random() < 0.1 else int(np.clip(round(4 + effect + rng.normal(0, 1)), 1, 5))
                    for i in ("A1", "A2", "B1")
                }
                place = {"unit_code": f"u{unit}", "parent_code": f"p{unit // 3}", "village": f"u{unit}v{village}"}
                stratum = {"stratum": village % 2 * (villages > 1)} if strata else {}
                rows.append({**place, **stratum, "w": rng.uniform(1, 4), **answers})
    return rows


@pytest.mark.parametrize("strata", [2, 1])
@pytest.mark.parametrize("unit", ["u0", "u1", "u2", "u3", "u4"])
@pytest.mark.parametrize(
    ("score", "items"), [("A1", ["A1"]), ("A", ["A1", "A2"]), ("overall", ["A1", "A2", "B1"])]
)
def test_the_default_interval_equals_the_documented_steps_done_by_hand(
    tmp_path: Path, unit: str, score: str, items: list[str], *, strata: int
) -> None:
    rows: Rows = [{**row, "stratum": row["stratum"] if strata == 2 else 0} for row in clustered_rows()]
    request = IndexRequest(
        parent="parent_code",
        design=DesignColumns(strata="stratum", psu="village", weights="w"),
        basis="probability",
    )
    table = compute(tmp_path, rows, TWO_FACTORS, request)
    row = row_of(table, unit, score)
    estimate, se, low, high = interval_by_hand(rows, items, [["u0", "u1", "u2"], ["u3", "u4"]], unit)
    assert row.estimate == pytest.approx(estimate, rel=1e-12)
    assert (row.ci_low, row.ci_high) == pytest.approx((low, high), rel=1e-9)
    if unit == "u3":
        assert row.se is None
        assert "se_undefined_one_psu" in row.reason
    else:
        assert row.se == pytest.approx(se, rel=1e-9)


VILLAGES = DesignColumns(psu="village", weights="w")


def test_a_unit_alone_in_its_file_is_not_taken_at_its_word(tmp_path: Path) -> None:
    rows = clustered_rows(strata=False)
    alone = [{**row, "unit_code": "u2", "village": f"{row['unit_code']}{row['village']}"} for row in rows]
    twin = [{**row, "unit_code": "twin", "village": f"twin {row['village']}"} for row in alone]
    request = IndexRequest(design=VILLAGES, basis="probability")
    found = [row_of(compute(tmp_path, r, TWO_FACTORS, request), "u2", "A1") for r in (alone, [*alone, *twin])]
    widths = [(row.ci_high or 0) - (row.ci_low or 0) for row in found]
    assert [row.status for row in found] == ["ok", "ok"]
    assert widths[0] > 1.01 * widths[1]


def test_a_parent_with_one_unit_learns_the_correlation_from_the_whole(tmp_path: Path) -> None:
    rows = [
        {**row, "parent_code": "own" if row["unit_code"] == "u2" else "p"} for row in clustered_rows(strata=False)
    ]
    rows += [{**row, "village": f"2 {row['village']}"} for row in rows]
    below, flat = (
        IndexRequest(parent=parent, design=VILLAGES, basis="probability") for parent in ("parent_code", None)
    )
    found, expected = (row_of(compute(tmp_path, rows, TWO_FACTORS, r), "u2", "overall") for r in (below, flat))
    assert (found.df or 0) > 8
    assert (found.ci_low, found.ci_high) == (expected.ci_low, expected.ci_high)


def test_one_unweighted_item_without_clusters_gets_the_classical_wilson_interval(tmp_path: Path) -> None:
    rows = [{"unit_code": "u", "A1": 5 if k < 26 else 3} for k in range(31)]
    row = row_of(compute(tmp_path, rows, ONE_ITEM), "u", "A1")
    assert (round(row.estimate or 0, 2), round(row.ci_low or 0, 2), round(row.ci_high or 0, 2)) == (
        83.87,
        67.37,
        92.91,
    )
    assert (row.n_responses, row.n_answers, row.status) == (31, 31, "ok")


def test_a_pooled_index_is_wider_than_if_every_answer_were_another_person(tmp_path: Path) -> None:
    rows = [{"unit_code": "u", "A1": v, "A2": v, "B1": v} for v in [5] * 40 + [2] * 20]
    table = compute(tmp_path, rows, TWO_FACTORS)
    index, item = row_of(table, "u", "overall"), row_of(table, "u", "A1")
    assert index.estimate == pytest.approx(item.estimate)
    assert index.n_answers == 180
    assert index.ci_high is not None
    assert index.ci_low is not None
    width = index.ci_high - index.ci_low
    # Three equal answers of a person carry no more than one: the width is that of 60 persons, not of 180 answers.
    assert width == pytest.approx((item.ci_high or 0) - (item.ci_low or 0), rel=0.05)


def test_a_unit_where_everybody_is_satisfied_has_a_finite_interval_and_no_standard_error(tmp_path: Path) -> None:
    rows = [{"unit_code": "full", "A1": 5, "A2": 4, "B1": 5} for _ in range(40)]
    rows += [{"unit_code": "other", "A1": 5, "A2": 2 + k % 4, "B1": 1 + k % 5} for k in range(40)]
    row = row_of(compute(tmp_path, rows, TWO_FACTORS), "full", "overall")
    assert (row.estimate, row.ci_high, row.se, row.deff) == (100.0, 100.0, None, None)
    assert row.ci_low is not None
    assert 88 < row.ci_low < 98
    assert row.reason == "se_undefined_at_bound"


def test_a_unit_where_nobody_is_satisfied_keeps_its_row(tmp_path: Path) -> None:
    rows = [{"unit_code": "none", "A1": 1} for _ in range(40)] + [{"unit_code": "b", "A1": 5} for _ in range(40)]
    row = row_of(compute(tmp_path, rows, ONE_ITEM), "none", "A1")
    assert (row.estimate, row.ci_low, row.n_answers) == (0.0, 0.0, 40)
    assert row.ci_high is not None
    assert 0 < row.ci_high < 10


def test_an_item_nobody_answered_is_missing_with_its_reason_and_not_zero(tmp_path: Path) -> None:
    rows = [{"unit_code": "u", "A1": 5, "A2": 4, "B1": 99} for _ in range(35)]
    row = row_of(compute(tmp_path, rows, TWO_FACTORS), "u", "B1")
    assert (row.estimate, row.se, row.ci_low, row.status, row.reason) == (
        None,
        None,
        None,
        "missing",
        "no_answers",
    )
    assert (row.n_responses, row.n_answers) == (0, 0)


def test_a_form_with_fewer_than_half_of_the_items_is_received_but_not_valid(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"unit_code": "u", "A1": 5, "A2": 4, "B1": 4} for _ in range(30)]
    rows.append({"unit_code": "u", "A1": 1, "A2": "", "B1": ""})
    table = compute(tmp_path, rows, TWO_FACTORS)
    assert [(unit.received, unit.valid) for unit in table.units] == [(31, 30), (31, 30)]
    assert row_of(table, "u", "A1").estimate == 100.0


def test_one_respondent_is_withheld_and_a_small_sample_is_only_for_orientation(tmp_path: Path) -> None:
    rows = [{"unit_code": "one", "A1": 5}, *({"unit_code": "few", "A1": 3 + k % 3} for k in range(12))]
    table = compute(tmp_path, rows, ONE_ITEM)
    one, few = row_of(table, "one", "A1"), row_of(table, "few", "A1")
    assert (one.status, one.estimate, one.ci_low, one.n_answers) == ("suppressed", None, None, 0)
    assert (few.status, few.reason) == ("flagged", "small_sample")
    assert few.estimate is not None


def test_with_too_few_degrees_of_freedom_the_correlation_is_assumed_and_said_so(tmp_path: Path) -> None:
    rows = [{"unit_code": f"u{k % 2}", "village": f"v{k % 4}", "A1": 2 + k % 4} for k in range(80)]
    request = IndexRequest(design=DesignColumns(psu="village"))
    row = row_of(compute(tmp_path, rows, ONE_ITEM, request), "u0", "A1")
    assert row.status == "flagged"
    assert "assumed" in row.reason.split(";")


def test_a_census_has_an_interval_of_no_width_and_half_a_census_a_narrower_one(tmp_path: Path) -> None:
    rows = [{"unit_code": "u", "A1": 2 + k % 4, "N": 60, "half": 0.5} for k in range(60)]
    census = IndexRequest(basis="invited", design=DesignColumns(fpc="N"))
    half = IndexRequest(basis="invited", design=DesignColumns(fpc="half"))
    path = write_csv(tmp_path / "r.csv", rows)
    responses = read_responses([path], ONE_ITEM, named_columns=["N", "half"])
    rows_of = [row_of(index_table(responses, ONE_ITEM, r), "u", "A1") for r in (census, half, IndexRequest())]
    widths = [(row.ci_high or 0) - (row.ci_low or 0) for row in rows_of]
    assert widths[0] == 0
    assert 0 < widths[1] < widths[2]
    assert rows_of[0].se == 0


def test_taking_every_village_but_not_every_household_is_no_census(tmp_path: Path) -> None:
    rows = [{"unit_code": "u", "A1": 2 + k % 4, "v": f"v{k % 6}", "N": 6, "w": 3.0} for k in range(60)]
    design = DesignColumns(psu="v", weights="w", fpc="N")
    with pytest.raises(DesignError, match="fpc2"):
        compute(tmp_path, rows, ONE_ITEM, IndexRequest(basis="probability", design=design))
    more = [{**row, "N": 12} for row in rows]
    compute(tmp_path, more, ONE_ITEM, IndexRequest(basis="probability", design=design))


def test_in_a_small_population_the_limits_are_numbers_of_its_members(tmp_path: Path) -> None:
    rows = [{"unit_code": "u", "A1": 5 if k < 28 else 2, "N": 40} for k in range(35)]
    path = write_csv(tmp_path / "r.csv", rows)
    responses = read_responses([path], ONE_ITEM, named_columns=["N"])
    request = IndexRequest(basis="invited", design=DesignColumns(fpc="N"))
    row = row_of(index_table(responses, ONE_ITEM, request), "u", "A1")
    assert row.ci_low is not None
    assert row.ci_high is not None
    low, high = row.ci_low * 40 / 100, row.ci_high * 40 / 100
    assert low == pytest.approx(round(low))
    assert high == pytest.approx(round(high))
    # 28 of the 40 are satisfied for certain, and at most 5 more could be.
    assert 28 <= round(low) < 32 < round(high) <= 33


def test_a_finite_population_correction_of_a_voluntary_sample_is_refused(tmp_path: Path) -> None:
    rows = [{"unit_code": "u", "A1": 4, "N": 60} for _ in range(6)]
    with pytest.raises(DesignError, match="tự nguyện"):
        compute(tmp_path, rows, ONE_ITEM, IndexRequest(design=DesignColumns(fpc="N")))


def test_points_are_added_over_the_items_and_means_stay_on_their_scale(tmp_path: Path) -> None:
    rows = [{"unit_code": "u", "A1": 2, "A2": k % 3, "B1": 1} for k in range(60)]
    points = compute(
        tmp_path, rows, questionnaire({"A": ["A1", "A2"], "B": ["B1"]}, rule=Rule.POINTS, choices=POINTS)
    )
    mean = compute(tmp_path, rows, questionnaire({"A": ["A1", "A2"], "B": ["B1"]}, rule=Rule.MEAN, choices=POINTS))
    assert row_of(points, "u", "overall").estimate == pytest.approx(4.0)
    assert row_of(points, "u", "A").estimate == pytest.approx(3.0)
    assert row_of(mean, "u", "overall").estimate == pytest.approx(4 / 3)
    for table in (points, mean):
        row = row_of(table, "u", "overall")
        assert row.ci_low is not None
        assert row.ci_high is not None
        assert row.estimate is not None
        assert table.measure.low < row.ci_low < row.estimate < row.ci_high < table.measure.high


def test_communes_are_rolled_up_to_their_parents_and_the_whole(tmp_path: Path) -> None:
    design = DesignColumns(strata="stratum", psu="village", weights="w")
    table = compute(tmp_path, clustered_rows(), TWO_FACTORS, IndexRequest(parent="parent_code", design=design))
    codes = list(dict.fromkeys(row.unit_code for row in table.rows))
    assert codes == ["u0", "u1", "u2", "u3", "u4", "p0", "p1", "ALL"]
    assert row_of(table, "u4", "A").parent_code == "p1"
    total = sum(row_of(table, unit, "A1").n_answers for unit in ("u0", "u1", "u2"))
    assert row_of(table, "p0", "A1").n_answers == total


def test_a_period_keeps_its_windows_and_an_empty_one_is_refused(tmp_path: Path) -> None:
    rows = [{"unit_code": "u", "A1": 5, "window": "2026-08-1"} for _ in range(30)]
    rows += [{"unit_code": "u", "A1": 1, "window": "2026-10-1"} for _ in range(30)]
    table = compute(tmp_path, rows, ONE_ITEM, IndexRequest(period="2026-Q3"))
    row = row_of(table, "u", "A1")
    assert (row.n_responses, row.estimate, row.period) == (30, 100.0, "2026-Q3")
    with pytest.raises(NoResponses, match="2026-08-1"):
        compute(tmp_path, rows, ONE_ITEM, IndexRequest(period="2025"))


def test_a_period_without_windows_in_the_file_is_only_a_label_and_said_so(tmp_path: Path) -> None:
    table = compute(tmp_path, [{"unit_code": "u", "A1": 5}] * 30, ONE_ITEM, IndexRequest(period="2026-Q3"))
    assert [finding.code for finding in table.findings] == ["period_not_filtered"]


def test_other_columns_split_every_level(tmp_path: Path) -> None:
    rows = [{"unit_code": f"u{k % 2}", "mode": "kiosk" if k % 3 else "phone", "A1": 2 + k % 4} for k in range(120)]
    table = compute(tmp_path, rows, ONE_ITEM, IndexRequest(by=("unit_code", "mode")))
    pairs = {(row.unit_code, row.by) for row in table.rows}
    assert (("ALL", (("mode", "kiosk"),))) in pairs
    assert (("ALL", (("mode", "ALL"),))) in pairs
    assert len(pairs) == 2 * 2 + 2 + 1


def test_modes_are_counted_and_simulated_data_are_marked(tmp_path: Path) -> None:
    rows = [
        {"unit_code": "u", "A1": 4, "mode": "kiosk" if k < 10 else "phone", "simulated": "1"} for k in range(40)
    ]
    table = compute(tmp_path, rows, ONE_ITEM)
    assert table.modes == (("kiosk", 10), ("phone", 30))
    assert table.simulated
    assert not compute(tmp_path, [{"unit_code": "u", "A1": 4}], ONE_ITEM).simulated
