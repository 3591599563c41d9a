"""How do the weights come to reproduce what is known of the population? Post-strata, margins and totals."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.refusal import Refusal
from analysis.survey.sample import Calibration, Domains, Sample, domains_of, numbers

Floats = npt.NDArray[np.float64]
S = TypeVar("S", bound=Sample)
Totals = Mapping[object, float]


class UnusableTotals(Refusal):
    """Totals of the population that do not fit the sample, or that no weights can reproduce."""


def poststratify(sample: S, by: str | Sequence[str], totals: Totals) -> S:
    """Weight the sample so that it has the population's size in every post-stratum.

    Parameters
    ----------
    by : str or list of str
        Column or columns that make the post-strata; no blanks.
    totals : mapping
        Category (a tuple for several columns) → number of units in the population, > 0.

    Returns
    -------
    Survey
        The sample with new weights; its standard errors use residuals within post-strata.

    Raises
    ------
    UnusableTotals
        For categories that only the sample or only the totals have, blanks, totals that are not positive, a sample
        that is calibrated already or has replicates.

    References
    ----------
    Holt & Smith (1979), JRSS A 142, 33–46; Särndal, Swensson & Wretman (1992), section 7.6.

    Limits
    ------
    Post-strata of fewer than about 20 responses make weights and variances unstable: merge them first.
    """
    _refuse_twice(sample)
    x, known = _indicators(sample, by, totals)
    size = sample.design.weights @ x
    return _reweighted(sample, sample.design.weights * (x @ (known / size)), x)


def rake(
    sample: S,
    margins: Mapping[str, Totals],
    *,
    epsilon: float = 1e-10,
    max_iterations: int = 500,
) -> S:
    """Weight the sample so that it has the population's size in every category of several columns.

    Parameters
    ----------
    margins : mapping
        Column → (category → number of units in the population); the margins must agree in their sum.
    epsilon : float
        Largest relative distance from a total at the end.
    max_iterations : int
        Rounds over all margins.

    Returns
    -------
    Survey
        The sample with new weights; its standard errors use residuals on the margins.

    Raises
    ------
    UnusableTotals
        As in ``poststratify``, for margins with different sums, and where the rounds do not converge.

    References
    ----------
    Deming & Stephan (1940), Annals of Mathematical Statistics 11, 427–444; Deville, Särndal & Sautory (1993), JASA
    88.

    Limits
    ------
    Collapse categories below 5 % first; large changes of weights cost precision (``weight_summary``). Residuals
    are those of an unweighted regression on the margins, as in R; ``calibrate`` on the same margins weights them.
    """
    _refuse_twice(sample)
    parts = [_indicators(sample, column, totals) for column, totals in margins.items()]
    _refuse_unequal(margins)
    weights = sample.design.weights.copy()
    for _ in range(max_iterations):
        for x, known in parts:
            weights = weights * (x @ (known / (weights @ x)))
        if all(np.max(np.abs(weights @ x / known - 1)) <= epsilon for x, known in parts):
            x = np.column_stack([x for x, _ in parts])
            # R takes residuals on raked margins without weights; other calibrations use the weights before.
            return _reweighted(sample, weights, x, residual_weights=np.ones(len(weights)))
    raise _not_reached(f"{max_iterations} vòng lặp chưa đạt sai lệch {epsilon:g}")


def calibrate(
    sample: S,
    totals: Mapping[str, float | Totals],
    *,
    population: float | None = None,
    bounds: tuple[float, float] | None = None,
    epsilon: float = 1e-10,
    max_iterations: int = 100,
) -> S:
    """Weight the sample so that it reproduces totals of the population (generalised regression).

    Parameters
    ----------
    totals : mapping
        Numeric column → its total; or column of categories → (category → number of units).
    population : float, optional
        Number of units in the population; needed where no column of categories says it.
    bounds : (float, float), optional
        Least and greatest factor of a weight, around 1: logit distance; without bounds the linear distance.
    epsilon : float
        Largest distance from a total at the end, relative to the total.
    max_iterations : int
        Newton steps of the logit distance.

    Returns
    -------
    Survey
        The sample with new weights; its standard errors use regression residuals.

    Raises
    ------
    UnusableTotals
        As in ``rake``, for blanks in a numeric column, bounds that do not enclose 1, and totals out of reach.

    References
    ----------
    Deville & Särndal (1992), JASA 87, 376–382, cases 1 (linear) and 6 (logit).

    Limits
    ------
    The linear distance can give weights below 0: look at ``weight_summary`` and use ``bounds``.
    """
    _refuse_twice(sample)
    x, known = _auxiliaries(sample, totals, population)
    base = sample.design.weights
    factors = _linear(x, known, base) if bounds is None else _logit(x, known, base, bounds, steps=max_iterations)
    weights = base * factors
    miss = np.max(np.abs(weights @ x - known) / np.maximum(np.abs(known), 1.0))
    if not miss <= max(epsilon, 1e-9):
        raise _not_reached(f"sai lệch tương đối {miss:.3g}")
    return _reweighted(sample, weights, x)


def weight_summary(sample: Sample) -> pd.DataFrame:
    """Describe the weights.

    Parameters
    ----------
    sample : Sample
        The sample.

    Returns
    -------
    DataFrame
        One row: n, sum, sum_of_squares, min, max, deff (n·Σw²/(Σw)², the cost of unequal weights).

    Raises
    ------
    ValueError
        Never.

    References
    ----------
    Kish (1965), formula 11.7.6.

    Limits
    ------
    The design effect is that of weights unrelated to the answers.
    """
    w = sample.design.weights
    squares = float(w @ w)
    columns: dict[str, object] = {"n": [len(w)], "sum": [float(w.sum())], "sum_of_squares": [squares]}
    columns |= {"min": [w.min(initial=np.inf)], "max": [w.max(initial=-np.inf)]}
    return pd.DataFrame(columns | {"deff": [len(w) * squares / float(w.sum()) ** 2]})


def _reweighted(sample: S, weights: Floats, x: Floats, *, residual_weights: Floats | None = None) -> S:
    design = replace(sample.design, weights=weights)
    base = sample.design.weights if residual_weights is None else residual_weights
    return replace(sample, design=design, calibration=Calibration(x=x, base=base))


def _linear(x: Floats, known: Floats, base: Floats) -> Floats:
    gap = known - base @ x
    step = np.linalg.lstsq(x.T @ (base[:, None] * x), gap, rcond=None)[0]
    return np.asarray(1 + x @ step, dtype=float)


def _logit(x: Floats, known: Floats, base: Floats, bounds: tuple[float, float], *, steps: int) -> Floats:
    low, high = bounds
    if not low < 1 < high:
        raise UnusableTotals(
            "Tham số bounds",
            expected="hai hệ số nằm hai phía của 1, ví dụ (0.5, 2)",
            got=repr(bounds),
            remedy="sửa giới hạn của hệ số trọng số",
        )
    slope = (high - low) / ((1 - low) * (high - 1))
    at = np.zeros(x.shape[1])
    factors = np.ones(len(base))
    for _ in range(steps):
        gap = known - (base * factors) @ x
        if np.max(np.abs(gap) / np.maximum(np.abs(known), 1.0)) < 1e-13:
            break
        change = slope * (factors - low) * (high - factors) / (high - low)
        at = at + np.linalg.lstsq(x.T @ ((base * change)[:, None] * x), gap, rcond=None)[0]
        grown = np.exp(np.clip(slope * (x @ at), -700, 700))
        factors = (low * (high - 1) + high * (1 - low) * grown) / ((high - 1) + (1 - low) * grown)
    return factors


def _auxiliaries(
    sample: Sample, totals: Mapping[str, float | Totals], population: float | None
) -> tuple[Floats, Floats]:
    xs: list[Floats] = [] if population is None else [np.ones((len(sample.frame), 1))]
    known: list[Floats] = [] if population is None else [np.array([float(population)])]
    _refuse_unequal({column: t for column, t in totals.items() if isinstance(t, Mapping)}, population)
    for column, total in totals.items():
        if isinstance(total, Mapping):
            x, sizes = _indicators(sample, column, total)
        else:
            x, sizes = numbers(sample, column)[:, None], np.array([float(total)])
            _refuse_blank(column, int(np.isnan(x).sum()))
        xs.append(x)
        known.append(sizes)
    if not xs:
        raise UnusableTotals(
            "Tham số totals",
            expected="ít nhất một cột với tổng của tổng thể",
            got="không có",
            remedy="khai báo totals hoặc population",
        )
    return np.column_stack(xs), np.concatenate(known)


def _indicators(sample: Sample, by: str | Sequence[str], totals: Totals) -> tuple[Floats, Floats]:
    """Return 0/1 columns of the categories in the sample and their totals."""
    domains = domains_of(sample, by)
    name = by if isinstance(by, str) else ", ".join(by)
    _refuse_blank(name, int((domains.codes < 0).sum()))
    keys = _keys(domains)
    only = [str(key) for key in [*(set(keys) - set(totals)), *(set(totals) - set(keys))]]
    if only:
        raise UnusableTotals(
            f"Cột {name}",
            expected="các giá trị trong mẫu và trong tổng thể giống hệt nhau",
            got=f"chỉ có ở một bên: {', '.join(sorted(only)[:5])}",
            remedy="gộp các giá trị không có trong mẫu với giá trị gần nhất, hoặc bổ sung số liệu tổng thể",
        )
    known = np.array([float(totals[key]) for key in keys])
    if not (np.isfinite(known) & (known > 0)).all():
        raise UnusableTotals(
            f"Tổng thể theo {name}",
            expected="số đơn vị lớn hơn 0 cho mỗi giá trị",
            got=", ".join(f"{key}: {size:g}" for key, size in zip(keys, known, strict=True))[:120],
            remedy="sửa số liệu tổng thể",
        )
    x = np.zeros((len(domains.codes), domains.size))
    x[np.arange(len(x)), domains.codes] = 1.0
    return x, known


def _keys(domains: Domains) -> list[object]:
    columns = [values.tolist() for values in domains.names.values()]
    return list(columns[0]) if len(columns) == 1 else list(zip(*columns, strict=True))


def _refuse_blank(column: str, blank: int) -> None:
    if blank:
        raise UnusableTotals(
            f"Cột {column}",
            expected="giá trị ở mọi phiếu",
            got=f"{blank} ô trống",
            remedy="điền giá trị, hoặc thêm một nhóm “không rõ” có tổng riêng",
        )


def _refuse_unequal(margins: Mapping[str, Totals], population: float | None = None) -> None:
    sums = {column: float(sum(totals.values())) for column, totals in margins.items()}
    if population is not None:
        sums["population"] = float(population)
    if sums and max(sums.values()) - min(sums.values()) > 1e-9 * max(sums.values()):
        raise UnusableTotals(
            "Tổng thể theo các cột",
            expected="mọi cột có cùng một tổng",
            got=", ".join(f"{column}: {size:g}" for column, size in sums.items()),
            remedy="lấy số liệu tổng thể từ cùng một nguồn và cùng một thời điểm",
        )


def _refuse_twice(sample: Sample) -> None:
    if sample.calibration is not None or sample.replicates is not None:
        raise UnusableTotals(
            "Hiệu chỉnh trọng số",
            expected="mẫu chưa hiệu chỉnh và không dùng trọng số lặp lại",
            got="mẫu đã hiệu chỉnh" if sample.calibration is not None else "mẫu có replicates",
            remedy="hiệu chỉnh một lần theo mọi tổng đã biết (rake hoặc calibrate nhận nhiều cột)",
        )


def _not_reached(got: str) -> UnusableTotals:
    return UnusableTotals(
        "Hiệu chỉnh trọng số",
        expected="trọng số tái hiện được mọi tổng đã khai báo",
        got=got,
        remedy="gộp các nhóm nhỏ, nới bounds, hoặc bớt tổng mâu thuẫn với mẫu",
    )
