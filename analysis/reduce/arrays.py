"""Which sums per domain and PSU stand behind an estimate? The reduction of arrays in memory."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSums:
    """Sums of each cell (one PSU inside one domain); every array is cells × scores.

    ``A`` = Σ w·y, ``B`` = Σ w·m, ``M`` = Σ m, ``S1`` = Σ w²·m, ``persons`` = responses with m > 0, where m counts
    the valid answers of a response to the items of the score and y adds their values on [0, 1].
    """

    domain: Codes
    psu: Codes
    A: Floats
    B: Floats
    M: Floats
    S1: Floats
    persons: Floats


def cell_sums(values: Floats, answered: Floats, weights: Floats, *, domain: Codes, psu: Codes) -> CellSums:
    """Add the answers of each PSU inside each domain.

    Parameters
    ----------
    values, answered : ndarray, shape (responses, scores)
        Sum of the values on [0, 1] and number of valid answers of a response to the items of a score.
    weights : ndarray, shape (responses,)
        Positive weights.
    domain, psu : ndarray of int, shape (responses,)
        Codes from 0.

    Returns
    -------
    CellSums
        One row for every pair of domain and PSU that occurs, ordered by domain and PSU.

    Raises
    ------
    ValueError
        Where the lengths differ.

    References
    ----------
    Woodruff (1971), JASA 66, 411–414: the sums that linearisation needs.

    Limits
    ------
    Holds responses × scores in memory.
    """
    n_psu = int(psu.max(initial=-1)) + 1
    keys, cell = np.unique(domain * n_psu + psu, return_inverse=True)

    def add(column: Floats) -> Floats:
        return np.bincount(cell, column, minlength=len(keys)).astype(float)

    def add_all(matrix: Floats) -> Floats:
        return np.column_stack([add(matrix[:, s]) for s in range(matrix.shape[1])])

    w = weights[:, None]
    return CellSums(
        domain=keys // n_psu if n_psu else keys,
        psu=keys % n_psu if n_psu else keys,
        A=add_all(w * values),
        B=add_all(w * answered),
        M=add_all(answered),
        S1=add_all(w * w * answered),
        persons=add_all((answered > 0).astype(float)),
    )
