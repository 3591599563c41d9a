"""Claims about replicate weights: made ones agree with linearisation where theory says so."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from analysis import MadeReplicates, ReplicateWeights, Survey, survey_design
from analysis.survey.replicates import UnusableReplicates
from tests.analysis.survey.loops import clustered_sample

DESIGN: dict[str, Any] = {"strata": "stratum", "psu": "village", "weights": "w", "nest": True}


def made(frame: pd.DataFrame, replicates: Any, **design: Any) -> Survey:  # noqa: ANN401 - also what must be refused
    return survey_design(frame, **(design or DESIGN), replicates=replicates)


def factors_of(sample: Survey) -> npt.NDArray[np.float64]:
    assert sample.replicates is not None
    return sample.replicates.factors


def pairs(seed: int = 2) -> pd.DataFrame:
    """Six strata of two villages."""
    rng = np.random.default_rng(seed)
    n = 60
    return pd.DataFrame(
        {
            "stratum": np.repeat(np.arange(6), 10),
            "village": np.tile(np.repeat([0, 1], 5), 6),
            "w": rng.uniform(1, 3, n),
            "y": rng.normal(5, 2, n),
            "q": (rng.random(n) < 0.6).astype(float),
            "d": np.tile([0, 1], 30),
        }
    )


@pytest.mark.parametrize("by", [None, "commune"])
def test_the_jackknife_of_a_total_is_exactly_the_linearised_variance(by: str | None) -> None:
    frame = clustered_sample(missing=0)
    taylor = survey_design(frame, **DESIGN, fpc="N").total("y", by)
    jackknife = made(frame, "JKn", **DESIGN, fpc="N").total("y", by)
    assert jackknife["se"].to_numpy() == pytest.approx(taylor["se"].to_numpy(), rel=1e-12)
    alone: dict[str, Any] = {"psu": "commune", "weights": "w"}
    one = made(frame, "JK1", **alone).total("y")
    assert one["se"][0] == pytest.approx(survey_design(frame, **alone).total("y")["se"][0], rel=1e-12)
    assert one["df"][0] == frame["commune"].nunique() - 1


@pytest.mark.parametrize("replicates", ["BRR", "Fay", MadeReplicates(kind="Fay", rho=0.3)])
def test_balanced_half_samples_of_a_total_are_exactly_the_linearised_variance(replicates: object) -> None:
    frame = pairs()
    sample = made(frame, replicates)
    taylor = survey_design(frame, **DESIGN)
    assert sample.total("y")["se"][0] == pytest.approx(taylor.total("y")["se"][0], rel=1e-12)
    assert sample.total("y", "d")["se"].to_numpy() == pytest.approx(
        taylor.total("y", "d")["se"].to_numpy(), rel=1e-12
    )
    factors = factors_of(sample)
    assert factors.mean(axis=1) == pytest.approx(np.ones(12))
    assert sample.df == 6


def test_balanced_half_samples_give_each_village_nothing_or_double() -> None:
    assert set(np.unique(factors_of(made(pairs(), "BRR")))) == {0.0, 2.0}


def test_ratios_of_replicates_are_near_the_linearised_ones_and_the_bootstrap_too() -> None:
    frame = clustered_sample(21, missing=0)
    taylor = survey_design(frame, **DESIGN, fpc="N").mean("y")["se"][0]
    jackknife = made(frame, "JKn", **DESIGN, fpc="N").mean("y")["se"][0]
    bootstrap = made(frame, MadeReplicates(kind="bootstrap", count=4000, seed=1), **DESIGN, fpc="N")
    assert jackknife == pytest.approx(taylor, rel=0.1)
    assert bootstrap.mean("y")["se"][0] == pytest.approx(taylor, rel=0.1)
    assert factors_of(bootstrap).mean(axis=1) == pytest.approx(np.ones(13), abs=0.06)
    assert factors_of(bootstrap).min() >= 0
    assert bootstrap.df == 10


def test_the_bootstrap_of_a_seed_is_the_same_every_time() -> None:
    frame = clustered_sample()
    one, two = (made(frame, "bootstrap").mean("y") for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    other = made(frame, MadeReplicates(kind="bootstrap", seed=7)).mean("y")
    assert other["se"][0] != one["se"][0]


def test_given_weights_equal_the_loop_over_replicates_whether_or_not_they_contain_the_sampling_weight() -> None:
    frame = clustered_sample(8)
    rng = np.random.default_rng(0)
    factors = rng.uniform(0.5, 1.5, (len(frame), 12))
    weights = factors * frame["w"].to_numpy()[:, None]
    known = frame["y"].notna()
    full = np.average(frame["y"][known], weights=frame["w"][known])
    each = np.array([np.average(frame["y"][known], weights=weights[known, r]) for r in range(12)])
    scale, rscales = 0.3, rng.uniform(0.5, 1.5, 12)
    for mse, centre in ((False, each.mean()), (True, full)):
        variance = scale * (rscales * (each - centre) ** 2).sum()
        combined = ReplicateWeights(columns=weights, scale=scale, rscales=rscales, mse=mse)
        apart = ReplicateWeights(columns=factors, scale=scale, rscales=rscales, mse=mse, combined=False)
        for asked in (combined, apart):
            se = made(frame, asked).mean("y")["se"][0]
            assert se == pytest.approx(variance**0.5, rel=1e-12)
    named = frame.join(pd.DataFrame(weights, columns=[f"r{r}" for r in range(12)], index=frame.index))
    columns = ReplicateWeights(columns=[f"r{r}" for r in range(12)], scale=scale, rscales=rscales, mse=True)
    assert made(named, columns).mean("y")["se"][0] == pytest.approx(variance**0.5, rel=1e-12)


def test_every_estimator_works_on_replicates() -> None:
    sample = made(pairs(), "JKn")
    assert sample.proportion("q", by="d")[["ci_low", "ci_high"]].notna().all(axis=None)
    assert sample.proportion("q", method="logit")["ci_low"][0] > 0
    assert sample.difference("y", "d", 0, 1)["se"][0] > 0
    assert sample.change("y", "q")["se"][0] > 0
    assert sample.index(["y", "q"], combine="items")["se"][0] > 0
    assert 0 < sample.chisq("q", "d")["p_value"][0] < 1
    assert sample.quantile("y", 0.5)["se"][0] > 0
    assert sample.mean("y", "d", df="domain")["df"].tolist() == [6.0, 6.0]


@pytest.mark.parametrize(
    ("replicates", "design", "said"),
    [
        ("JK1", {}, "JKn cho mẫu phân tầng"),
        ("BRR", {}, "đúng hai cụm"),
        ("JK2", {}, "một trong các phương pháp"),
        (MadeReplicates(kind="bootstrap", count=1), {}, "từ 2 lần"),
        ("JKn", {"strata": "person"}, "từ hai cụm trở lên"),
        ("JKn", {"psu": "commune", "fpc": "N2", "fpc2": "M2"}, "mẫu chọn một cấp"),
        (ReplicateWeights(columns=["r1", "r2"], scale=1.0), {}, "không có cột r1"),
        (ReplicateWeights(columns=np.ones((3, 4)), scale=1.0), {}, "ma trận"),
        (ReplicateWeights(columns=["w", "y"], scale=1.0), {}, "trống hoặc âm"),
        (ReplicateWeights(columns=["w", "size"], scale=0.0), {}, "scale lớn hơn 0"),
        (ReplicateWeights(columns=["w", "size"], scale=1.0, rscales=[1, 2, 3]), {}, "3 rscales"),
    ],
)
def test_replicates_that_do_not_fit_are_refused_with_place_and_remedy(
    replicates: object, design: dict[str, str], said: str
) -> None:
    frame = clustered_sample().assign(N2=50, M2=80)
    frame.loc[0, "person"] = 99
    with pytest.raises(UnusableReplicates) as refusal:
        made(frame, replicates, **(design or DESIGN))
    assert said in str(refusal.value)
    for part in ("Cần có:", "Nhận được:", "Cách xử lý:"):
        assert part in str(refusal.value)


def test_fay_needs_a_factor_below_one() -> None:
    with pytest.raises(UnusableReplicates, match="từ 0 đến dưới 1"):
        made(pairs(), MadeReplicates(kind="Fay", rho=1.0))
