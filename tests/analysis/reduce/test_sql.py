"""Claims about the SQL text: a database adds up the same sums from the same file."""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from analysis.design import DesignColumns
from analysis.estimate.estimates import estimate_sums
from analysis.index.scores import score_plan
from analysis.reduce.sql import SqlPlan, cluster_sql, sums_of_rows
from analysis.responses import open_responses
from questionnaires.library import load
from questionnaires.model import Questionnaire, Rule
from tests.analysis.builders import TWO_FACTORS, questionnaire
from tests.analysis.stream.samples import CLUSTERED, parquet, sample, totals, worst_difference

MEAN = questionnaire({"A": ["A1", "A2"], "B": ["B1"]}, rule=Rule.MEAN)


def sql_plan(asked: Questionnaire, design: DesignColumns, source: str) -> SqlPlan:
    plan = score_plan(asked)
    return SqlPlan(
        source=source,
        domain=("unit_code", "parent_code"),
        psu=str(design.psu),
        stratum=design.strata,
        weight=design.weights,
        numerators=plan.classes,
        steps=plan.pooling.steps,
        members=plan.pooling.members,
        needed=plan.pooling.needed,
    )


@pytest.mark.parametrize("asked", [TWO_FACTORS, MEAN], ids=["share", "mean"])
@pytest.mark.parametrize("design", [CLUSTERED, DesignColumns(psu="village")], ids=["weighted", "plain"])
def test_the_text_run_by_a_database_gives_the_estimates_of_the_stream(
    tmp_path: Path, asked: Questionnaire, design: DesignColumns
) -> None:
    # one unit never answered two of the three items: none of its forms is valid
    table = sample(1200)
    blank = np.array([unit == "u7" for unit in table["unit_code"].to_pylist()])
    for item in ("A1", "A2"):
        values = pc.if_else(pa.array(blank), pa.scalar(None, pa.int8()), table[item])
        table = table.set_column(table.column_names.index(item), item, values)
    path = parquet(tmp_path / "r.parquet", table, rows=100)
    streamed = totals(open_responses([path], asked, named_columns=("village", "stratum", "w")), asked, design)
    plan = sql_plan(asked, design, f"read_parquet('{path}')")
    with duckdb.connect() as engine:
        found = engine.sql(cluster_sql(plan))
        assert found is not None
        rows = found.to_arrow_table().to_pylist()
    assert [int(str(row["received"])) for row in rows].count(0) == 0
    assert sum(int(str(row["received"])) for row in rows) == streamed.received.sum()
    assert sum(int(str(row["valid"])) for row in rows) == streamed.valid.sum()
    sums, domains = sums_of_rows(rows, plan)
    assert tuple(domains) == streamed.keys.values
    every = np.arange(len(domains))
    own = estimate_sums(sums.at(every, len(every)), streamed.sampled)
    assert worst_difference(streamed.at(every, len(every)), own) < 1e-12


def test_the_text_is_ansi_and_says_its_order_and_its_nulls() -> None:
    asked = load("sipas-2017")
    text = cluster_sql(sql_plan(asked, DesignColumns(psu="village", weights="w"), "responses"))
    assert text.count("COALESCE(SUM(") == 4 * 22
    assert text.splitlines()[-1] == 'ORDER BY "unit_code", "parent_code", stratum, psu'
    assert "::" not in text
    assert "FILTER" not in text


def test_a_name_that_could_break_out_of_the_text_is_refused() -> None:
    plan = sql_plan(TWO_FACTORS, DesignColumns(psu='v" OR 1=1'), "responses")
    with pytest.raises(ValueError, match="quotation"):
        cluster_sql(plan)
