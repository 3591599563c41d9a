"""Claims about Wilson's interval and the default interval in its simple cases."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.estimate.intervals import normal_quantile, t_quantile, wilson


@pytest.mark.parametrize(
    ("satisfied", "n", "low", "high"),
    [
        (26, 31, 67.37, 92.91),  # Sở TN&MT Bà Rịa - Vũng Tàu, 2022
        (4111, 4215, 97.02, 97.96),  # TP Huế, attitude of guidance, quarter I/2019
        (4118, 4215, 97.20, 98.11),  # TP Huế, attitude of receiving
        (7588, 7725, 97.91, 98.50),  # Đà Nẵng, first half of 2014
    ],
)
def test_wilson_gives_the_limits_known_for_published_counts(
    satisfied: int, n: int, low: float, high: float
) -> None:
    limits = wilson(satisfied / n, n)
    assert round(100 * float(limits.low), 2) == low
    assert round(100 * float(limits.high), 2) == high


@given(st.integers(1, 400), st.data(), st.floats(0.5, 0.999))
def test_wilson_limits_solve_the_quadratic_they_come_from(n: int, data: st.DataObject, level: float) -> None:
    p = data.draw(st.integers(0, n)) / n
    z = normal_quantile(level)
    limits = wilson(p, n, level=level)
    assert 0 <= float(limits.low) <= p <= float(limits.high) <= 1
    for limit in (float(limits.low), float(limits.high)):
        assert math.isclose((p - limit) ** 2, z * z * limit * (1 - limit) / n, rel_tol=1e-6, abs_tol=1e-9)


def test_wilson_is_finite_and_one_sided_at_none_and_all_satisfied() -> None:
    none, everybody = wilson(0.0, 12), wilson(1.0, 12)
    assert float(none.low) == 0
    assert float(everybody.high) == 1
    assert math.isclose(float(none.high), 1 - float(everybody.low))
    assert 0 < float(none.high) < 0.3


def test_a_share_without_answers_has_no_limits() -> None:
    limits = wilson(np.nan, 0)
    assert np.isnan(limits.low)
    assert np.isnan(limits.high)


def test_quantiles_are_those_of_the_tables() -> None:
    assert math.isclose(normal_quantile(0.95), 1.959963984540054)
    assert math.isclose(float(t_quantile(0.95, 10)), 2.2281388519649385)


@pytest.mark.parametrize("level", [0.0, 1.0, -1.0, 95.0])
def test_a_level_outside_0_and_1_is_refused_with_the_remedy(level: float) -> None:
    with pytest.raises(ValueError, match=r"give 0\.95"):
        wilson(0.5, 10, level=level)
