"""Claims about lonely PSUs and nested codes in the index table: the interface says the same of the same data."""

from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from analysis import Survey, survey_design
from analysis.__main__ import main
from analysis.design import DesignColumns, DesignError, LonelyPsu
from analysis.index import IndexRequest, index_table
from analysis.responses import read_responses
from analysis.table import IndexTable
from questionnaires.library import load
from tests.analysis.builders import TWO_FACTORS, write_csv

ADDING = [option for option in get_args(LonelyPsu) if option != "fail"]
COLUMNS = DesignColumns(strata="stratum", psu="village", weights="w")


def sampled(*, nest: bool) -> pd.DataFrame:
    """Three strata, the last with a single village; three communes that reach into two or three strata."""
    rng = np.random.default_rng(8)
    rows: list[dict[str, object]] = []
    for stratum, villages in (("a", 5), ("b", 4), ("c", 1)):
        for village in range(villages):
            level = rng.normal(0, 0.7)
            code = f"v{village}" if nest else f"{stratum}{village}"
            for _ in range(int(rng.integers(6, 12))):
                answer = int(np.clip(round(3.7 + level + rng.normal(0, 1)), 1, 5))
                place = {"unit_code": f"u{rng.integers(3)}", "stratum": stratum, "village": code}
                rows.append({**place, "w": rng.uniform(1, 3), "A1": answer, "A2": answer, "B1": answer})
    return pd.DataFrame(rows)


def table_of(folder: Path, frame: pd.DataFrame, option: LonelyPsu, *, nest: bool = False) -> IndexTable:
    request = IndexRequest(design=COLUMNS, basis="probability", nest=nest, lonely_psu=option)
    path = write_csv(folder / "r.csv", frame.to_dict("records"))
    responses = read_responses([path], TWO_FACTORS, named_columns=request.named_columns())
    return index_table(responses, TWO_FACTORS, request)


def design_of(frame: pd.DataFrame, option: LonelyPsu, *, nest: bool = False) -> Survey:
    satisfied = frame.assign(satisfied=(frame["A1"] >= 4).astype(float))
    return survey_design(satisfied, strata="stratum", psu="village", weights="w", nest=nest, lonely_psu=option)


@pytest.mark.parametrize("nest", [False, True])
@pytest.mark.parametrize("option", ADDING)
def test_a_lonely_psu_adds_to_the_table_what_it_adds_to_the_interface(
    tmp_path: Path, option: LonelyPsu, *, nest: bool
) -> None:
    frame = sampled(nest=nest)
    table = table_of(tmp_path, frame, option, nest=nest)
    design = design_of(frame, option, nest=nest)
    for row in design.proportion("satisfied", by="unit_code").to_dict("records"):
        same = table.find(row["unit_code"], "A1")
        assert same is not None
        found = [100 * row[c] for c in ("estimate", "se", "ci_low", "ci_high")]
        assert found == pytest.approx([same.estimate, same.se, same.ci_low, same.ci_high], rel=1e-11)
        assert row["df"] == same.df
    whole = table.find("ALL", "A1")
    assert whole is not None
    assert whole.se == pytest.approx(100 * design.mean("satisfied")["se"][0], rel=1e-11)


def test_the_options_differ_where_a_stratum_has_one_psu(tmp_path: Path) -> None:
    frame = sampled(nest=False)
    se = {}
    for option in ADDING:
        row = table_of(tmp_path, frame, option).find("ALL", "A1")
        assert row is not None
        se[option] = row.se or 0.0
    assert se["certainty"] == se["remove"] < min(se["adjust"], se["average"])
    assert se["adjust"] != se["average"]


def test_under_fail_a_stratum_with_one_psu_is_refused_at_once(tmp_path: Path) -> None:
    frame = sampled(nest=False)
    with pytest.raises(DesignError, match="'c' chỉ có một"):
        table_of(tmp_path, frame, "fail")
    table_of(tmp_path, frame[frame["stratum"] != "c"], "fail")


def test_codes_that_repeat_in_other_strata_need_nest(tmp_path: Path) -> None:
    frame = sampled(nest=True)
    with pytest.raises(DesignError, match="hai tầng"):
        table_of(tmp_path, frame, "average")
    row = table_of(tmp_path, frame, "average", nest=True).find("ALL", "A1")
    assert row is not None
    assert row.df == 10 - 3


def test_the_command_takes_the_options_and_refuses_a_second_stage(tmp_path: Path) -> None:
    items = load("sipas-2024").index.items
    frame = sampled(nest=True)
    rows = [
        {**dict.fromkeys(items, row.pop("A1")), **row}
        for row in frame.drop(columns=["A2", "B1"]).to_dict("records")
    ]
    path = write_csv(tmp_path / "r.csv", rows)
    common = [str(path), "--questionnaire", "sipas-2024", "--basis", "probability", "--format", "json,csv"]
    common += ["--strata", "stratum", "--psu", "village", "--weights", "w", "--nest"]
    done = CliRunner().invoke(main, ["index", *common, "--lonely-psu", "adjust", "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "lonely_psu=adjust" in (tmp_path / "out/index.json").read_text(encoding="utf-8")
    two = CliRunner().invoke(
        main, ["index", *common, "--lonely-psu", "adjust", "--fpc2", "w", "--out", str(tmp_path / "two")]
    )
    assert two.exit_code == 2
    assert "analysis.survey_design" in two.stderr
    assert not (tmp_path / "two").exists()
