"""Claims about calibration: known totals are reproduced, and the standard error knows of it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from analysis import Survey, survey_design
from analysis.survey.calibration import UnusableTotals
from tests.analysis.survey.loops import clustered_sample, one_stage

DESIGN: dict[str, Any] = {"strata": "stratum", "psu": "village", "weights": "w", "nest": True}
BY_STRATUM: dict[object, float] = {"a": 90.0, "b": 60.0, "c": 40.0}
BY_SIDE: dict[object, float] = {"left": 120.0, "right": 70.0}


Array = npt.NDArray[Any]


def frame(seed: int = 4) -> pd.DataFrame:
    data = clustered_sample(seed)
    return data.assign(side=np.where(data["size"] > 4, "right", "left"), z=data["size"] + data["person"])


def sample() -> Survey:
    return survey_design(frame(), **DESIGN)


def residual_se(calibrated: Survey, x: Array, base: Array, inside: Array) -> float:
    """Return the standard error of the mean of y by a regression done row by row."""
    data, w = calibrated.frame, calibrated.design.weights
    known = data["y"].notna().to_numpy() & inside
    y = data["y"].fillna(0).to_numpy()
    size = w[known].sum()
    u = np.where(known, (y - (w * y)[known].sum() / size) / size, 0.0)
    root = np.sqrt(base)
    slope = np.linalg.lstsq(x * root[:, None], u * root, rcond=None)[0]
    return float(one_stage(data, (w * (u - x @ slope)).tolist()) ** 0.5)


@pytest.mark.parametrize("domain", [None, "a0", "b1"])
def test_the_standard_error_after_calibration_is_that_of_residuals(domain: str | None) -> None:
    data, base = frame(), frame()["w"].to_numpy()
    side = pd.get_dummies(data["side"]).to_numpy(dtype=float)
    both = np.column_stack([pd.get_dummies(data["stratum"]).to_numpy(dtype=float), side])
    inside = np.ones(len(data), dtype=bool) if domain is None else (data["commune"] == domain).to_numpy()
    ones = np.ones(len(data))
    cases: list[tuple[Survey, Array, Array]] = [
        (sample().poststratify("side", BY_SIDE), side, base),
        (sample().rake({"stratum": BY_STRATUM, "side": BY_SIDE}), both, ones),
        (sample().calibrate({"side": BY_SIDE, "z": 900.0}), np.column_stack([side, data["z"]]), base),
    ]
    for calibrated, x, weights in cases:
        table = calibrated.mean("y") if domain is None else calibrated.mean("y", "commune").set_index("commune")
        se = table["se"][0] if domain is None else table["se"][domain]
        assert se == pytest.approx(residual_se(calibrated, x, weights, inside), rel=1e-9)


def test_known_totals_are_reproduced_and_have_no_standard_error() -> None:
    cases = [
        sample().poststratify("side", BY_SIDE),
        sample().rake({"stratum": BY_STRATUM, "side": BY_SIDE}),
        sample().calibrate({"side": BY_SIDE, "z": 900.0}),
        sample().calibrate({"side": BY_SIDE, "z": 900.0}, bounds=(0.3, 4)),
        sample().calibrate({"z": 900.0}, population=190.0),
    ]
    for number, calibrated in enumerate(cases):
        ones = np.ones(len(calibrated.frame))
        assert calibrated.total(ones)["estimate"][0] == pytest.approx(190, rel=1e-8)
        assert calibrated.total(ones)["se"][0] == pytest.approx(0, abs=1e-6)
        if number < 4:
            assert calibrated.total(ones, "side")["estimate"].tolist() == pytest.approx([120, 70], rel=1e-8)
        if number >= 2:
            assert calibrated.total("z")["estimate"][0] == pytest.approx(900, rel=1e-8)
            assert calibrated.total("z")["se"][0] == pytest.approx(0, abs=1e-6)


def test_bounds_hold_the_factor_of_every_weight() -> None:
    calibrated = sample().calibrate({"side": BY_SIDE, "z": 900.0}, bounds=(0.3, 4))
    factors = calibrated.design.weights / frame()["w"].to_numpy()
    assert factors.min() > 0.3
    assert factors.max() < 4


def test_post_strata_of_two_columns_are_named_by_pairs() -> None:
    totals: dict[object, float] = {(h, s): 30.0 for h in "abc" for s in ("left", "right")}
    calibrated = sample().poststratify(["stratum", "side"], totals)
    table = calibrated.total(np.ones(len(calibrated.frame)), ["stratum", "side"])
    assert table["estimate"].tolist() == pytest.approx([30.0] * 6)


def test_the_summary_of_the_weights_shows_what_calibration_cost() -> None:
    before, after = (s.weight_summary().iloc[0] for s in (sample(), sample().poststratify("side", BY_SIDE)))
    w = frame()["w"]
    assert before["deff"] == pytest.approx(len(w) * (w**2).sum() / w.sum() ** 2)
    assert after["sum"] == pytest.approx(190)


def test_the_default_interval_works_on_calibrated_weights() -> None:
    table = sample().poststratify("side", BY_SIDE).proportion("q", by="commune")
    assert table[["ci_low", "ci_high"]].notna().all(axis=None)
    assert (table["ci_low"] <= table["estimate"]).all()
    assert (table["estimate"] <= table["ci_high"]).all()


@pytest.mark.parametrize(
    ("calibrate", "said"),
    [
        (lambda s: s.poststratify("side", {"left": 1.0}), "chỉ ở một bên|chỉ có ở một bên"),
        (lambda s: s.poststratify("side", {"left": 1.0, "right": 0.0}), "lớn hơn 0"),
        (lambda s: s.poststratify("side", BY_SIDE | {"up": 3.0}), "up"),
        (lambda s: s.poststratify("y", {}), "ô trống"),
        (lambda s: s.rake({"stratum": BY_STRATUM, "side": {"left": 1.0, "right": 2.0}}), "cùng một tổng"),
        (lambda s: s.rake({"stratum": BY_STRATUM, "side": BY_SIDE}, max_iterations=1), "1 vòng lặp"),
        (lambda s: s.calibrate({"y": 900.0}), "ô trống"),
        (lambda s: s.calibrate({}), "ít nhất một cột"),
        (lambda s: s.calibrate({"side": BY_SIDE}, population=100.0), "population: 100"),
        (lambda s: s.calibrate({"side": BY_SIDE}, bounds=(1.2, 2)), "hai phía của 1"),
        (lambda s: s.calibrate({"side": BY_SIDE, "z": 1e6}, bounds=(0.5, 2)), "sai lệch"),
        (lambda s: s.poststratify("side", BY_SIDE).rake({"side": BY_SIDE}), "đã hiệu chỉnh"),
    ],
)
def test_totals_that_do_not_fit_are_refused_with_place_and_remedy(
    calibrate: Callable[[Survey], Survey], said: str
) -> None:
    with pytest.raises(UnusableTotals, match=said) as refusal:
        calibrate(sample())
    for part in ("Cần có:", "Nhận được:", "Cách xử lý:"):
        assert part in str(refusal.value)
