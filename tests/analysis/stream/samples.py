"""How do tests of the stream get files? The same responses in many shapes."""

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from analysis.design import DesignColumns
from analysis.estimate.estimates import Estimates
from analysis.index.intake import Wanted, totals_of
from analysis.index.scores import score_plan
from analysis.index.totals import Totals
from analysis.stream.sources import Stream
from questionnaires.model import Questionnaire

ITEMS = ("A1", "A2", "B1")
CLUSTERED = DesignColumns(strata="stratum", psu="village", weights="w")
RESPONSES = DesignColumns(strata="stratum", weights="w")


def sample(n: int = 900, seed: int = 3, *, varying: bool = True) -> pa.Table:
    """Return responses of 9 units in 3 parents with villages in strata; weights differ inside a village or not."""
    rng = np.random.default_rng(seed)
    village = rng.integers(0, 40, n)
    weight = rng.uniform(1, 4, 40)[village] if not varying else rng.uniform(1, 4, n)
    effect = rng.normal(0, 0.8, 40)[village]
    unit = np.minimum(village // 5, 8)
    columns: dict[str, pa.Array] = {
        "response_id": pa.array([f"phiếu {k:04}" if k % 3 else f"{k}" for k in range(n)]),
        "unit_code": pa.array([f"u{u}" for u in unit]),
        "parent_code": pa.array([f"p{u // 3}" for u in unit]),
        "mode": pa.array(rng.choice(["kiosk", "phone"], n)),
        "village": pa.array([f"v{v}" for v in village]),
        "stratum": pa.array([f"h{v % 3}" for v in village]),
        "w": pa.array(np.round(weight, 3)),
    }
    for item in ITEMS:
        answers = np.clip(np.round(3.8 + effect + rng.normal(0, 1, n)), 1, 5).astype(np.int8)
        answers[rng.random(n) < 0.05] = 99
        columns[item] = pa.array(answers, mask=rng.random(n) < 0.15)
    return pa.table(columns)


def shuffled(table: pa.Table, seed: int = 1) -> pa.Table:
    return table.take(pa.array(np.random.default_rng(seed).permutation(table.num_rows)))


def parquet(path: Path, table: pa.Table, *, rows: int = 100_000) -> Path:
    pq.write_table(table, path, row_group_size=rows)
    return path


def comma(path: Path, table: pa.Table) -> Path:
    pyarrow.csv.write_csv(table, path)
    return path


def totals(
    stream: Stream,
    asked: Questionnaire,
    design: DesignColumns,
    *,
    by: Sequence[str] = ("unit_code",),
    period: str | None = None,
) -> Totals:
    wanted = Wanted(by=tuple(by), parent="parent_code", design=design, period=period)
    return totals_of(stream, asked, score_plan(asked), wanted)


def worst_difference(first: Estimates, second: Estimates) -> float:
    """Return the largest relative difference of any number; NaN must stand in the same places."""
    worst = 0.0
    for field in fields(Estimates):
        a, b = getattr(first, field.name), getattr(second, field.name)
        assert (np.isnan(a) == np.isnan(b)).all(), field.name
        size = np.maximum(np.abs(a), np.abs(b))
        with np.errstate(invalid="ignore", divide="ignore"):
            worst = max(worst, float(np.nanmax(np.where(size > 1e-14, np.abs(a - b) / size, 0.0), initial=0.0)))
    return worst
