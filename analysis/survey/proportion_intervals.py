"""Between which limits does a share lie by the published methods? Those of R's survey package, under its names."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, expit, logit

from analysis.estimate.intervals import Limits, t_quantile, wilson_limits

Floats = npt.NDArray[np.float64]

NORMAL_END = 8.2923
"""From this quantile on, 1 - 2Φ(-q) is 1 in double precision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Shares with their variance, degrees of freedom and numbers of answers; all arrays over domains."""

    p: Floats
    variance: Floats
    df: Floats
    n: Floats
    level: float

    @property
    def quantile(self) -> Floats:
        """Two-sided t quantile, NaN where df is not positive."""
        return t_quantile(self.level, np.where(self.df > 0, self.df, np.nan))

    @property
    def effective_n(self) -> Floats:
        """p(1 - p)/v, NaN where the variance is 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.variance > 0, self.p * (1 - self.p) / self.variance, np.nan)


def wald(share: Share) -> Limits:
    """Return p ± t(df)·se.

    Parameters
    ----------
    share : Share
        Estimates on [0, 1].

    Returns
    -------
    Limits
        May leave [0, 1]; NaN where df is 0.

    Raises
    ------
    ValueError
        For a level outside (0, 1).

    References
    ----------
    Wald (1943); Korn & Graubard (1999), section 3.2.

    Limits
    ------
    Covers too rarely near 0 and 100 % and in small units: 53 % at worst where 95 % is promised.
    """
    half = share.quantile * np.sqrt(share.variance)
    return Limits(share.p - half, share.p + half)


def xlogit(share: Share, logit_variance: Floats | None = None) -> Limits:
    """Return the limits on the logit scale, put back on [0, 1].

    Parameters
    ----------
    share : Share
        Estimates on [0, 1].
    logit_variance : ndarray, optional
        Variance of logit(p) where it is known otherwise (replicates), else v/(p(1 - p))².

    Returns
    -------
    Limits
        NaN at 0 and 100 %.

    Raises
    ------
    ValueError
        For a level outside (0, 1).

    References
    ----------
    Korn & Graubard (1999), formula 3.2-2.

    Limits
    ------
    Undefined at 0 and 100 %; too narrow with few PSUs.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        inner = (share.p > 0) & (share.p < 1)
        centre = np.where(inner, logit(share.p), np.nan)
        spread = share.variance / (share.p * (1 - share.p)) ** 2 if logit_variance is None else logit_variance
        half = share.quantile * np.sqrt(spread)
    return Limits(expit(centre - half), expit(centre + half))


def logit_model(share: Share, logit_variance: Floats | None = None) -> Limits:
    """Return the limits of the intercept of a logistic regression, put back on [0, 1] (R's ``logit``).

    Parameters
    ----------
    share, logit_variance
        As in ``xlogit``.

    Returns
    -------
    Limits
        Those of ``xlogit``; where t(df) is above 8.29 (one degree of freedom at 95 %) 0 and missing, as in R.

    Raises
    ------
    ValueError
        For a level outside (0, 1).

    References
    ----------
    Lumley (2010), section 2.3 and chapter 6.

    Limits
    ------
    R takes the quantile by way of the normal distribution, which ends there: prefer ``xlogit``.
    """
    limits = xlogit(share, logit_variance)
    beyond = (share.quantile > NORMAL_END) & ~np.isnan(limits.low)
    return Limits(np.where(beyond, 0.0, limits.low), np.where(beyond, np.nan, limits.high))


def arcsine(share: Share) -> Limits:
    """Return the limits on the scale arcsin √p, put back on [0, 1].

    Parameters
    ----------
    share : Share
        Estimates on [0, 1].

    Returns
    -------
    Limits
        NaN where the variance is 0.

    Raises
    ------
    ValueError
        For a level outside (0, 1).

    References
    ----------
    Anscombe (1948), Biometrika 35, 246–254 (the scale); Korn & Graubard (1998), section 2.

    Limits
    ------
    Not monotone where the limits leave [0, π/2], with very few effective answers; undefined at 0 and 100 %.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        half = share.quantile * np.sqrt(share.variance / (4 * share.p * (1 - share.p)))
        centre = np.arcsin(np.sqrt(np.clip(share.p, 0, 1)))
    return Limits(np.sin(centre - half) ** 2, np.sin(centre + half) ** 2)


def wilson_design(share: Share) -> Limits:
    """Return Wilson's limits with the effective number of answers and t(df).

    Parameters
    ----------
    share : Share
        Estimates on [0, 1].

    Returns
    -------
    Limits
        NaN where the variance is 0.

    Raises
    ------
    ValueError
        For a level outside (0, 1).

    References
    ----------
    Wilson (1927), JASA 22, 209–212; Kott (2017), Survey Methodology 43-2.

    Limits
    ------
    Undefined at 0 and 100 %, erratic where the design effect comes from few PSUs: see ``modified_wilson``.
    """
    unknown = np.isnan(share.effective_n)
    limits = wilson_limits(share.p, share.effective_n, share.quantile)
    return Limits(np.where(unknown, np.nan, limits.low), np.where(unknown, np.nan, limits.high))


def korn_graubard(share: Share, *, truncate: bool = False) -> Limits:
    """Return the exact binomial limits for the effective number of answers (R's ``beta``).

    Parameters
    ----------
    share : Share
        Estimates on [0, 1].
    truncate : bool
        Whether the effective number of answers is at most the number of answers (the NCHS standard).

    Returns
    -------
    Limits
        NaN where the variance is 0, unless ``truncate`` takes the number of answers there.

    Raises
    ------
    ValueError
        For a level outside (0, 1).

    References
    ----------
    Korn & Graubard (1998), Survey Methodology 24, 193–201, with n(p̂)·(t(n - 1)/t(df))²; Clopper & Pearson (1934).

    Limits
    ------
    Wide for few answers by construction; the design effect of a small unit is itself poorly known.
    """
    known = np.where(share.n > 1, share.n - 1, np.nan)
    n = share.effective_n * (t_quantile(share.level, known) / share.quantile) ** 2
    if truncate:
        n = np.where(share.variance > 0, np.minimum(n, share.n), share.n)
    tail = (1 - share.level) / 2
    good, bad = n * share.p, n * (1 - share.p)
    # Beta quantiles with a parameter 0 are the bounds themselves.
    low = np.where(good == 0, 0.0, betaincinv(np.where(good == 0, 1.0, good), bad + 1, tail))
    high = np.where(bad == 0, 1.0, betaincinv(good + 1, np.where(bad == 0, 1.0, bad), 1 - tail))
    return Limits(np.where(np.isnan(n), np.nan, low), np.where(np.isnan(n), np.nan, high))
