"""How high is an index of several items? Three ways to combine them, each with the standard error it deserves."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.survey.fit import Fit, fit_ratios
from analysis.survey.means import By, ratio_table
from analysis.survey.results import DfRule, Result, degrees_of_freedom, reasons, refuse_lonely, t_limits
from analysis.survey.sample import Column, Domains, Sample, UnusableColumn, domains_of, numbers
from analysis.variance import Variances

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Combine = Literal["pooled", "respondent", "items"]
EmptyItem = Literal["missing", "renormalise"]


def index(
    sample: Sample,
    items: Sequence[Column],
    by: By = None,
    *,
    weights: Sequence[float] | None = None,
    combine: Combine = "pooled",
    empty: EmptyItem = "missing",
    level: float = 0.95,
    df: DfRule = "design",
) -> pd.DataFrame:
    """Estimate an index of several items on one scale.

    Parameters
    ----------
    items : list of str or of arrays
        One number a response each, missing (NaN) where not answered.
    by : str or list of str, optional
        Domain columns.
    weights : list of float, optional
        Importance of the items, not negative; only their proportions count. Equal without.
    combine : {"pooled", "respondent", "items"}
        ``pooled``: sum of all answers over their number (equals ``ratio``). ``respondent``: mean over a person's
        answered items, then the mean over persons. ``items``: mean of the items' means, each with its own
        denominator, standard error from their joint covariance. Equal where nothing is missing.
    empty : {"missing", "renormalise"}
        Only for ``items``, where a domain has no answer to an item: no index, or the mean of the other items.
    level, df
        As in ``mean``.

    Returns
    -------
    DataFrame
        As in ``mean``, on the scale of the items; n counts persons with an answer to any item. Reason
        ``item_without_answers`` where an item is empty (with ``renormalise`` beside the number).

    Raises
    ------
    UnusableColumn
        For a column that is not there or not numeric, no items, or weights that do not fit the items.
    DesignError
        Under lonely_psu="fail", where every domain needs a stratum with one PSU.

    References
    ----------
    Särndal, Swensson & Wretman (1992), section 5.6; Woodruff (1971), JASA 66, 411–414.

    Limits
    ------
    The three definitions differ with missing answers: never compare an index of one with that of another.
    """
    if combine not in {"pooled", "respondent", "items"}:
        message = f"combine: expected pooled, respondent or items, got {combine!r}; choose one of them"
        raise ValueError(message)
    values = np.column_stack([numbers(sample, item) for item in _some(items)])
    importance = _importance(weights, values.shape[1])
    answered = ~np.isnan(values)
    filled = np.where(answered, values, 0.0)
    any_answer = answered.any(axis=1)
    if combine == "items":
        domains = domains_of(sample, by)
        fit = fit_ratios(sample, filled, answered.astype(float), any_answer, domains)
        renormalise = empty == "renormalise"
        found = _mean_of_items(sample, fit, importance, any_answer, domains, renormalise=renormalise, df=df)
        found.low, found.high = t_limits(found.estimate, found.se, found.df, level)
        return found.table(domains)
    top, bottom = filled @ importance, answered @ importance
    rows = bottom > 0
    if combine == "respondent":
        top, bottom = np.where(rows, top / np.where(rows, bottom, 1.0), 0.0), rows.astype(float)
    return ratio_table(sample, top, bottom, rows, by, level=level, df=df, deff="without")


def _some(items: Sequence[Column]) -> Sequence[Column]:
    if isinstance(items, str) or not len(items):
        raise UnusableColumn(
            "Tham số items",
            expected="danh sách từ một cột trở lên",
            got=repr(items),
            remedy='truyền danh sách cột, ví dụ ["A1", "A2"]',
        )
    return items


def _importance(weights: Sequence[float] | None, n: int) -> Floats:
    found = np.ones(n) if weights is None else np.asarray(weights, dtype=float)
    if found.shape != (n,) or not (np.isfinite(found) & (found >= 0)).all() or not found.sum() > 0:
        raise UnusableColumn(
            "Tham số weights",
            expected=f"{n} số không âm, mỗi tiêu chí một trọng số, không phải tất cả bằng 0",
            got=repr(weights),
            remedy="sửa trọng số, hoặc bỏ tham số để các tiêu chí quan trọng như nhau",
        )
    return found / found.sum()


def _mean_of_items(
    sample: Sample,
    fit: Fit,
    importance: Floats,
    rows: Bools,
    domains: Domains,
    *,
    renormalise: bool,
    df: DfRule,
) -> Result:
    """Return the weighted mean of the statistics of a fit, over those that a domain has."""
    answered = ~np.isnan(fit.estimate)
    patterns, pattern = np.unique(answered, axis=0, return_inverse=True)
    share = patterns * importance
    with np.errstate(divide="ignore", invalid="ignore"):
        contrast = np.nan_to_num(share / share.sum(axis=1, keepdims=True), nan=0.0).T
    every = Variances(*fit.variances(contrast))
    at = (np.arange(domains.size), pattern.reshape(-1))
    # An item of no importance may be empty.
    gap = (~answered & (importance > 0)).any(axis=1)
    unanswered = ~(answered & (importance > 0)).any(axis=1)
    refused = refuse_lonely(sample, every, ~unanswered)
    known = ~unanswered & ~(gap & (not renormalise))
    lonely = refused & (sample.design.columns.strata is not None)
    estimate = np.where(known & ~lonely, (np.nan_to_num(fit.estimate) @ contrast)[at], np.nan)
    variance = np.where(known & ~refused, every.corrected[at], np.nan)
    inside = rows & (domains.codes >= 0)
    missing = np.full(domains.size, np.nan)
    quiet = np.zeros(domains.size, dtype=bool)
    why = reasons(unanswered=unanswered, lonely=lonely, one_psu=quiet, no_variation=known & ~(variance > 0))
    return Result(
        estimate=estimate,
        se=np.sqrt(variance),
        low=missing,
        high=missing,
        df=degrees_of_freedom(sample, domains, df, rows),
        deff=missing,
        n=np.bincount(domains.codes[inside], minlength=domains.size).astype(float),
        reason=np.where(gap & ~unanswered & ~lonely, "item_without_answers", why),
    )
