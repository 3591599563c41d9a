"""Claims about means, totals, ratios and shares on designs that no reference file has."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import survey_design
from analysis.survey.proportion import Method
from analysis.survey.sample import Column, UnusableColumn
from tests.analysis.survey.loops import clustered_sample, counts, linearised, one_stage, ratio, two_stage

DESIGN: dict[str, Any] = {"strata": "stratum", "psu": "village", "weights": "w"}
COLUMNS = ["estimate", "se", "ci_low", "ci_high", "df", "deff", "n", "reason"]


def test_a_domain_mean_equals_the_formula_done_by_hand_with_psu_codes_that_repeat_across_strata() -> None:
    frame = clustered_sample()
    table = survey_design(frame, **DESIGN, nest=True).mean("y", by="commune", df="answers")
    assert list(table.columns) == ["commune", *COLUMNS]
    assert table["commune"].tolist() == sorted(frame["commune"].unique())
    for row in table.to_dict("records"):
        chosen = (frame["commune"] == row["commune"]).tolist()
        assert row["estimate"] == pytest.approx(ratio(frame, "y", [1.0] * len(frame), chosen), rel=1e-12)
        se = one_stage(frame, linearised(frame, "y", chosen)) ** 0.5
        assert row["se"] == pytest.approx(se, rel=1e-12, abs=1e-15)
        inside = counts(frame, [c and not np.isnan(y) for c, y in zip(chosen, frame["y"], strict=True)])
        assert row["df"] == sum(inside.values()) - len(inside)
        assert row["n"] == frame.loc[chosen, "y"].notna().sum()


@pytest.mark.parametrize("by", [None, "commune"])
def test_two_stages_with_finite_populations_equal_the_formula_done_by_hand(by: str | None) -> None:
    frame = clustered_sample(5)
    sample = survey_design(frame, **DESIGN, nest=True, fpc="N", fpc2="M")
    for row in sample.mean("y", by=by).to_dict("records"):
        chosen = [True] * len(frame) if by is None else (frame[by] == row[by]).tolist()
        assert row["se"] == pytest.approx(two_stage(frame, linearised(frame, "y", chosen)) ** 0.5, rel=1e-12)


def test_second_stage_units_of_several_persons_count_as_one() -> None:
    frame = clustered_sample(6, missing=0)
    doubled = pd.concat([frame.assign(w=frame["w"] / 2), frame.assign(w=frame["w"] / 2)])
    options: dict[str, Any] = {**DESIGN, "nest": True, "fpc": "N", "fpc2": "M"}
    once = survey_design(frame, **options).mean("y")
    twice = survey_design(doubled, **options, ssu="person").mean("y")
    assert twice["se"][0] == pytest.approx(once["se"][0], rel=1e-12)


def test_the_fpc_may_be_a_size_or_a_fraction() -> None:
    frame = clustered_sample()
    n = frame.groupby("stratum")["village"].transform("nunique")
    sizes = survey_design(frame, **DESIGN, nest=True, fpc="N").total("y")
    fractions = survey_design(frame.assign(f=n / frame["N"]), **DESIGN, nest=True, fpc="f").total("y")
    pd.testing.assert_frame_equal(sizes, fractions, rtol=1e-12)


def test_item_non_response_keeps_every_psu_in_the_design() -> None:
    frame = clustered_sample(missing=0)
    frame.loc[frame["stratum"].eq("a") & frame["village"].lt(3), "y"] = np.nan
    total = survey_design(frame, **DESIGN, nest=True).total("y")
    z = (frame["w"] * frame["y"].fillna(0)).tolist()
    assert total["se"][0] == pytest.approx(one_stage(frame, z) ** 0.5, rel=1e-12)
    assert total["df"][0] == 10


def test_a_commune_where_nobody_answered_is_missing_with_the_reason_and_never_0() -> None:
    frame = clustered_sample()
    frame.loc[frame["commune"] == "b1", ["y", "q"]] = np.nan
    sample = survey_design(frame, **DESIGN, nest=True)
    tables = [sample.mean("y", "commune"), sample.total("y", "commune"), sample.proportion("q", "commune")]
    tables += [sample.proportion("q", "commune", method="wilson"), sample.ratio("y", "size", "commune")]
    for table in tables:
        row = table.set_index("commune").loc["b1"]
        assert row["reason"] == "no_answers"
        assert row["n"] == 0
        assert row[["estimate", "se", "ci_low", "ci_high"]].isna().all()
        assert table["estimate"].notna().sum() == len(table) - 1


def test_nobody_at_all_answered_and_the_tables_still_have_their_row() -> None:
    sample = survey_design(clustered_sample().assign(y=np.nan, q=np.nan), **DESIGN, nest=True)
    for table in (sample.mean("y"), sample.total("y"), sample.proportion("q"), sample.index(["y", "q"])):
        assert table["reason"].tolist() == ["no_answers"]
        assert table["estimate"].isna().all()


def test_units_at_0_and_100_percent_have_a_row_a_finite_interval_and_no_standard_error() -> None:
    frame = clustered_sample(missing=0)
    frame.loc[frame["commune"] == "a0", "q"] = 0.0
    frame.loc[frame["commune"] == "a1", "q"] = 1.0
    table = survey_design(frame, **DESIGN, nest=True).proportion("q", by="commune").set_index("commune")
    assert table.loc[["a0", "a1"], "estimate"].tolist() == [0.0, 1.0]
    assert table.loc["a0", "ci_low"] == 0
    assert 0 < table.loc["a0", "ci_high"] < 1
    assert 0 < table.loc["a1", "ci_low"] < 1
    assert table.loc["a1", "ci_high"] == 1
    assert table.loc[["a0", "a1"], "se"].isna().all()
    assert (table.loc[["a0", "a1"], "reason"] != "").all()
    assert np.isfinite(table[["ci_low", "ci_high"]].to_numpy()).all()


@pytest.mark.parametrize(
    "method", ["modified-wilson", "wilson", "beta", "korn-graubard-nchs", "xlogit", "asin", "t"]
)
def test_a_commune_with_one_psu_says_that_its_standard_error_says_nothing(method: Method) -> None:
    frame = clustered_sample(11, missing=0)
    sample = survey_design(frame, **DESIGN, nest=True)
    row = sample.proportion("q", by="commune", method=method).set_index("commune").loc["c1"]
    assert len(set(frame.loc[frame["commune"] == "c1", "village"])) == 1
    assert 0 < row["estimate"] < 1
    assert "one_psu" in row["reason"]
    finite = np.isfinite([row["ci_low"], row["ci_high"]]).all()
    assert finite == (method == "modified-wilson")


def test_one_respondent_has_an_interval_and_no_standard_error() -> None:
    sample = survey_design(pd.DataFrame({"q": [1.0], "y": [4.0]}))
    row = sample.proportion("q").iloc[0]
    assert (row["estimate"], row["n"], row["df"]) == (1.0, 1, 0)
    assert 0 < row["ci_low"] < row["ci_high"] == 1
    assert np.isnan(row["se"])
    mean = sample.mean("y").iloc[0]
    assert mean["estimate"] == 4
    assert np.isnan(mean["se"])
    assert mean["reason"] == "one_psu"


def test_the_default_interval_of_one_item_without_design_is_the_classical_wilson_interval() -> None:
    sample = survey_design(pd.DataFrame({"q": [1.0] * 26 + [0.0] * 5}))
    row = sample.proportion("q").iloc[0]
    assert (round(100 * row["ci_low"], 2), round(100 * row["ci_high"], 2)) == (67.37, 92.91)


def test_an_effective_n_above_n_is_cut_by_the_nchs_rule_only() -> None:
    frame = pd.DataFrame({"q": [1.0, 0.0] * 20, "v": np.repeat(np.arange(20), 2)})
    sample = survey_design(frame, psu="v")
    plain, cut = (
        sample.proportion("q", method="korn-graubard").iloc[0],
        sample.proportion("q", method="korn-graubard-nchs").iloc[0],
    )
    alone = survey_design(frame).proportion("q", method="korn-graubard").iloc[0]
    assert np.isnan(plain["ci_low"])
    assert cut["ci_high"] - cut["ci_low"] == pytest.approx(alone["ci_high"] - alone["ci_low"], rel=0.02)


def test_domains_by_two_columns_leave_out_responses_without_a_value() -> None:
    frame = clustered_sample(missing=0)
    frame["half"] = pd.Series(np.where(frame["person"] % 2 == 0, "even", "odd")).where(frame["person"] > 0)
    table = survey_design(frame, **DESIGN, nest=True).mean("y", by=["stratum", "half"])
    assert list(table.columns[:2]) == ["stratum", "half"]
    assert table["n"].sum() == (frame["person"] > 0).sum()
    assert table["half"].tolist() == ["even", "odd"] * 3


@pytest.mark.parametrize(
    ("column", "said"),
    [("thôn", "Cột thôn"), ("commune", "Cột commune"), ("y", "0 hoặc 1"), ([1.0, 0.0], "mỗi phiếu một giá trị")],
)
def test_a_column_that_is_not_a_share_is_refused_with_place_and_remedy(column: Column, said: str) -> None:
    sample = survey_design(clustered_sample(), **DESIGN, nest=True)
    with pytest.raises(UnusableColumn, match=said) as refusal:
        sample.proportion(column)
    for part in ("Cần có:", "Nhận được:", "Cách xử lý:"):
        assert part in str(refusal.value)


def test_wrong_words_are_refused_with_the_words_that_can_be_used() -> None:
    sample = survey_design(clustered_sample(), **DESIGN, nest=True)
    wrong: Any = "all"
    with pytest.raises(ValueError, match="korn-graubard"):
        sample.proportion("q", method=wrong)
    with pytest.raises(ValueError, match="design, domain or answers"):
        sample.mean("y", df=wrong)
    with pytest.raises(ValueError, match="without or with"):
        sample.mean("y", deff=wrong)
    with pytest.raises(ValueError, match=r"give 0\.95"):
        sample.mean("y", level=95)
