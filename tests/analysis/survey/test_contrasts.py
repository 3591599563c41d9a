"""Claims about differences, changes and indices of several items."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import Survey, survey_design
from analysis.survey.composite import Combine
from analysis.survey.sample import UnusableColumn
from tests.analysis.survey.loops import clustered_sample, linearised, one_stage

DESIGN: dict[str, Any] = {"strata": "stratum", "psu": "village", "weights": "w", "nest": True}


def frame(seed: int = 9, *, missing: float = 0.1) -> pd.DataFrame:
    data = clustered_sample(seed, missing=missing)
    rng = np.random.default_rng(seed)
    r = np.where(rng.random(len(data)) < missing, np.nan, (rng.random(len(data)) < 0.5).astype(float))
    return data.assign(r=r, sex=np.where(data["person"] % 2 == 0, "f", "m"))


def sample(data: pd.DataFrame | None = None) -> Survey:
    return survey_design(frame() if data is None else data, **DESIGN)


def test_a_difference_of_domains_that_share_villages_takes_their_covariance() -> None:
    data = frame()
    first, second = (linearised(data, "y", (data["sex"] == s).tolist()) for s in ("f", "m"))
    variance = one_stage(data, [a - b for a, b in zip(first, second, strict=True)])
    row = sample().difference("y", "sex", "f", "m").iloc[0]
    assert row["se"] == pytest.approx(variance**0.5, rel=1e-12)
    apart = one_stage(data, first) + one_stage(data, second)
    assert row["covariance"] == pytest.approx((apart - variance) / 2, rel=1e-9)
    assert row["sex"] == "f - m"
    means = sample().mean("y", "sex")["estimate"]
    assert row["estimate"] == pytest.approx(means[0] - means[1], rel=1e-12)
    assert row["ci_low"] < row["estimate"] < row["ci_high"]


def test_a_difference_of_shares_may_combine_the_limits_of_both_and_stays_finite_at_100_percent() -> None:
    data = frame(missing=0)
    data.loc[data["sex"] == "f", "q"] = 1.0
    surveyed = sample(data)
    row = surveyed.difference("q", "sex", "f", "m", method="modified-wilson").iloc[0]
    one, other = (surveyed.proportion("q", by="sex").set_index("sex").loc[s] for s in ("f", "m"))
    # A share of 100 % has no covariance with the other: correlation 0.
    d = one["estimate"] - other["estimate"]
    low = d - np.hypot(one["estimate"] - one["ci_low"], other["ci_high"] - other["estimate"])
    high = d + np.hypot(one["ci_high"] - one["estimate"], other["estimate"] - other["ci_low"])
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((low, high), rel=1e-12)


def test_change_on_the_same_people_takes_the_covariance_and_each_mean_its_own_answers() -> None:
    data = frame()
    everybody = [True] * len(data)
    z = np.array(linearised(data, "q", everybody)) - np.array(linearised(data, "r", everybody))
    row = sample().change("q", "r").iloc[0]
    assert row["se"] == pytest.approx(one_stage(data, z.tolist()) ** 0.5, rel=1e-12)
    by = sample().change("q", "r", by="commune", method="modified-wilson")
    assert by[["ci_low", "ci_high"]].notna().all(axis=None)
    assert (by["ci_low"] <= by["estimate"]).all()


def test_the_three_indices_are_equal_without_missing_answers_and_differ_with_them() -> None:
    whole = sample(frame(missing=0))
    items, weights = ["q", "r"], [3.0, 1.0]
    ways: tuple[Combine, ...] = ("pooled", "respondent", "items", "items-renormalised")
    tables = [whole.index(items, by="commune", weights=weights, combine=way) for way in ways]
    for table in tables[1:]:
        assert table["estimate"].to_numpy() == pytest.approx(tables[0]["estimate"].to_numpy(), rel=1e-12)
        assert table["se"].to_numpy() == pytest.approx(tables[0]["se"].to_numpy(), rel=1e-9, abs=1e-15)
    gaps = [sample().index(items, combine=way)["estimate"][0] for way in ways[:3]]
    assert len(set(np.round(gaps, 9))) == 3


def test_each_index_is_the_sum_it_is_defined_by() -> None:
    data = frame()
    w, x, m = (
        data["w"].to_numpy()[:, None],
        data[["q", "r"]].fillna(0).to_numpy(),
        data[["q", "r"]].notna().to_numpy(),
    )
    k = np.array([0.75, 0.25])
    some = m.any(axis=1)
    person = (x @ k)[some] / (m @ k)[some]
    by_hand: dict[Combine, float] = {
        "pooled": (w * x * k).sum() / (w * m * k).sum(),
        "respondent": np.average(person, weights=data["w"][some]),
        "items": ((w * x).sum(axis=0) / (w * m).sum(axis=0)) @ k,
    }
    for way, value in by_hand.items():
        assert sample().index(["q", "r"], weights=[3, 1], combine=way)["estimate"][0] == pytest.approx(
            value, rel=1e-12
        )
    ratio = sample(data.assign(x=(x * k).sum(axis=1), m=(m * k).sum(axis=1))).ratio("x", "m")
    pooled = sample().index(["q", "r"], weights=[3, 1])
    pd.testing.assert_frame_equal(pooled[["estimate", "se"]], ratio[["estimate", "se"]], rtol=1e-12)


def test_an_item_without_answers_is_a_missing_index_or_a_mean_of_the_others() -> None:
    data = frame()
    data.loc[data["commune"] == "a1", "r"] = np.nan
    items = sample(data).index(["q", "r"], by="commune", combine="items").set_index("commune")
    assert items.loc["a1", "reason"] == "item_without_answers"
    assert np.isnan(items.loc["a1", "estimate"])
    others = sample(data).index(["q", "r"], by="commune", combine="items-renormalised").set_index("commune")
    alone = sample(data).mean("q", by="commune").set_index("commune")
    assert others.loc["a1", "reason"] == "item_without_answers"
    assert others.loc["a1", "estimate"] == pytest.approx(alone.loc["a1", "estimate"], rel=1e-12)
    assert others.loc["a1", "se"] == pytest.approx(alone.loc["a1", "se"], rel=1e-12)
    assert others.loc["a0", "estimate"] == pytest.approx(items.loc["a0", "estimate"], rel=1e-12)


def test_equal_columns_are_dependent_and_a_column_of_its_own_is_not() -> None:
    data = frame(missing=0)
    for statistic in ("F", "Chisq", "Wald", "adjWald", "lincom"):
        row = sample(data).chisq("q", "r", statistic=statistic).iloc[0]
        assert 0 < row["p_value"] < 1
        assert row["n"] == len(data)
    assert sample(data).chisq("q", data["q"].to_numpy())["p_value"][0] < 1e-6


def test_a_median_is_the_least_value_that_half_of_the_weight_does_not_exceed() -> None:
    data = pd.DataFrame({"y": [5.0, 1.0, 3.0, np.nan, 2.0], "w": [1.0, 4.0, 2.0, 9.0, 1.0]})
    table = survey_design(data, weights="w").quantile("y", [0.5, 0.51, 0.75, 0.99])
    assert table["estimate"].tolist() == [1.0, 2.0, 3.0, 5.0]
    assert table["n"].tolist() == [4] * 4


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda s: s.difference("y", "sex", "f", "x"), "có giá trị 'x'"),
        (lambda s: s.index([]), "từ một cột trở lên"),
        (lambda s: s.index("q"), "từ một cột trở lên"),
        (lambda s: s.index(["q", "r"], weights=[1.0]), "2 số không âm"),
        (lambda s: s.index(["q", "r"], weights=[1.0, -1.0]), "2 số không âm"),
        (lambda s: s.chisq("q", np.ones(len(s.frame))), "từ hai nhóm"),
    ],
)
def test_what_cannot_be_computed_is_refused_with_place_and_remedy(
    ask: Callable[[Survey], object], said: str
) -> None:
    with pytest.raises(UnusableColumn, match=said):
        ask(sample())


def test_wrong_words_are_refused_with_the_words_that_can_be_used() -> None:
    wrong: Any = "G"
    with pytest.raises(ValueError, match="pooled, respondent"):
        sample().index(["q"], combine=wrong)
    with pytest.raises(ValueError, match="adjWald"):
        sample().chisq("q", "r", statistic=wrong)
    with pytest.raises(ValueError, match=r"0\.5 for the median"):
        sample().quantile("y", 50)
