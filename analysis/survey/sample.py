"""What is being estimated from? The frame, its design, and the calibration or replicates that go with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.design import SurveyDesign
from analysis.refusal import Refusal

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

Column: TypeAlias = str | pd.Series | npt.NDArray[Any] | Sequence[float]
"""A column of the frame by name, or as many values as the frame has rows."""


class UnusableColumn(Refusal):
    """A column that cannot be estimated from: missing, not numeric, of another length, not 0/1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Known totals that the weights reproduce.

    ``x`` are the auxiliaries, responses × columns; ``base`` the weights of the regression that takes residuals.
    """

    x: Floats
    base: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicates:
    """Replicate weights as multiples (units × replicates) of the weights of each unit of responses.

    Variance = scale·Σ rscales (θ_r - centre)², the centre being the full-sample estimate under ``mse``, else the
    mean of the replicates.
    """

    unit: Codes
    factors: Floats
    scale: float
    rscales: Floats
    mse: bool
    df: float
    """Rank of the replicate weights minus 1."""


def rank(matrix: Floats) -> float:
    """Return the rank of a matrix, judged at a relative tolerance of 1e-5."""
    if not matrix.size:
        return 0.0
    # The smaller of the two products of the matrix with itself: squares of its singular values.
    tall = matrix.shape[0] > matrix.shape[1]
    squares = np.linalg.eigvalsh(matrix.T @ matrix if tall else matrix @ matrix.T)
    return float((squares > 1e-10 * squares[-1]).sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A frame of responses with its checked design."""

    frame: pd.DataFrame
    design: SurveyDesign
    calibration: Calibration | None = None
    replicates: Replicates | None = None

    @property
    def df(self) -> float:
        """Degrees of freedom of the whole design: PSUs minus strata, or rank of the replicates minus 1."""
        return self.design.df if self.replicates is None else self.replicates.df


@dataclass(frozen=True, slots=True)
class Domains:
    """The groups that numbers are wanted for: code of each response (-1 for none), the values that name them."""

    codes: Codes
    names: dict[str, npt.NDArray[np.generic]]
    size: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to estimate: Σw·numerator / Σw·denominator of each domain, over the responses in ``rows``.

    Both are responses × statistics, 0 where there is no answer; the denominator is None for totals.
    """

    numerator: Floats
    denominator: Floats | None
    rows: Bools
    domains: Domains

    @property
    def inside(self) -> Bools:
        """Responses that count and belong to a domain."""
        return np.asarray(self.rows & (self.domains.codes >= 0))

    @property
    def n(self) -> Floats:
        """Responses that count in each domain."""
        codes = self.domains.codes[self.inside]
        return np.bincount(codes, minlength=self.domains.size).astype(float)


def numbers(sample: Sample, column: Column) -> Floats:
    """Return a column as numbers, NaN where there is no answer; refuse text and infinities."""
    name, values = _values(sample.frame, column)
    if values.dtype.kind in "biuf":
        found: Floats = values.astype(float)
    else:
        coerced = pd.to_numeric(pd.Series(values), errors="coerce")
        found = coerced.to_numpy(dtype=float, na_value=np.nan)
        _refuse(name, np.isnan(found) & ~pd.isna(values), values, "số (ô trống khi không trả lời)")
    _refuse(name, np.isinf(found), values, "số hữu hạn")
    return found


def shares(sample: Sample, column: Column) -> Floats:
    """Return a column of 0, 1 and NaN; refuse other values."""
    values = numbers(sample, column)
    name = column if isinstance(column, str) else "y"
    _refuse(
        name, ~np.isnan(values) & (values != 0) & (values != 1), values, "0 hoặc 1 (ô trống khi không trả lời)"
    )
    return values


def categories(sample: Sample, column: Column) -> tuple[Codes, npt.NDArray[np.generic]]:
    """Return codes (-1 for missing) and the sorted categories of a column."""
    codes, names = pd.factorize(_values(sample.frame, column)[1], sort=True)
    return np.asarray(codes, dtype=np.int64), np.asarray(names)


def domains_of(sample: Sample, by: str | Sequence[str] | None) -> Domains:
    """Return the domains that columns make, in sorted order; responses without a value are in none."""
    if by is None:
        return Domains(np.zeros(len(sample.frame), dtype=np.int64), {}, 1)
    columns = (by,) if isinstance(by, str) else tuple(by)
    levels = {column: categories(sample, column) for column in columns}
    outside = np.zeros(len(sample.frame), dtype=bool)
    key = np.zeros(len(sample.frame), dtype=np.int64)
    for codes, names in levels.values():
        outside |= codes < 0
        key = key * max(len(names), 1) + codes
    if len(columns) == 1:
        codes, names = levels[columns[0]]
        return Domains(codes, {columns[0]: names}, len(names))
    keys, inside = np.unique(key[~outside], return_inverse=True)
    all_codes = np.full(len(sample.frame), -1, dtype=np.int64)
    all_codes[~outside] = inside
    found: dict[str, npt.NDArray[np.generic]] = {}
    for column, (_, names) in reversed(levels.items()):
        found[column] = names[keys % len(names)]
        keys = keys // len(names)
    return Domains(all_codes, {column: found[column] for column in columns}, len(found[columns[0]]))


def _values(frame: pd.DataFrame, column: Column) -> tuple[str, npt.NDArray[np.generic]]:
    if isinstance(column, str):
        if column not in frame.columns:
            raise UnusableColumn(
                f"Cột {column}",
                expected="một cột có trong dữ liệu",
                got=f"dữ liệu chỉ có các cột: {', '.join(map(str, frame.columns))}",
                remedy="sửa tên cột",
            )
        return column, np.asarray(frame[column].array)
    values = np.asarray(column)
    if values.shape != (len(frame),):
        raise UnusableColumn(
            "Tham số cột",
            expected=f"tên cột hoặc {len(frame)} giá trị, mỗi phiếu một giá trị",
            got=f"mảng có kích thước {values.shape}",
            remedy="truyền tên cột, hoặc dãy giá trị theo đúng thứ tự các dòng của dữ liệu",
        )
    return "y", values


def _refuse(name: str, bad: Bools, values: npt.NDArray[np.generic], expected: str) -> None:
    if bad.any():
        seen = ", ".join(repr(str(value)) for value in pd.unique(values[bad])[:5])
        raise UnusableColumn(
            f"Cột {name}, {int(bad.sum())} phiếu",
            expected=expected,
            got=seen,
            remedy="chuyển câu trả lời thành số trước khi tính, ví dụ hài lòng = 1, không hài lòng = 0",
        )
