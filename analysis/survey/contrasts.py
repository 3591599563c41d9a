"""How far apart are two domains or two measurements? Differences with what chance alone could make of them."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtr

from analysis.estimate.intervals import Limits
from analysis.survey.fit import fit
from analysis.survey.means import By
from analysis.survey.proportion import Method, proportion
from analysis.survey.results import Result, reasons, refuse_lonely, t_limits
from analysis.survey.sample import (
    Column,
    Domains,
    Sample,
    UnusableColumn,
    Wanted,
    domains_of,
    numbers,
    shares,
)

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

PAIR = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, -1.0]])
"""First, second and first minus second of two estimates."""


def difference(  # noqa: PLR0913, PLR0917 - which two domains of which column of what is one question
    sample: Sample,
    y: Column,
    by: str,
    a: object,
    b: object = None,
    *,
    method: Method = "t",
    level: float = 0.95,
) -> pd.DataFrame:
    """Estimate the mean of y in domain a minus that in domain b, with their covariance.

    Parameters
    ----------
    y : str or array of one number a response
        Missing (NaN) where not answered.
    by : str
        Domain column.
    a, b : value of the domain column
        The two domains; without b the whole sample.
    method : str
        ``t``: difference ± t(df)·se. Any method of ``proportion`` for a column of 0 and 1: the limits of the two
        shares are combined (MOVER), so that the interval is finite and unsymmetric where the shares demand it.
    level : float
        Confidence level in (0, 1).

    Returns
    -------
    DataFrame
        One row: the column of ``by`` with "a - b", estimate, se, ci_low, ci_high, df (of the design), deff
        (missing), n (answers in a or b), covariance of the two means, p_value (two-sided t test), reason.

    Raises
    ------
    UnusableColumn
        For a column that is not there or not numeric, or a value that the domain column does not have.
    DesignError
        Under lonely_psu="fail", where a stratum with one PSU is needed.

    References
    ----------
    Lumley (2010), section 2.4 (covariance); Zou & Donner (2008), Statistics in Medicine 27, formula 9 (MOVER).

    Limits
    ------
    One comparison: many of them need a correction for multiplicity.
    """
    values = numbers(sample, y) if method == "t" else shares(sample, y)
    codes, names = _codes_of(sample, by)
    answered = ~np.isnan(values)
    first = answered & (codes == _position(names, by, a))
    second = answered if b is None else answered & (codes == _position(names, by, b))
    label = f"{a} - {'ALL' if b is None else b}"
    whole = Domains(np.zeros(len(values), dtype=np.int64), {by: np.array([label], dtype=object)}, 1)
    wanted = _pair((values, values), (first, second), whole)
    result, extra = _compared(sample, wanted, level=level)
    if method != "t":
        units = proportion(sample, values, by, method=method, level=level)
        one = units.loc[units[by] == a]
        other = proportion(sample, values, method=method, level=level) if b is None else units.loc[units[by] == b]
        result.low, result.high = mover(one, other, _correlation(extra))
    return result.table(whole, _shown(extra))


def change(
    sample: Sample,
    y0: Column,
    y1: Column,
    by: By = None,
    *,
    method: Method = "t",
    level: float = 0.95,
) -> pd.DataFrame:
    """Estimate the mean of y0 minus the mean of y1, both measured on the same sample.

    Parameters
    ----------
    y0, y1 : str or array of one number a response
        Two measurements; each mean has its own missing answers. For two waves in one frame with common PSUs give
        each wave's column NaN in the rows of the other wave.
    by : str or list of str, optional
        Domain columns.
    method, level
        As in ``difference``.

    Returns
    -------
    DataFrame
        One row a domain, as in ``difference``.

    Raises
    ------
    UnusableColumn
        For a column that is not there or not numeric.
    DesignError
        Under lonely_psu="fail", where every domain needs a stratum with one PSU.

    References
    ----------
    Kish (1965), section 12.4; Lumley (2010), section 2.4; Zou & Donner (2008), formula 9.

    Limits
    ------
    With partly overlapping samples the covariance comes from the common PSUs only.
    """
    read = numbers if method == "t" else shares
    before, after = read(sample, y0), read(sample, y1)
    rows = (~np.isnan(before), ~np.isnan(after))
    domains = domains_of(sample, by)
    result, extra = _compared(sample, _pair((before, after), rows, domains), level=level)
    if method != "t":
        first, second = (proportion(sample, y, by, method=method, level=level) for y in (before, after))
        result.low, result.high = mover(first, second, _correlation(extra))
    return result.table(domains, _shown(extra))


def mover(first: pd.DataFrame, second: pd.DataFrame, correlation: Floats) -> Limits:
    """Return the limits of first minus second from the limits of each.

    Parameters
    ----------
    first, second : DataFrame
        Result tables, row by row the two estimates of a difference.
    correlation : ndarray
        Of the two estimates, 0 where it is undefined.

    Returns
    -------
    Limits
        On the scale of the estimates; they contain the difference of the estimates.

    Raises
    ------
    KeyError
        For tables without estimate, ci_low and ci_high.

    References
    ----------
    Zou & Donner (2008), Statistics in Medicine 27, 1693–1702, formula 9.

    Limits
    ------
    As good as the two intervals it is made from.
    """
    p, low, high = (first[c].to_numpy(dtype=float) for c in ("estimate", "ci_low", "ci_high"))
    q, q_low, q_high = (second[c].to_numpy(dtype=float) for c in ("estimate", "ci_low", "ci_high"))

    def reach(down: Floats, up: Floats) -> Floats:
        return np.sqrt(np.maximum(down**2 + up**2 - 2 * correlation * down * up, 0.0))

    return Limits(p - q - reach(p - low, q_high - q), p - q + reach(high - p, q - q_low))


def _codes_of(sample: Sample, by: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.generic]]:
    domains = domains_of(sample, by)
    return domains.codes, domains.names[by]


def _position(names: npt.NDArray[np.generic], by: str, wanted: object) -> int:
    found = np.flatnonzero(names == wanted)
    if len(found) != 1:
        raise UnusableColumn(
            f"Cột {by}",
            expected=f"có giá trị {wanted!r}",
            got=", ".join(map(str, names[:8])) + (" …" if len(names) > 8 else ""),
            remedy="chọn một giá trị có trong cột",
        )
    return int(found[0])


def _pair(values: tuple[Floats, Floats], rows: tuple[Bools, Bools], domains: Domains) -> Wanted:
    filled = [np.where(known, column, 0.0) for column, known in zip(values, rows, strict=True)]
    counted = np.column_stack(rows).astype(float)
    return Wanted(np.column_stack(filled), counted, rows[0] | rows[1], domains)


def _compared(sample: Sample, wanted: Wanted, *, level: float) -> tuple[Result, dict[str, Floats]]:
    """Return the difference of two statistics, with covariance, p-value and both standard errors."""
    found, size = fit(sample, wanted), wanted.domains.size
    variances = found.variances(PAIR)
    estimate = found.estimate[:, 0] - found.estimate[:, 1]
    unanswered = np.isnan(estimate)
    refused = refuse_lonely(sample, variances, ~unanswered)
    v0, v1, v = np.where((unanswered | refused)[:, None], np.nan, variances.corrected).T
    lonely = refused & sample.design.declared
    se, freedom = np.sqrt(v), np.full(size, sample.df)
    with np.errstate(divide="ignore", invalid="ignore"):
        p_value = 2 * stdtr(np.where(freedom > 0, freedom, np.nan), -np.abs(estimate / se))
    quiet = np.zeros(size, dtype=bool)
    result = Result(
        estimate=np.where(lonely, np.nan, estimate),
        se=se,
        low=estimate,
        high=estimate,
        df=freedom,
        deff=np.full(size, np.nan),
        n=wanted.n,
        reason=reasons(unanswered=unanswered, lonely=lonely, one_psu=quiet, no_variation=~(v > 0)),
    )
    result.low, result.high = t_limits(result.estimate, se, freedom, level)
    # The covariance from three variances: whatever the design, a variance is all that has to be known.
    covariance = (v0 + v1 - v) / 2
    return result, {
        "covariance": covariance,
        "p_value": p_value,
        "se_first": np.sqrt(v0),
        "se_second": np.sqrt(v1),
    }


def _shown(extra: dict[str, Floats]) -> dict[str, Floats]:
    return {column: extra[column] for column in ("covariance", "p_value")}


def _correlation(extra: dict[str, Floats]) -> Floats:
    """Return the correlation of the two estimates, 0 where one of them shows no variation."""
    product = extra["se_first"] * extra["se_second"]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(product > 0, np.clip(extra["covariance"] / product, -1, 1), 0.0)
