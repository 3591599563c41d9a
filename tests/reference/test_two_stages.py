"""Claims about designs that R's public reference lacks: two stages, lonely domains, post-strata across strata."""

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from analysis import Survey, survey_design
from analysis.design import LonelyPsu
from tests.reference.golden import Row, blank, differences

HERE = Path(__file__).parent
NUMBERS = [("estimate", 1e-9), ("se", 1e-8)]


def clus2() -> pd.DataFrame:
    return pd.read_csv(HERE / "data/apiclus2.csv")


@cache
def strat() -> pd.DataFrame:
    """The stratified sample with a domain that has one school of the stratum H."""
    frame = pd.read_csv(HERE / "data/apistrat.csv")
    high = frame["stype"] == "H"
    some = (frame["snum"] % 7 == 0) & ~high
    return frame.assign(some=(some | (frame["snum"] == frame.loc[high, "snum"].min())).astype(int))


@cache
def survey(design: str) -> Survey:
    if design == "two_stage":
        return survey_design(clus2(), psu="dnum", ssu="snum", weights="pw", fpc="fpc1", fpc2="fpc2")
    if design == "two_stage_implied":
        return survey_design(clus2(), psu="dnum", ssu="snum", fpc="fpc1", fpc2="fpc2")
    if design == "every_psu":
        data = clus2()
        data = data[data.groupby("dnum")["snum"].transform("size") > 1]
        data = data.assign(all=data["dnum"].nunique())
        return survey_design(data, psu="dnum", ssu="snum", weights="pw", fpc="all", fpc2="fpc2")
    if design == "poststratified_across_strata":
        whole = survey_design(strat(), strata="stype", weights="pw", fpc="fpc")
        return whole.poststratify("sch_wide", {"No": 1072, "Yes": 5122})
    _, option, adjust = design.split("_")
    lonely: LonelyPsu = "adjust" if option == "adjust" else "average"
    return survey_design(
        strat(), strata="stype", weights="pw", lonely_psu=lonely, adjust_domain_lonely=adjust == "TRUE"
    )


def reference() -> list[Row]:
    rows: list[Row] = pd.read_csv(HERE / "two_stage.csv", dtype={"domain": object}).to_dict("records")
    return [{**row, "case_id": f"{row['design']} {row['statistic']}"} for row in rows]


@pytest.mark.parametrize("design", sorted({row["design"] for row in reference()}))
def test_every_number_of_r_is_matched(design: str) -> None:
    complaints = []
    for row in reference():
        if row["design"] != design:
            continue
        by = None if blank(row["by"]) else row["by"]
        table = getattr(survey(design), row["statistic"])(row["variable"], by=by)
        chosen = table if by is None else table[table[by].astype(str) == row["domain"]]
        complaints += differences(row, chosen.iloc[0].to_dict(), NUMBERS)
    assert complaints == []
