"""Below which value does a given part of the population lie? Quantiles and their intervals."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.estimate.intervals import t_quantile
from analysis.survey.fit import fit
from analysis.survey.results import Result, reasons, refuse_lonely
from analysis.survey.sample import Column, Domains, Sample, Wanted, numbers

Floats = npt.NDArray[np.float64]

TIE = 1e-12
"""Sums of weights this close to p are p: which value is the median must not depend on rounding."""


def quantile(sample: Sample, y: Column, p: float | Sequence[float], *, level: float = 0.95) -> pd.DataFrame:
    """Estimate quantiles of y.

    Parameters
    ----------
    y : str or array of one number a response
        Missing (NaN) where not answered.
    p : float or list of float
        Parts of the population in (0, 1); 0.5 for the median.
    level : float
        Confidence level in (0, 1).

    Returns
    -------
    DataFrame
        One row a quantile: p, estimate (the least value whose share of the population at or below it reaches p),
        se (length of the interval over 2t), ci_low, ci_high, df, deff (missing), n (answers), reason.

    Raises
    ------
    UnusableColumn
        For a column that is not there or not numeric.
    ValueError
        For p outside (0, 1).
    DesignError
        Under lonely_psu="fail", where a stratum with one PSU is needed.

    References
    ----------
    Woodruff (1952), JASA 47, 635–646; Francisco & Fuller (1991), Annals of Statistics 19, 454–469.

    Limits
    ------
    On a scale of few points a quantile moves in jumps: use ``proportion``. Poor in the tails of small samples.
    """
    parts = np.atleast_1d(np.asarray(p, dtype=float))
    if not ((parts > 0) & (parts < 1)).all():
        message = f"p: expected numbers between 0 and 1, got {p!r}; give 0.5 for the median"
        raise ValueError(message)
    values = numbers(sample, y)
    answered = ~np.isnan(values)
    whole = Domains(np.zeros(len(values), dtype=np.int64), {"p": parts}, 1)
    nowhere = np.full(len(parts), np.nan)
    estimate, low, high, variance = nowhere.copy(), nowhere.copy(), nowhere.copy(), nowhere.copy()
    half = float(t_quantile(level, sample.df if sample.df > 0 else np.nan))
    if answered.any():
        invert = _Inverse(values[answered], sample.design.weights[answered])
        estimate = invert(parts)
        below = np.where(answered[:, None], values[:, None] <= estimate[None, :], 0.0)
        counted = np.repeat(answered[:, None].astype(float), len(parts), axis=1)
        found = fit(sample, Wanted(below, counted, answered, whole))
        variances = found.variances(np.eye(len(parts)))
        refuse_lonely(sample, variances, np.ones(1, dtype=bool))
        variance = variances.corrected[0]
        reach = half * np.sqrt(variance)
        low, high = invert(found.estimate[0] - reach), invert(found.estimate[0] + reach)
    quiet = np.zeros(len(parts), dtype=bool)
    result = Result(
        estimate=estimate,
        se=(high - low) / (2 * half),
        low=low,
        high=high,
        df=np.full(len(parts), sample.df),
        deff=nowhere,
        n=np.full(len(parts), float(answered.sum())),
        reason=reasons(
            unanswered=np.isnan(estimate), lonely=quiet, one_psu=quiet, no_variation=np.asarray(variance == 0)
        ),
    )
    return result.table(Domains(whole.codes, whole.names, len(parts)))


class _Inverse:
    """The inverse of the weighted distribution function: the least value at which it reaches a share."""

    def __init__(self, values: Floats, weights: Floats) -> None:
        order = np.argsort(values, kind="stable")
        self.values = values[order]
        self.reached = np.cumsum(weights[order])
        self.reached /= self.reached[-1]

    def __call__(self, share: Floats) -> Floats:
        """Return the values; NaN for a share that is missing, below 0 or above 1."""
        at = np.searchsorted(self.reached, share - TIE, side="left")
        inside = (share > 0) & (share <= 1 + TIE)
        return np.where(inside, self.values[np.minimum(at, len(self.values) - 1)], np.nan)
