"""Claims about the index table of counts: one row a unit, period and item, with the classical Wilson interval."""

from math import sqrt
from pathlib import Path

import pytest

from analysis.counts import counts_table
from analysis.table import IndexTable
from tests.analysis.counts.sheets import levels, sheet

Row = dict[str, object]


def table(folder: Path, rows: list[Row], *, level: float = 0.95) -> IndexTable:
    return counts_table(sheet(folder, rows), level=level)


def wilson_by_hand(satisfied: int, n: int, z: float) -> tuple[float, float]:
    p = satisfied / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return 100 * (middle - half), 100 * (middle + half)


@pytest.mark.parametrize(("level", "z"), [(0.95, 1.959963984540054), (0.90, 1.6448536269514722)])
def test_the_interval_is_wilsons_at_the_level_asked_for(tmp_path: Path, level: float, z: float) -> None:
    row = table(tmp_path, levels(180, 15, 5, returned=200), level=level).rows[0]
    assert (row.ci_low, row.ci_high) == pytest.approx(wilson_by_hand(180, 200, z), abs=1e-12)
    assert (row.level, row.estimate) == (level, 90)
    assert row.se == pytest.approx(100 * sqrt(0.9 * 0.1 / 200))


@pytest.mark.parametrize(("counts", "estimate"), [((40, 0, 0), 100), ((0, 30, 10), 0)])
def test_at_0_and_100_percent_there_is_an_interval_but_no_standard_error(
    tmp_path: Path, counts: tuple[int, ...], estimate: float
) -> None:
    row = table(tmp_path, levels(*counts, returned=40)).rows[0]
    assert (row.estimate, row.se, row.status, row.reason) == (estimate, None, "ok", "se_undefined_at_bound")
    width = (row.ci_high or 0) - (row.ci_low or 0)
    assert width == pytest.approx(100 * 1.96**2 / (40 + 1.96**2), abs=0.01)


def test_an_item_that_nobody_answered_is_missing(tmp_path: Path) -> None:
    row = table(tmp_path, levels(0, 0, returned=0)).rows[0]
    assert (row.status, row.reason, row.n_answers) == ("missing", "no_answers", 0)
    assert (row.estimate, row.se, row.ci_low, row.ci_high) == (None, None, None, None)


def test_thin_units_are_withheld_or_shown_for_reference_only(tmp_path: Path) -> None:
    rows = (
        levels(2, 2, returned=4)
        + levels(15, 5, unit="Xã B", returned=20)
        + levels(15, 5, unit="Xã C", returned=21)
    )
    thin, small, short = table(tmp_path, rows).rows
    assert (thin.status, thin.estimate, thin.reason) == ("suppressed", None, "fewer_than_5")
    assert (small.status, small.estimate, small.reason) == ("flagged", 75, "small_sample")
    assert short.reason == "small_sample;counts_do_not_add_up"


def test_periods_of_a_unit_are_rows_of_their_own_and_its_forms_are_added_up(tmp_path: Path) -> None:
    rows = levels(90, 10, issued=120, returned=100) + levels(50, 10, period="2026-Q2", issued=80, returned=70)
    made = table(tmp_path, rows)
    assert [(row.period, row.estimate) for row in made.rows] == [
        ("2026-Q1", 90),
        ("2026-Q2", pytest.approx(100 * 50 / 60)),
    ]
    assert [(unit.issued, unit.received, unit.valid) for unit in made.units] == [(200, 170, 160)]
    rows[0]["issued"] = rows[1]["issued"] = ""
    assert table(tmp_path, rows).units[0].issued is None


def test_codes_of_units_and_the_survey_come_from_the_file(tmp_path: Path) -> None:
    row = table(tmp_path, levels(90, 10, unit_code="00123")).rows[0]
    assert (row.unit_code, row.unit_name, row.survey, row.parent_code) == ("00123", "Xã A", "Khảo sát", None)


def test_no_index_is_pooled_over_items_and_the_note_says_why(tmp_path: Path) -> None:
    two = table(tmp_path, levels(90, 10, returned=100) + levels(80, 20, item="Thời gian", returned=100))
    assert {score.kind for score in two.scores} == {"item"}
    assert len(two.rows) == 2
    assert two.note is not None
    assert "không tính chỉ số chung" in two.note.vi
    assert table(tmp_path, levels(90, 10, returned=100)).note is None


def test_without_scores_the_table_is_reconciled_only_and_says_so(tmp_path: Path) -> None:
    made = table(tmp_path, levels(90, 9, score="", returned=100))
    assert made.rows == ()
    assert [finding.code for finding in made.findings] == ["sum_mismatch", "nothing_scored"]


def test_the_table_survives_json_and_names_its_file(tmp_path: Path) -> None:
    made = table(tmp_path, levels(90, 10, returned=100))
    assert IndexTable.from_json(made.to_json()) == made
    name, digest = made.provenance.inputs[0]
    assert name == "bang.csv"
    assert len(digest) == 64
    assert made.provenance.interval == "wilson"


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_outside_0_to_1_is_refused(tmp_path: Path, level: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        table(tmp_path, levels(90, 10, returned=100), level=level)
