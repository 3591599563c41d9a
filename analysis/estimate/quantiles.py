"""How far out lie 95 % of a bell curve? Quantiles of the normal and of t, without loading scipy for them."""

import math
from functools import cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_LEAST_DF = 4.0
_MOST_SHARE = 0.998
_NODES = 48
_STEPS = 8
_DEGREE = 12


def ndtri(share: float) -> float:
    """Return the standard normal quantile.

    Parameters
    ----------
    share : float
        Probability in (0, 1).

    Returns
    -------
    float
        z with P(Z < z) = share.

    Raises
    ------
    StatisticsError
        If ``share`` is outside (0, 1).

    References
    ----------
    Wichura (1988), Applied Statistics 37, algorithm AS 241.

    Limits
    ------
    None.
    """
    return NormalDist().inv_cdf(share)


def stdtrit(df: Floats, share: float) -> Floats:
    """Return quantiles of Student's t above its middle.

    Parameters
    ----------
    df : ndarray
        Degrees of freedom; NaN where there are none.
    share : float
        Probability in [0.5, 1).

    Returns
    -------
    ndarray
        Of the shape of ``df``; NaN where ``df`` is not positive.

    Raises
    ------
    ValueError
        Never.

    References
    ----------
    Hill (1970), Communications of the ACM 13, algorithm 396 (the first guess); Abramowitz & Stegun (1964), 26.7;
    Trefethen (2013), Approximation Theory and Approximation Practice, chapter 8 (the series).

    Limits
    ------
    Below 4 degrees of freedom, below the middle and beyond 0.998 scipy is asked: the tail is too long to add up.
    """
    known = np.isfinite(df)
    if not 0.5 <= share <= _MOST_SHARE or (known & (df < _LEAST_DF)).any():
        from scipy.special import stdtrit as of_scipy  # noqa: PLC0415  # half a second, and hardly ever needed

        return np.asarray(of_scipy(df, share), dtype=float)
    # 1/df from 0 to 1/4, on the scale of the polynomial
    at = 2 * _LEAST_DF / np.where(known, df, 1.0) - 1
    return np.where(known, np.polynomial.chebyshev.chebval(at, _series(share)), np.nan)


@cache
def _series(share: float) -> Floats:
    """Return Chebyshev's coefficients of the quantile in 1/df: degrees of freedom come in thousands of values."""
    at = np.polynomial.chebyshev.chebpts1(_DEGREE + 1)
    found = np.polynomial.chebyshev.chebfit(at, _by_newton(2 * _LEAST_DF / (at + 1), share), _DEGREE)
    return np.asarray(found, dtype=float)


def _by_newton(df: Floats, share: float) -> Floats:
    """Solve P(0 < T < t) = share - 1/2, adding up the density between 0 and t by Gauss's rule."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    nodes, weights = (nodes + 1) / 2, weights / 2
    z = ndtri(share)
    t = z + (z**3 + z) / (4 * df)
    height = _height(df)
    for _ in range(_STEPS):
        at = t[:, None] * nodes
        density = height[:, None] * np.exp(-(df[:, None] + 1) / 2 * np.log1p(at * at / df[:, None]))
        slope = height * np.exp(-(df + 1) / 2 * np.log1p(t * t / df))
        t = t - (t * (density @ weights) - (share - 0.5)) / slope
    return np.asarray(t, dtype=float)


def _height(df: Floats) -> Floats:
    """Return the density of t at 0, Γ((df + 1)/2) / (√(df·π)·Γ(df/2))."""
    half = df / 2
    # the quotient of the two Γ: by its series where their logarithms would lose digits
    far = np.sqrt(half) * np.exp(
        -1 / (8 * half) + 1 / (192 * half**3) - 1 / (640 * half**5) + 17 / (14336 * half**7)
    )
    near = [math.exp(math.lgamma(min(a, 60.0) + 0.5) - math.lgamma(min(a, 60.0))) for a in half.tolist()]
    return np.asarray(np.where(half > 20, far, near) / np.sqrt(df * math.pi), dtype=float)
