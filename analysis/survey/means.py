"""How large is a mean, a total or a ratio? Estimates of the whole sample and of each domain."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.estimate.variance import Adder
from analysis.survey.fit import Fit, fit
from analysis.survey.results import (
    DeffRule,
    DfRule,
    Result,
    degrees_of_freedom,
    reasons,
    refuse_lonely,
    t_limits,
)
from analysis.survey.sample import Column, Domains, Sample, Wanted, domains_of, numbers

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
    counted = answered.astype(float)[:, None]
    wanted = Wanted(np.where(answered, values, 0.0)[:, None], counted, answered, domains_of(sample, by))
    return ratio_table(sample, wanted, level=level, df=df, deff=deff)


def ratio(
    sample: Sample,
    numerator: Column,
    denominator: Column,
    by: By = None,
    *,
    level: float = 0.95,
    df: DfRule = "design",
) -> pd.DataFrame:
    """Estimate the ratio of two totals.

    Parameters
    ----------
    numerator, denominator : str or array of one number a response
        A response with either missing is left out of both.
    by, level, df
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
    values, counted = np.where(known, top, 0.0)[:, None], np.where(known, bottom, 0.0)[:, None]
    wanted = Wanted(values, counted, known, domains_of(sample, by))
    return ratio_table(sample, wanted, level=level, df=df)


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
    filled = np.where(answered, values, 0.0)[:, None]
    wanted = Wanted(filled, None, answered, domains_of(sample, by))
    mean_wanted = replace(wanted, denominator=answered.astype(float)[:, None])
    srs = simple_variance(sample, mean_wanted, fit(sample, mean_wanted), deff=deff)
    codes, size = wanted.domains.codes[wanted.inside], wanted.domains.size
    weight = np.bincount(codes, sample.design.weights[wanted.inside], minlength=size)
    return _table(sample, wanted, fit(sample, wanted), srs=srs * weight**2, level=level, df=df)


def ratio_table(
    sample: Sample, wanted: Wanted, *, level: float, df: DfRule = "design", deff: DeffRule = "without"
) -> pd.DataFrame:
    """Return the result table of one ratio by domain.

    Parameters
    ----------
    sample : Sample
        The sample.
    wanted : Wanted
        One statistic with its denominator.
    level, df, deff
        As in ``mean``.

    Returns
    -------
    DataFrame
        As in ``mean``.

    Raises
    ------
    DesignError
        As in ``mean``.

    References
    ----------
    Särndal, Swensson & Wretman (1992), result 5.6.2.

    Limits
    ------
    As in ``ratio``.
    """
    found = fit(sample, wanted)
    srs = simple_variance(sample, wanted, found, deff=deff)
    return _table(sample, wanted, found, srs=srs, level=level, df=df)


def _table(sample: Sample, wanted: Wanted, found: Fit, *, srs: Floats, level: float, df: DfRule) -> pd.DataFrame:
    result = fitted(sample, wanted, found, srs=srs, df=df)
    result.low, result.high = t_limits(result.estimate, result.se, result.df, level)
    return result.table(wanted.domains)


def fitted(sample: Sample, wanted: Wanted, found: Fit, *, srs: Floats, df: DfRule) -> Result:
    """Return everything of a result but its limits.

    Parameters
    ----------
    sample : Sample
        The sample.
    wanted : Wanted
        One statistic by domain.
    found : Fit
        Its estimates.
    srs : ndarray
        Variance of each domain's estimate under simple random sampling.
    df : {"design", "domain", "answers"}
        As in ``mean``.

    Returns
    -------
    Result
        Estimate, standard error, degrees of freedom, design effect, n and reason of each domain.

    Raises
    ------
    DesignError
        As in ``mean``.

    References
    ----------
    Kish (1965), section 8.2 (design effect).

    Limits
    ------
    The reason names one fact only, the gravest.
    """
    variances = found.variances(np.eye(1))
    domains, rows, n = wanted.domains, wanted.rows, wanted.n
    estimate = found.estimate[:, 0].copy()
    unanswered = (n == 0) | np.isnan(estimate)
    refused = refuse_lonely(sample, variances, ~unanswered)
    variance = np.where(unanswered | refused, np.nan, variances.corrected[:, 0])
    lonely = refused & sample.design.declared
    with np.errstate(divide="ignore", invalid="ignore"):
        effect = variance / srs
    missing = np.full(domains.size, np.nan)
    return Result(
        estimate=np.where(unanswered | lonely, np.nan, estimate),
        se=np.sqrt(variance),
        low=missing,
        high=missing,
        df=degrees_of_freedom(sample, domains, df, rows),
        deff=effect,
        n=n,
        reason=reasons(
            unanswered=unanswered,
            lonely=lonely,
            one_psu=_one_psu(sample, domains, rows),
            no_variation=~(variance > 0),
        ),
    )


def _one_psu(sample: Sample, domains: Domains, rows: Bools) -> Bools:
    if sample.replicates is not None:
        return np.zeros(domains.size, dtype=bool)
    return np.asarray(degrees_of_freedom(sample, domains, "answers", rows) < 1)


def simple_variance(sample: Sample, wanted: Wanted, found: Fit, *, deff: DeffRule = "without") -> Floats:
    """Return the variance of each domain's ratio if its n responses were a simple random sample.

    Parameters
    ----------
    sample : Sample
        The sample.
    wanted : Wanted
        One statistic with its denominator.
    found : Fit
        The ratios.
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
    inside, domains = wanted.inside, wanted.domains
    codes, w = domains.codes[inside], sample.design.weights[inside]
    counted = np.ones(len(w)) if wanted.denominator is None else wanted.denominator[inside, 0]
    add = Adder(codes, domains.size)
    u = wanted.numerator[inside, 0] - found.estimate[codes, 0] * counted
    n = add.count()
    sums = add(np.column_stack([w, w * counted, w * u**2]))
    size, bottom, squares = sums[:, 0], sums[:, 1], sums[:, 2]
    columns = sample.design.columns
    known = columns.weights is not None or columns.fpc is not None or sample.calibration is not None
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = squares / size / (n - 1) * (size / bottom) ** 2
        return np.asarray(variance * (1 - n / size) if known and deff == "without" else variance, dtype=float)
