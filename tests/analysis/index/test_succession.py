"""Claims about answers of old units: they count for the present ones as if by hand, and every such row says so."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import survey_design
from analysis.design import DesignColumns
from analysis.index import IndexRequest, index_table
from analysis.refusal import Refusal
from analysis.responses import read_responses
from analysis.table import IndexTable
from analysis.unit_map import Succession, UnitMap
from tests.analysis.builders import TWO_FACTORS, write_csv

DAY = date(2025, 7, 1)
ITEMS = ("A1", "A2", "B1")
PARENTS = {"o1": "q1", "o2": "q1", "n1": "p1", "n2": "p1", "x": "p2"}
DESIGN = DesignColumns(strata="stratum", psu="village", weights="w")


def people(sizes: dict[str, int], window: str = "2025-08-1", seed: int = 3) -> list[dict[str, object]]:
    """Return people of units in villages of unequal weight, one answer in ten missing."""
    rng = np.random.default_rng(seed)
    return [
        {
            "unit_code": unit,
            "parent_code": PARENTS[unit],
            "window": window,
            "village": f"{unit}v{k % 5}",
            "stratum": unit,
            "w": 1 + k % 5 / 2,
            **{item: "" if rng.random() < 0.1 else int(rng.integers(1, 6)) for item in ITEMS},
        }
        for unit, size in sizes.items()
        for k in range(size)
    ]


def went(old: str, new: str, share: float = 1.0, **more: str) -> Succession:
    known = {"new_parent_code": "p1", "new_name": f"tên {new}", **more}
    return Succession(old_code=old, new_code=new, share=share, effective_on=DAY, **known)


def compute(folder: Path, rows: Sequence[dict[str, object]], request: IndexRequest) -> IndexTable:
    named = request.named_columns() | {"village", "stratum", "w"}
    responses = read_responses([write_csv(folder / "responses.csv", rows)], TWO_FACTORS, named_columns=named)
    return index_table(responses, TWO_FACTORS, request)


def numbers(table: IndexTable) -> dict[tuple[str, str], tuple[object, ...]]:
    return {
        (row.unit_code, row.score): (row.n_responses, row.n_answers, row.estimate, row.se, row.ci_low, row.ci_high)
        for row in table.rows
    }


MERGED = UnitMap((went("o1", "n1"), went("o2", "n1")))
SPLIT = UnitMap((went("o1", "n1", 0.6), went("o1", "n2", 0.4)))
SIZES = {"o1": 60, "o2": 35, "n1": 50, "n2": 45, "x": 70}


@pytest.mark.parametrize("design", [DesignColumns(), DESIGN, DesignColumns(weights="w")])
def test_answers_of_merged_units_count_as_if_they_had_carried_the_new_code(
    tmp_path: Path, design: DesignColumns
) -> None:
    rows = people(SIZES)
    recoded = [
        {**row, "unit_code": "n1", "parent_code": "p1"} if row["unit_code"] in {"o1", "o2"} else row
        for row in rows
    ]
    request = IndexRequest(parent="parent_code", design=design, basis="probability")
    mapped = compute(tmp_path, rows, replace(request, unit_map=MERGED))
    assert numbers(mapped) == numbers(compute(tmp_path, recoded, request))
    assert [unit.received for unit in mapped.units if unit.unit_code == "n1"] == [145]
    assert numbers(mapped) != numbers(compute(tmp_path, rows, request))


def by_hand(
    rows: list[dict[str, object]], unit: str, shares: dict[str, float], design: DesignColumns
) -> pd.Series:
    """Return the pooled index of a unit in percent, its old units' answers weighted by their shares."""
    frame = pd.DataFrame(rows)
    answers = frame[list(ITEMS)].apply(pd.to_numeric)
    valid = answers.notna().sum(axis=1) >= 2
    frame["x"] = (answers >= 4).sum(axis=1).where(valid)
    frame["m"] = answers.notna().sum(axis=1).where(valid)
    frame["inside"] = frame["unit_code"].isin([unit, *shares]).astype(int)
    base = frame["w"] if design.weights else 1.0
    frame["w"] = base * frame["unit_code"].map(shares).fillna(1.0)
    sample = survey_design(frame, strata=design.strata, psu=design.psu, weights="w")
    table = sample.ratio("x", "m", by="inside")
    return table[table["inside"].astype(str) == "1"].iloc[0]


@pytest.mark.parametrize("design", [DesignColumns(), DESIGN, DesignColumns(weights="w")])
@pytest.mark.parametrize(("unit", "share"), [("n1", 0.6), ("n2", 0.4)])
def test_a_split_unit_counts_in_each_part_with_its_share_and_the_standard_error_is_that_by_hand(
    tmp_path: Path, design: DesignColumns, unit: str, share: float
) -> None:
    rows = people(SIZES)
    request = IndexRequest(parent="parent_code", design=design, basis="probability", unit_map=SPLIT)
    row = compute(tmp_path, rows, request).find(unit, "overall")
    hand = by_hand(rows, unit, {"o1": share}, design)
    assert row is not None
    assert row.estimate == pytest.approx(100 * hand["estimate"], rel=1e-12)
    assert row.se == pytest.approx(100 * hand["se"], rel=1e-10)
    wrong = by_hand(rows, unit, {"o1": 1.0}, design)
    assert row.se != pytest.approx(100 * wrong["se"], rel=1e-4)


def test_people_are_counted_whole_in_each_part_and_once_above(tmp_path: Path) -> None:
    rows = [{**row, **dict.fromkeys(ITEMS, 4 if k % 3 else 2)} for k, row in enumerate(people(SIZES))]
    plain = compute(tmp_path, rows, IndexRequest(parent="parent_code"))
    table = compute(tmp_path, rows, IndexRequest(parent="parent_code", unit_map=SPLIT))
    counted = {unit.unit_code: (unit.received, unit.valid) for unit in table.units}
    assert counted == {"n1": (110, 110), "n2": (105, 105), "o2": (35, 35), "x": (70, 70), "p1": (155, 155),
                       "p2": (70, 70), "q1": (35, 35), "ALL": (260, 260)}  # fmt: skip
    n = {row.unit_code: row.n_responses for row in table.rows if row.score == "overall"}
    assert n == {code: valid for code, (_, valid) in counted.items()}
    whole = {key: value for key, value in numbers(table).items() if key[0] == "ALL"}
    assert {key: value[:4] for key, value in whole.items()} == {
        key: value[:4] for key, value in numbers(plain).items() if key[0] == "ALL"
    }


def test_every_row_that_rests_on_old_units_is_flagged_with_the_day_and_no_other(tmp_path: Path) -> None:
    lines = (*SPLIT.lines, went("o2", "n1"))
    request = IndexRequest(parent="parent_code", unit_map=UnitMap(lines))
    table = compute(tmp_path, people(SIZES), request)
    reasons = {row.unit_code: (row.status, row.reason) for row in table.rows if row.score == "overall"}
    assert reasons == {
        "n1": ("flagged", "split@2025-07-01;successor@2025-07-01"),
        "n2": ("flagged", "split@2025-07-01"),
        "x": ("ok", ""),
        "p1": ("flagged", "successor@2025-07-01"),
        "p2": ("ok", ""),
        "ALL": ("flagged", "successor@2025-07-01"),
    }


def test_a_thin_part_stays_withheld_and_a_small_one_keeps_its_caution(tmp_path: Path) -> None:
    table = compute(tmp_path, people({"o1": 4, "o2": 20, "x": 40}), IndexRequest(unit_map=UnitMap(
        (went("o1", "n1"), went("o2", "n2")))))  # fmt: skip
    rows = {row.unit_code: row for row in table.rows if row.score == "overall"}
    assert (rows["n1"].status, rows["n1"].reason, rows["n1"].estimate) == ("suppressed", "fewer_than_5", None)
    assert (rows["n2"].status, rows["n2"].reason) == ("flagged", "small_sample;successor@2025-07-01")


def test_a_code_that_was_taken_over_means_the_old_unit_before_the_day_and_the_new_one_after(
    tmp_path: Path,
) -> None:
    before, after = people({"n1": 40, "x": 30}, "2025-06-2"), people({"n1": 30, "n2": 30}, "2025-07-1", seed=5)
    unit_map = UnitMap((went("n1", "n1", 0.5), went("n1", "n2", 0.5)))
    table = compute(tmp_path, [*before, *after], IndexRequest(parent="parent_code", unit_map=unit_map))
    assert {unit.unit_code: unit.received for unit in table.units} == {
        "n1": 70, "n2": 70, "x": 30, "p1": 100, "p2": 30, "ALL": 130,
    }  # fmt: skip
    late = compute(tmp_path, [*before, *after], IndexRequest(period="2025-07-1", unit_map=unit_map))
    assert {unit.unit_code: unit.received for unit in late.units} == {"n1": 30, "n2": 30, "ALL": 60}
    assert not any("split" in row.reason for row in late.rows)


def test_without_the_time_a_code_of_two_units_is_refused(tmp_path: Path) -> None:
    timeless = [{k: v for k, v in row.items() if k != "window"} for row in people({"n1": 10})]
    with pytest.raises(Refusal, match="không có đợt ghi nhận"):
        compute(tmp_path, timeless, IndexRequest(unit_map=UnitMap((went("n1", "n1"),))))


def test_a_map_where_nothing_is_computed_by_unit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="--by unit_code"):
        compute(tmp_path, people({"x": 10}), IndexRequest(by=("window",), unit_map=MERGED))


def test_units_are_named_by_the_map_or_by_their_own_rows(tmp_path: Path) -> None:
    named = [{**row, "unit_name": f"riêng {row['unit_code']}"} for row in people({"o1": 9, "o2": 9, "n2": 9})]
    nameless = Succession(old_code="o2", new_code="n2", share=1.0, effective_on=DAY)
    table = compute(tmp_path, named, IndexRequest(unit_map=UnitMap((went("o1", "n1"), nameless))))
    assert {unit.unit_code: unit.unit_name for unit in table.units} == {
        "n1": "tên n1", "n2": "riêng n2", "ALL": "Toàn bộ",
    }  # fmt: skip


def test_other_columns_still_split_every_unit(tmp_path: Path) -> None:
    rows = [*people({"o1": 30, "n1": 20}, "2025-06-2"), *people({"n1": 25}, "2025-07-1", seed=9)]
    table = compute(tmp_path, rows, IndexRequest(by=("unit_code", "window"), unit_map=MERGED))
    n = {(row.unit_code, row.by[0][1]): row.n_responses for row in table.rows if row.score == "A1"}
    assert set(n) == {("n1", "2025-06-2"), ("n1", "2025-07-1"), ("ALL", "2025-06-2"), ("ALL", "2025-07-1"),
                      ("ALL", "ALL")}  # fmt: skip
    marked = {row.by[0][1] for row in table.rows if "successor" in row.reason and row.unit_code == "n1"}
    assert marked == {"2025-06-2"}
