"""Claims about streamed sums: those of every row by itself, however the rows are cut, mixed, split and added."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from analysis.design import DesignColumns
from analysis.design.check import check_design
from analysis.estimate.estimates import Estimates, estimate
from analysis.index.levels import levels_of
from analysis.index.totals import Totals, merged
from analysis.reduce.arrays import cell_sums
from analysis.responses import Responses, open_responses, stream_of
from questionnaires.model import Questionnaire, Rule
from tests.analysis.builders import TWO_FACTORS, questionnaire
from tests.analysis.index.row_scores import score_set
from tests.analysis.stream.samples import (
    CLUSTERED,
    RESPONSES,
    comma,
    parquet,
    sample,
    shuffled,
    totals,
    worst_difference,
)

NAMED = ("village", "stratum", "w")
MEAN = questionnaire({"A": ["A1", "A2"], "B": ["B1"]}, rule=Rule.MEAN)
DESIGNS = {
    "clusters": CLUSTERED,
    "responses": RESPONSES,
    "unweighted": DesignColumns(),
    "psu": DesignColumns(psu="village"),
}


def at_units(found: Totals) -> Estimates:
    return found.at(np.arange(len(found.keys)), len(found.keys))


def row_by_row(table: pa.Table, asked: Questionnaire, design: DesignColumns, code: str) -> Estimates:
    """Return estimates from a matrix that holds every response."""
    responses = Responses(stream_of(table, asked, named_columns=NAMED), asked)
    checked = check_design(responses.frame, design)
    scores = score_set(responses, asked)
    domain = np.unique(responses.frame[code].to_numpy(dtype=str), return_inverse=True)[1]
    cells = cell_sums(scores.values, scores.answered, checked.weights, domain=domain, psu=checked.psu)
    return estimate(cells, checked, domains=int(domain.max()) + 1)


@pytest.mark.parametrize("varying", [True, False])
@pytest.mark.parametrize("asked", [TWO_FACTORS, MEAN], ids=["share", "mean"])
@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS.keys())
def test_streamed_sums_give_the_estimates_of_every_row_by_itself(
    asked: Questionnaire, design: DesignColumns, *, varying: bool
) -> None:
    table = sample(varying=varying)
    found = totals(stream_of(table, asked, named_columns=NAMED, rows=97), asked, design)
    assert worst_difference(at_units(found), row_by_row(table, asked, design, "unit_code")) < 1e-12
    parents = levels_of(found.keys, by=("unit_code",), parent="parent_code")[1]
    rolled_up = found.at(parents.codes, len(parents.domains))
    assert worst_difference(rolled_up, row_by_row(table, asked, design, "parent_code")) < 1e-12


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS.keys())
def test_rows_may_come_in_any_order_file_and_row_group(tmp_path: Path, design: DesignColumns) -> None:
    table = sample()
    whole = at_units(totals(stream_of(table, TWO_FACTORS, named_columns=NAMED), TWO_FACTORS, design))
    mixed = shuffled(table)
    files = [
        parquet(tmp_path / "1.parquet", mixed.slice(0, 300), rows=41),
        comma(tmp_path / "2.csv", mixed.slice(300, 250)),
        parquet(tmp_path / "3.parquet", mixed.slice(550), rows=1000),
    ]
    for rows in (7, 64, 10_000):
        stream = open_responses(files, TWO_FACTORS, named_columns=NAMED, rows=rows)
        assert worst_difference(whole, at_units(totals(stream, TWO_FACTORS, design))) < 1e-12


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS.keys())
def test_the_sums_of_two_machines_add_up_to_those_of_one(design: DesignColumns) -> None:
    table = sample()
    mixed = shuffled(table, seed=5)
    whole = totals(stream_of(table, TWO_FACTORS, named_columns=NAMED), TWO_FACTORS, design)
    parts = [
        totals(stream_of(part, TWO_FACTORS, named_columns=NAMED), TWO_FACTORS, design)
        for part in (mixed.slice(0, 333), mixed.slice(333))
    ]
    joined = merged(*parts)
    assert joined.keys.values == whole.keys.values
    assert (joined.received == whole.received).all()
    assert (joined.n_psu == whole.n_psu).all()
    assert worst_difference(at_units(whole), at_units(joined)) < 1e-12


def test_sums_of_different_kinds_are_not_added() -> None:
    stream = stream_of(sample(), TWO_FACTORS, named_columns=NAMED)
    with pytest.raises(ValueError, match="same options"):
        merged(totals(stream, TWO_FACTORS, CLUSTERED), totals(stream, TWO_FACTORS, RESPONSES))


def test_a_village_in_two_units_is_one_psu_of_their_parent() -> None:
    table = sample()
    torn = table.set_column(1, "unit_code", pa.array([f"u{k % 2}" for k in range(table.num_rows)]))
    torn = torn.set_column(2, "parent_code", pa.array(["p"] * table.num_rows))
    found = totals(stream_of(torn, TWO_FACTORS, named_columns=NAMED), TWO_FACTORS, CLUSTERED)
    parent = found.at(np.zeros(2, dtype=np.int64), 1)
    assert parent.df[0, 0] == 40 - 3
    assert worst_difference(parent, row_by_row(torn, TWO_FACTORS, CLUSTERED, "parent_code")) < 1e-12


def test_several_columns_make_the_domains_and_roll_up_to_the_same_whole() -> None:
    stream = stream_of(sample(), TWO_FACTORS, named_columns=NAMED)
    split = totals(stream, TWO_FACTORS, CLUSTERED, by=("mode", "unit_code"))
    plain = totals(stream, TWO_FACTORS, CLUSTERED)
    assert split.keys.columns == ("mode", "unit_code", "parent_code")
    units = levels_of(plain.keys, by=("unit_code",), parent="parent_code")[-1]
    parts = levels_of(split.keys, by=("mode", "unit_code"), parent="parent_code")[-1]
    assert worst_difference(plain.at(units.codes, 1), split.at(parts.codes, 1)) < 1e-12


def test_a_weight_that_starts_to_differ_late_is_counted_from_the_start() -> None:
    table = sample(varying=False)
    weights = table["w"].to_numpy().copy()
    weights[800:] = np.random.default_rng(2).uniform(1, 9, len(weights) - 800)
    table = table.set_column(table.column_names.index("w"), "w", pa.array(weights))
    for design in (CLUSTERED, RESPONSES):
        found = totals(stream_of(table, TWO_FACTORS, named_columns=NAMED, rows=200), TWO_FACTORS, design)
        assert worst_difference(at_units(found), row_by_row(table, TWO_FACTORS, design, "unit_code")) < 1e-12
