"""How much of the population is in the sample? Finite populations of PSUs and of the units inside them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.design.columns import numeric_column, rows_named, values_named
from analysis.design.description import DesignError

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Population:
    """Of each stratum (or each PSU): ``size`` declared number of units (NaN undeclared), ``fraction`` sampled."""

    size: Floats
    fraction: Floats


def population(frame: pd.DataFrame, column: str | None, *, option: str, group: Codes, n: Floats) -> Population:
    """Read a finite population correction.

    Parameters
    ----------
    frame : DataFrame
        One row a response.
    column : str or None
        Size of the population (≥ 1) or sampling fraction (0–1], constant in each group; None without correction.
        All values at or below 1 are fractions.
    option : str
        Name of the option in complaints.
    group : ndarray of int, shape (responses,)
        Stratum of each response; for the second stage its PSU.
    n : ndarray, shape (groups,)
        Sampled units of each group.

    Returns
    -------
    Population
        Fraction 0 and size NaN without correction.

    Raises
    ------
    DesignError
        For values that are not constant in a group, not positive, or a population smaller than the sample.

    References
    ----------
    Cochran (1977), Sampling Techniques, section 2.6.

    Limits
    ------
    A population of size 1 can only be sampled completely, so that 1 means the same as a size and as a fraction.
    """
    if column is None:
        return Population(np.full(len(n), np.nan), np.zeros(len(n)))
    declared = numeric_column(frame, column, option)
    of_group = np.zeros(len(n))
    of_group[group] = declared
    place = "tầng" if option == "fpc" else "cụm"
    refuse = _Refusal(frame, column, option)
    refuse(of_group[group] != declared, f"một giá trị duy nhất trong mỗi {place}")
    refuse(declared <= 0, "số đơn vị của tổng thể hoặc tỷ lệ chọn mẫu, lớn hơn 0")
    size = np.where(of_group <= 1, n / of_group, of_group)
    short = size < n * (1 - 1e-12)
    refuse(short[group], f"tổng thể không nhỏ hơn mẫu của {place}")
    return Population(size, np.minimum(n / size, 1.0))


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Refuses rows of one FPC column."""

    frame: pd.DataFrame
    column: str
    option: str

    def __call__(self, bad: Bools, expected: str) -> None:
        if bad.any():
            raise DesignError(
                f"Cột {self.column} (--{self.option}), {rows_named(self.frame, bad)}",
                expected=expected,
                got=values_named(self.frame, self.column, bad),
                remedy=f"sửa số liệu tổng thể, hoặc bỏ --{self.option} (không hiệu chỉnh tổng thể hữu hạn)",
            )
