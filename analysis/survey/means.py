"""How large is a mean, a total or a ratio, in the whole and in each domain?"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.survey.fit import Fit, fit_ratios, fit_totals
from analysis.survey.results import (
    DeffRule,
    DfRule,
    Result,
    degrees_of_freedom,
    reasons,
    refuse_lonely,
    t_limits,
)
from analysis.survey.sample import Column, Domains, Sample, domains_of, numbers
from analysis.variance import Adder

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
By = str | Sequence[str] | None


def mean(
    sample: Sample,
    y: Column,
    by: By = None,
    *,
    level: float = 0.95,
    df: DfRule = "design",
    deff: DeffRule = "without",
) -> pd.DataFrame:
    """Estimate the mean of y.

    Parameters
    ----------
    y : str or array of one number a response
        Missing (NaN) where not answered; such responses stay in the design and leave the mean.
    by : str or list of str, optional
        Domain columns; responses without a value are in no domain.
    level : float
        Confidence level in (0, 1).
    df : {"design", "domain", "answers"}
        Degrees of freedom of the interval (``analysis.survey.results.degrees_of_freedom``).
    deff : {"without", "with"}
        Simple random sample that the variance is compared with: without or with replacement.

    Returns
    -------
    DataFrame
        One row a domain in sorted order: names, estimate, se, ci_low, ci_high, df, deff, n (answers), reason.

    Raises
    ------
    UnusableColumn
        For a column that is not there or not numeric.
    DesignError
        Under lonely_psu="fail", where every domain needs a stratum with one PSU.

    References
    ----------
    Särndal, Swensson & Wretman (1992), result 5.6.2; Lumley (2010), section 2.3.

    Limits
    ------
    A standard error of 0 from one PSU or equal answers says nothing (``reason``): see ``proportion``.
    """
    values = numbers(sample, y)
    answered = ~np.isnan(values)
    return ratio_table(
        sample, np.where(answered, values, 0.0), answered.astype(float), answered, by, level=level, df=df, deff=deff
    )


def ratio(
    sample: Sample,
    numerator: Column,
    denominator: Column,
    by: By = None,
    *,
    level: float = 0.95,
    df: DfRule = "design",
    deff: DeffRule = "without",
) -> pd.DataFrame:
    """Estimate the ratio of two totals.

    Parameters
    ----------
    numerator, denominator : str or array of one number a response
        A response with either missing is left out of both.
    by, level, df, deff
        As in ``mean``.

    Returns
    -------
    DataFrame
        As in ``mean``; missing with reason ``no_answers`` where the denominators add to 0.

    Raises
    ------
    UnusableColumn
        For a column that is not there or not numeric.
    DesignError
        As in ``mean``.

    References
    ----------
    Särndal, Swensson & Wretman (1992), result 5.6.2; Woodruff (1971), JASA 66, 411–414.

    Limits
    ------
    Biased of order 1/n; poor where the denominator varies by more than a fifth of its size.
    """
    top, bottom = numbers(sample, numerator), numbers(sample, denominator)
    known = ~np.isnan(top) & ~np.isnan(bottom)
    values, counted = np.where(known, top, 0.0), np.where(known, bottom, 0.0)
    return ratio_table(sample, values, counted, known, by, level=level, df=df, deff=deff)


def total(
    sample: Sample,
    y: Column,
    by: By = None,
    *,
    level: float = 0.95,
    df: DfRule = "design",
    deff: DeffRule = "without",
) -> pd.DataFrame:
    """Estimate the total of y in the population.

    Parameters
    ----------
    y : str or array of one number a response
        Missing (NaN) where not answered: such responses add nothing.
    by, level, df, deff
        As in ``mean``.

    Returns
    -------
    DataFrame
        As in ``mean``.

    Raises
    ------
    UnusableColumn
        For a column that is not there or not numeric.
    DesignError
        As in ``mean``.

    References
    ----------
    Särndal, Swensson & Wretman (1992), result 4.3.1; Lumley (2010), section 2.2.

    Limits
    ------
    The total over those who answered, not over everybody: weights must carry any correction for non-response.
    """
    values = numbers(sample, y)
    answered = ~np.isnan(values)
    filled = np.where(answered, values, 0.0)
    domains = domains_of(sample, by)
    fit = fit_totals(sample, filled[:, None], answered, domains)
    weighed = fit_ratios(sample, filled[:, None], answered.astype(float)[:, None], answered, domains)
    srs = simple_variance(sample, filled, answered.astype(float), weighed, answered, domains, deff=deff)
    inside = answered & (domains.codes >= 0)
    size = np.bincount(domains.codes[inside], sample.design.weights[inside], minlength=domains.size)
    return fit_table(sample, fit, srs * size**2, answered, domains, level=level, df=df)


def ratio_table(
    sample: Sample,
    values: Floats,
    counted: Floats,
    rows: Bools,
    by: By,
    *,
    level: float,
    df: DfRule,
    deff: DeffRule,
) -> pd.DataFrame:
    """Return the result table of Σw·values/Σw·counted over ``rows`` (numpydoc of ``ratio``)."""
    domains = domains_of(sample, by)
    fit = fit_ratios(sample, values[:, None], counted[:, None], rows, domains)
    srs = simple_variance(sample, values, counted, fit, rows, domains, deff=deff)
    return fit_table(sample, fit, srs, rows, domains, level=level, df=df)


def fit_table(
    sample: Sample, fit: Fit, srs: Floats, rows: Bools, domains: Domains, *, level: float, df: DfRule
) -> pd.DataFrame:
    """Return the result table of a fit with one statistic; ``srs`` is its variance under simple random sampling."""
    result = fitted(sample, fit, srs, rows, domains, df=df)
    result.low, result.high = t_limits(result.estimate, result.se, result.df, level)
    return result.table(domains)


def fitted(sample: Sample, fit: Fit, srs: Floats, rows: Bools, domains: Domains, *, df: DfRule) -> Result:
    """Return estimate, standard error, degrees of freedom and design effect; limits are still missing."""
    variances = fit.variances(np.eye(1))
    inside = rows & (domains.codes >= 0)
    n = np.bincount(domains.codes[inside], minlength=domains.size).astype(float)
    estimate = fit.estimate[:, 0].copy()
    unanswered = (n == 0) | np.isnan(estimate)
    refused = refuse_lonely(sample, variances, ~unanswered)
    freedom = degrees_of_freedom(sample, domains, df, rows)
    variance = variances.corrected[:, 0].copy()
    variance[unanswered | refused] = np.nan
    if sample.design.columns.strata is not None:
        estimate[refused] = np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        effect = variance / srs
    missing = np.full(domains.size, np.nan)
    why = reasons(
        unanswered=unanswered,
        lonely=refused & (sample.design.columns.strata is not None),
        one_psu=_one_psu(sample, domains, rows),
        no_variation=~(variance > 0),
    )
    se = np.sqrt(variance)
    return Result(
        estimate=estimate, se=se, low=missing, high=missing, df=freedom, deff=effect, n=n, reason=why
    )


def _one_psu(sample: Sample, domains: Domains, rows: Bools) -> Bools:
    if sample.replicates is not None:
        return np.zeros(domains.size, dtype=bool)
    return np.asarray(degrees_of_freedom(sample, domains, "answers", rows) < 1)


def simple_variance(
    sample: Sample,
    values: Floats,
    counted: Floats,
    fit: Fit,
    rows: Bools,
    domains: Domains,
    *,
    deff: DeffRule,
) -> Floats:
    """Return the variance of each domain's ratio if its n responses were a simple random sample.

    Parameters
    ----------
    sample : Sample
        The sample.
    values, counted : ndarray, shape (responses,)
        Numerator and denominator.
    fit : Fit
        The ratios.
    rows : ndarray of bool
        Responses that count.
    domains : Domains
        The domains.
    deff : {"without", "with"}
        Without replacement: times 1 - n/N with N the sum of the weights, where weights or an FPC were given.

    Returns
    -------
    ndarray
        (1 - n/N)·s²/n over the squared mean denominator; s² with n/(n - 1), NaN where n is 1.

    Raises
    ------
    ValueError
        For an unknown kind of sample.

    References
    ----------
    Kish (1965), Survey Sampling, section 8.2.

    Limits
    ------
    With unequal weights the population variance is itself estimated.
    """
    if deff not in {"without", "with"}:
        message = f"deff: expected without or with (replacement), got {deff!r}; choose one of them"
        raise ValueError(message)
    inside = rows & (domains.codes >= 0)
    codes, w = domains.codes[inside], sample.design.weights[inside]
    add = Adder(codes, domains.size)
    u = values[inside] - fit.estimate[codes, 0] * counted[inside]
    n = add.count()
    sums = add(np.column_stack([w, w * counted[inside], w * u**2]))
    size, bottom, squares = sums[:, 0], sums[:, 1], sums[:, 2]
    columns = sample.design.columns
    known = columns.weights is not None or columns.fpc is not None or sample.calibration is not None
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = squares / size / (n - 1) * (size / bottom) ** 2
        return np.asarray(variance * (1 - n / size) if known and deff == "without" else variance, dtype=float)
