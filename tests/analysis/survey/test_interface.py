"""Claims about the way in: light to import, one object, one table, the default interval of the index table."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import analysis
from analysis import Survey, survey_design
from analysis.design import DesignColumns
from analysis.index import IndexRequest, index_table
from analysis.responses import read_responses
from tests.analysis.builders import TWO_FACTORS, write_csv
from tests.analysis.survey.loops import clustered_sample

ROOT = Path(__file__).parents[3]


def test_the_package_is_imported_without_numpy_until_someone_estimates() -> None:
    code = (
        "import sys, analysis\n"
        "before = {'numpy', 'pandas', 'scipy'} & set(sys.modules)\n"
        "analysis.survey_design\n"
        "print(sorted(before), 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "True"]


def test_a_name_that_is_not_there_is_said_so() -> None:
    with pytest.raises(AttributeError, match="estimate_all"):
        _ = analysis.estimate_all


def test_a_survey_is_what_it_returns_and_the_frame_stays_as_it_was() -> None:
    frame = clustered_sample()
    before = frame.copy()
    sample = survey_design(frame, strata="stratum", psu="village", weights="w", nest=True)
    assert isinstance(sample, Survey)
    calibrated = sample.poststratify("stratum", {"a": 9.0, "b": 8.0, "c": 7.0})
    assert isinstance(calibrated, Survey)
    calibrated.mean("y", "commune")
    pd.testing.assert_frame_equal(frame, before)


def test_the_default_interval_of_a_share_is_that_of_the_index_table(tmp_path: Path) -> None:
    rng = np.random.default_rng(12)
    rows: list[dict[str, Any]] = []
    for village in range(24):
        level = rng.normal(0, 0.8)
        for _ in range(int(rng.integers(3, 8))):
            answer = int(np.clip(round(4 + level + rng.normal(0, 1)), 1, 5))
            place = {"unit_code": f"u{village // 5}", "village": f"v{village:02}", "w": rng.uniform(1, 4)}
            rows.append({**place, "A1": answer, "A2": answer, "B1": answer})
    columns = DesignColumns(psu="village", weights="w")
    request = IndexRequest(design=columns, basis="probability")
    path = write_csv(tmp_path / "responses.csv", rows)
    responses = read_responses([path], TWO_FACTORS, named_columns=request.named_columns())
    table = index_table(responses, TWO_FACTORS, request)
    frame = pd.DataFrame(rows).assign(satisfied=lambda f: (f["A1"] >= 4).astype(float))
    shares = survey_design(frame, psu="village", weights="w").proportion("satisfied", by="unit_code")
    for row in shares.to_dict("records"):
        same = table.find(row["unit_code"], "A1")
        assert same is not None
        found = [100 * row[c] for c in ("estimate", "ci_low", "ci_high")]
        assert found == pytest.approx([same.estimate, same.ci_low, same.ci_high], rel=1e-12)
        assert row["df"] == same.df


def test_limits_in_a_finite_population_are_whole_members() -> None:
    frame = pd.DataFrame({"q": [1.0] * 26 + [0.0] * 5, "N": 33})
    row = survey_design(frame, fpc="N").proportion("q").iloc[0]
    assert row["ci_low"] * 33 == pytest.approx(round(row["ci_low"] * 33))
    assert (row["ci_low"] * 33, row["ci_high"] * 33) == pytest.approx((26, 28))
    census = survey_design(frame.assign(N=31), fpc="N").proportion("q").iloc[0]
    assert census["ci_low"] == census["ci_high"] == census["estimate"]
    assert census["se"] == 0
    half = survey_design(frame.assign(half=frame.index % 2), fpc="N").proportion("q", by="half")
    assert (half["ci_low"] * 33 % 1 > 1e-9).all()
