"""Do two answers hang together? Tests of independence for two columns of any sample."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import chdtrc, fdtrc, ndtr

from analysis.survey.fit import Fit, fit
from analysis.survey.results import refuse_lonely
from analysis.survey.sample import Column, Domains, Sample, UnusableColumn, Wanted, categories

Floats = npt.NDArray[np.float64]
Statistic = Literal["F", "Chisq", "Wald", "adjWald", "lincom"]
STATISTICS = ("F", "Chisq", "Wald", "adjWald", "lincom")


@dataclass(frozen=True, slots=True)
class _Table:
    """Cells (rows × columns) as shares or totals, their covariance, number of responses and design df."""

    cells: Floats
    covariance: Floats
    n: int
    df: float

    @property
    def freedom(self) -> int:
        """Degrees of freedom of independence."""
        rows, columns = self.cells.shape
        return int((rows - 1) * (columns - 1))

    @property
    def expected(self) -> Floats:
        """Cells under independence."""
        product = np.outer(self.cells.sum(axis=1), self.cells.sum(axis=0))
        return np.asarray(product / self.cells.sum(), dtype=float)

    @property
    def pearson(self) -> float:
        """Pearson's statistic as if the responses were a simple random sample."""
        return float(self.n * ((self.cells - self.expected) ** 2 / self.expected).sum())


def chisq(sample: Sample, row: Column, column: Column, *, statistic: Statistic = "F") -> pd.DataFrame:
    """Test whether two columns are independent.

    Parameters
    ----------
    row, column : str or array of one value a response
        Categories; responses with either missing leave the test.
    statistic : {"F", "Chisq", "Wald", "adjWald", "lincom"}
        ``F``: Rao & Scott's second-order correction (the default). ``Chisq``: their first-order correction.
        ``Wald``: Koch, Freeman & Freeman's Wald test, ``adjWald`` with its correction for few PSUs. ``lincom``:
        the distribution of Pearson's statistic as a linear combination of χ² by saddlepoint.

    Returns
    -------
    DataFrame
        One row: test, estimate (the statistic), df, df2 (of the denominator), p_value, n (responses).

    Raises
    ------
    UnusableColumn
        For a column with fewer than two categories.
    ValueError
        For an unknown statistic.
    DesignError
        Under lonely_psu="fail", where a stratum with one PSU is needed.

    References
    ----------
    Rao & Scott (1984), Annals of Statistics 12, formulas 2.3 and 4.1; Thomas & Rao (1987), JASA 82; Koch, Freeman
    & Freeman (1975), International Statistical Review 43; Kuonen (1999), Biometrika 86 (saddlepoint).

    Limits
    ------
    Wald is erratic with many cells and few PSUs; every test needs more design degrees of freedom than cells.
    """
    if statistic not in STATISTICS:
        message = f"statistic: expected one of {', '.join(STATISTICS)}, got {statistic!r}; choose one of them"
        raise ValueError(message)
    wald = statistic in {"Wald", "adjWald"}
    table = _table(sample, row, column, totals=wald)
    if wald:
        value, df, df2, p_value = _wald(table, adjusted=statistic == "adjWald")
    else:
        value, df, df2, p_value = _rao_scott(table, statistic, replicated=sample.replicates is not None)
    columns: dict[str, list[object]] = {"test": [statistic], "estimate": [value], "df": [df], "df2": [df2]}
    return pd.DataFrame({**columns, "p_value": [p_value], "n": [table.n]})


def _table(sample: Sample, row: Column, column: Column, *, totals: bool) -> _Table:
    """Return the shares of the cells or, for ``totals``, their sizes in the population."""
    row_codes, column_codes = categories(sample, row)[0], categories(sample, column)[0]
    both = (row_codes >= 0) & (column_codes >= 0)
    rows, row_at = np.unique(row_codes[both], return_inverse=True)
    columns, column_at = np.unique(column_codes[both], return_inverse=True)
    for name, groups in (("row", rows), ("column", columns)):
        if len(groups) < 2:
            raise UnusableColumn(
                f"Tham số {name}",
                expected="từ hai nhóm trở lên trong số phiếu trả lời cả hai câu",
                got=f"{len(groups)} nhóm",
                remedy="chọn cột khác, hoặc kiểm tra ô trống",
            )
    cells = np.zeros((len(both), len(rows) * len(columns)))
    cells[np.flatnonzero(both), row_at * len(columns) + column_at] = 1.0
    whole = Domains(np.zeros(len(both), dtype=np.int64), {}, 1)
    counted = None if totals else np.repeat(both[:, None].astype(float), cells.shape[1], axis=1)
    found = fit(sample, Wanted(cells, counted, both, whole))
    shape = (len(rows), len(columns))
    return _Table(found.estimate[0].reshape(shape), _covariance(sample, found), int(both.sum()), sample.df)


def _covariance(sample: Sample, fitted: Fit) -> Floats:
    """Return the covariance matrix of the statistics of a fit with one domain, from variances of sums of pairs."""
    k = fitted.estimate.shape[1]
    first, second = np.triu_indices(k, 1)
    contrast = np.column_stack([np.eye(k), np.eye(k)[:, first] + np.eye(k)[:, second]])
    variances = fitted.variances(contrast)
    refuse_lonely(sample, variances, np.ones(1, dtype=bool))
    found = variances.corrected[0]
    matrix = np.diag(found[:k])
    matrix[first, second] = matrix[second, first] = (found[k:] - found[first] - found[second]) / 2
    return matrix


def _rao_scott(table: _Table, statistic: str, *, replicated: bool) -> tuple[float, float, float, float]:
    effects = _design_effects(table)
    pearson, mean = table.pearson, float(effects.mean())
    df = float(effects.sum() ** 2 / (effects**2).sum())
    if statistic == "Chisq":
        return pearson, float(table.freedom), np.nan, float(chdtrc(table.freedom, pearson / mean))
    if statistic == "lincom":
        # R takes the variance of a replicate design as known.
        df2 = np.inf if replicated else df * table.df
        return pearson, np.nan, np.nan, saddlepoint_tail(pearson, effects, df2)
    value = pearson / float(effects.sum())
    return value, df, df * table.df, float(fdtrc(df, df * table.df, value))


def _design_effects(table: _Table) -> Floats:
    """Return the generalised design effects: eigenvalues of the covariance of the interaction against SRS."""
    rows, columns = table.cells.shape
    main = np.column_stack([np.repeat(np.eye(rows), columns, axis=0), np.tile(np.eye(columns), (rows, 1))[:, 1:]])
    both = np.einsum("ki,kj->kij", main[:, 1:rows], main[:, rows:]).reshape(rows * columns, -1)
    free = both - main @ np.linalg.lstsq(main, both, rcond=None)[0]
    shares = table.cells.reshape(-1)
    inverse = np.where(shares > 0, 1 / np.where(shares > 0, shares, 1.0), 0.0)
    scaled = inverse[:, None] * free
    simple = free.T @ scaled / table.n
    return np.real(np.linalg.eigvals(np.linalg.solve(simple, scaled.T @ table.covariance @ scaled)))


def _wald(table: _Table, *, adjusted: bool) -> tuple[float, float, float, float]:
    """Test the distances of the totals from independence, with their covariance by linearisation."""
    rows, columns = table.cells.shape
    size = table.cells.sum()
    by_row, by_column = table.cells.sum(axis=1) / size, table.cells.sum(axis=0) / size
    inner = [(i, j) for i in range(1, rows) for j in range(1, columns)]
    gap = np.array([(table.cells - table.expected)[cell] for cell in inner])
    gradient = np.zeros((len(inner), rows, columns))
    for at, (i, j) in enumerate(inner):
        gradient[at] += by_row[i] * by_column[j]
        gradient[at, i, j] += 1.0
        gradient[at, i, :] -= by_column[j]
        gradient[at, :, j] -= by_row[i]
    flat = gradient.reshape(len(inner), -1)
    value = float(gap @ np.linalg.pinv(flat @ table.covariance @ flat.T, hermitian=True) @ gap) / table.freedom
    df2 = table.df
    if adjusted:
        df2 = table.df - table.freedom + 1
        value = value * df2 / table.df
    return value, float(table.freedom), df2, float(fdtrc(table.freedom, df2, value)) if df2 > 0 else np.nan


def saddlepoint_tail(x: float, weights: Floats, df: float) -> float:
    """Return P(Σ weights·χ²₁ > x·χ²_df/df) by saddlepoint approximation, as R's ``lincom`` does.

    Parameters
    ----------
    x : float
        Observed value, > 0.
    weights : ndarray
        Positive weights of independent χ² with one degree of freedom.
    df : float
        Degrees of freedom of the denominator, infinity for none.

    Returns
    -------
    float
        A probability in [0, 1].

    Raises
    ------
    ValueError
        Where no weight is positive.

    References
    ----------
    Kuonen (1999), Biometrika 86, 929–935; Lugannani & Rice (1980), Advances in Applied Probability 12.

    Limits
    ------
    Relative error of a few per cent for a single weight, smaller with more of them and far in the tail. A fraction
    of df is left out of the denominator, which makes the probability too large by up to 1/df of its size.
    """
    lam, nu = weights, np.ones(len(weights))
    point = x
    if np.isfinite(df):
        # As in R a whole number of terms of size 1/df makes the denominator: conservative for other df.
        whole = np.floor(df * (1 + 1e-12))
        lam, nu, point = np.append(weights, -x / df), np.append(nu, whole), 0.0
    mean = float(lam @ nu)
    if abs(mean - point) < 1e-9 * max(abs(mean), abs(point)):
        return 0.5
    scale = float(lam.max())
    lam, point = lam / scale, point / scale

    def slope(at: float) -> float:
        return float((nu * lam / (1 - 2 * lam * at)).sum()) - point

    # The cumulant function lives where 1 - 2λt > 0 for every λ.
    top = 0.5 / lam.max()
    bottom = 0.5 / lam.min() if lam.min() < 0 else -(len(weights) + 1) / point
    at = _root(slope, bottom * (1 - 1e-12), top * (1 - 1e-12))
    cumulant = -0.5 * float((nu * np.log(1 - 2 * lam * at)).sum())
    w = np.sign(at) * np.sqrt(2 * (at * point - cumulant))
    v = at * np.sqrt(2 * float((nu * lam**2 / (1 - 2 * lam * at) ** 2).sum()))
    return float(ndtr(-(w + np.log(v / w) / w)))


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Return where a rising function is 0, by halving the interval until it cannot be halved."""
    middle = (low + high) / 2
    while low < middle < high:
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
        middle = (low + high) / 2
    return middle
