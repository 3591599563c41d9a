"""How high is an index of several items? Three ways to combine them, each with the standard error it deserves."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.survey.fit import fit
from analysis.survey.means import By, ratio_table
from analysis.survey.results import Result, reasons, refuse_lonely, t_limits
from analysis.survey.sample import Column, Sample, UnusableColumn, Wanted, domains_of, numbers

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Combine = Literal["pooled", "respondent", "items", "items-renormalised"]
COMBINATIONS = ("pooled", "respondent", "items", "items-renormalised")


def index(
    sample: Sample,
    items: Sequence[Column],
    by: By = None,
    *,
    weights: Sequence[float] | None = None,
    combine: Combine = "pooled",
    level: float = 0.95,
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
    combine : {"pooled", "respondent", "items", "items-renormalised"}
        ``pooled``: sum of all answers over their number (equals ``ratio``). ``respondent``: mean over a person's
        answered items, then the mean over persons. ``items``: mean of the items' means, each with its own
        denominator, standard error from their joint covariance. Equal where nothing is missing. Where a domain has
        no answer to an item, ``items`` gives no index, ``items-renormalised`` the mean of the others.
    level : float
        Confidence level in (0, 1).

    Returns
    -------
    DataFrame
        As in ``mean``, on the scale of the items; n counts persons with an answer to any item. Reason
        ``item_without_answers`` where an item is empty (``items-renormalised``: beside the number).

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
    if combine not in COMBINATIONS:
        message = f"combine: expected one of {', '.join(COMBINATIONS)}, got {combine!r}; choose one of them"
        raise ValueError(message)
    values = np.column_stack([numbers(sample, item) for item in _some(items)])
    importance = _importance(weights, values.shape[1])
    answered = ~np.isnan(values)
    filled = np.where(answered, values, 0.0)
    domains = domains_of(sample, by)
    if combine.startswith("items"):
        wanted = Wanted(filled, answered.astype(float), np.asarray(answered.any(axis=1)), domains)
        found = _mean_of_items(sample, wanted, importance, renormalise=combine == "items-renormalised")
        found.low, found.high = t_limits(found.estimate, found.se, found.df, level)
        return found.table(domains)
    top, bottom = filled @ importance, answered @ importance
    rows = np.asarray(bottom > 0)
    if combine == "respondent":
        top, bottom = np.where(rows, top / np.where(rows, bottom, 1.0), 0.0), rows.astype(float)
    return ratio_table(sample, Wanted(top[:, None], bottom[:, None], rows, domains), level=level)


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
    return np.asarray(found / found.sum(), dtype=float)


def _mean_of_items(sample: Sample, wanted: Wanted, importance: Floats, *, renormalise: bool) -> Result:
    """Return the weighted mean of the statistics, over those that a domain has."""
    fitted, size = fit(sample, wanted), wanted.domains.size
    answered = ~np.isnan(fitted.estimate)
    # Domains that miss the same items share a combination of the others.
    patterns, pattern = np.unique(answered, axis=0, return_inverse=True)
    share = patterns * importance
    with np.errstate(divide="ignore", invalid="ignore"):
        contrast = np.nan_to_num(share / share.sum(axis=1, keepdims=True), nan=0.0).T
    variances = fitted.variances(contrast)
    at = (np.arange(size), pattern.reshape(-1))
    # An item of no importance may be empty.
    gap = np.asarray((~answered & (importance > 0)).any(axis=1))
    unanswered = np.asarray(~(answered & (importance > 0)).any(axis=1))
    refused = refuse_lonely(sample, variances, ~unanswered)
    known = ~unanswered & ~(gap & (not renormalise))
    lonely = refused & sample.design.declared
    estimate = np.where(known & ~lonely, (np.nan_to_num(fitted.estimate) @ contrast)[at], np.nan)
    variance = np.where(known & ~refused, variances.corrected[at], np.nan)
    missing, quiet = np.full(size, np.nan), np.zeros(size, dtype=bool)
    why = reasons(unanswered=unanswered, lonely=lonely, one_psu=quiet, no_variation=known & ~(variance > 0))
    return Result(
        estimate=estimate,
        se=np.sqrt(variance),
        low=missing,
        high=missing,
        df=np.full(size, sample.df),
        deff=missing,
        n=wanted.n,
        reason=np.where(gap & ~unanswered & ~lonely, "item_without_answers", why),
    )
