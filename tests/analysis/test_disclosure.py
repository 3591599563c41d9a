"""Claims about the one table of thresholds."""

from dataclasses import replace

import pytest

from analysis.disclosure import disclose
from analysis.table import IndexRow, IndexTable, Measure, Provenance
from questionnaires.model import Text

ROW = IndexRow(
    survey="s",
    period="",
    by=(),
    unit_code="u",
    unit_name="u",
    parent_code="ALL",
    score="overall",
    level=0.95,
    method="share/pooled/modified-wilson",
    basis="voluntary",
    n_responses=40,
    n_answers=640,
    estimate=80.0,
    se=2.0,
    ci_low=75.0,
    ci_high=85.0,
    df=39.0,
    deff=4.0,
    status="ok",
    reason="",
)


def shown(row: IndexRow) -> IndexRow:
    provenance = Provenance(
        questionnaire="q", questionnaire_hash="", inputs=(), interval="", design="", code_version=""
    )
    table = IndexTable(
        title=Text("t", "t"),
        rows=(row,),
        scores=(),
        measure=Measure("percent", 0, 100),
        units=(),
        modes=(),
        provenance=provenance,
    )
    return disclose(table).rows[0]


@pytest.mark.parametrize(
    ("n", "estimate", "status", "reason"),
    [
        (4, 80.0, "suppressed", "fewer_than_5"),
        (5, 80.0, "flagged", "small_sample"),
        (5, 0.0, "suppressed", "unanimous_unfavourable"),
        (9, 0.0, "suppressed", "unanimous_unfavourable"),
        (9, 100.0, "flagged", "small_sample"),
        (10, 0.0, "flagged", "small_sample"),
        (29, 80.0, "flagged", "small_sample"),
        (30, 80.0, "ok", ""),
    ],
)
def test_thin_units_are_withheld_or_flagged(n: int, estimate: float, status: str, reason: str) -> None:
    row = shown(replace(ROW, n_responses=n, estimate=estimate))
    assert (row.status, row.reason) == (status, reason)


def test_a_withheld_row_keeps_nothing_but_its_n_and_its_reason() -> None:
    row = shown(replace(ROW, n_responses=3))
    numbers = (row.estimate, row.se, row.ci_low, row.ci_high, row.df, row.deff)
    assert numbers == (None,) * 6
    assert (row.n_responses, row.n_answers) == (3, 0)


def test_a_missing_row_stays_missing_and_other_reasons_are_kept() -> None:
    missing = replace(ROW, n_responses=0, estimate=None, status="missing", reason="no_answers")
    assert shown(missing) == missing
    assert shown(replace(ROW, n_responses=12, reason="assumed", status="flagged")).reason == "small_sample;assumed"
