"""How often does each class of answer occur in each cell, and with which weights? Sums that grow by batches."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Classes = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
Counts = npt.NDArray[np.uint32]
Number = TypeVar("Number", np.int64, np.uint32, np.float64)


class CellWeights:
    """The weight of each cell, as long as all its responses have the same one.

    Weights mostly belong to villages or communes. Then whole numbers of responses are enough, which are exact
    whatever the order of the rows, and the weight enters once at the end.
    """

    def __init__(self) -> None:
        self.of_cell: Floats = np.zeros(0)
        self.vary = False
        self.low, self.high = np.inf, -np.inf

    @property
    def equal(self) -> bool:
        """Whether all responses have the same weight."""
        return self.low >= self.high

    def add(self, cell: Codes, weights: Floats, *, cells: int) -> None:
        """Take in the weights of a batch."""
        if len(weights) == 0:
            return
        self.low, self.high = min(self.low, float(weights.min())), max(self.high, float(weights.max()))
        if self.vary:
            return
        old = len(self.of_cell)
        self.of_cell = grown(self.of_cell, cells)
        if cells > old:
            new = cell >= old
            self.of_cell[cell[new]] = weights[new]
        self.vary = bool((self.of_cell[cell] != weights).any())


class Histogram:
    """Numbers of responses by cell and class, and sums of powers of their weights once these differ in a cell."""

    def __init__(self, classes: int, powers: Sequence[int]) -> None:
        self.classes, self.powers = classes, tuple(powers)
        self._counts: Counts = np.zeros(0, dtype=np.uint32)
        self._sums: dict[int, Floats] = {}

    def add(self, first_key: Codes, codes: Classes, weights: Mapping[int, Floats], *, cells: int) -> None:
        """Add a batch: ``first_key`` is cell × classes, the cell ``cells`` is left out; weights by power."""
        size = (cells + 1) * self.classes
        key = first_key + codes
        self._counts = roomy(self._counts, size)
        # straight into the table: what a batch costs does not depend on the number of cells
        np.add.at(self._counts, key, np.ones(len(key), dtype=np.uint32))
        for power, weight in weights.items():
            self._sums[power] = roomy(self._sums[power], size)
            np.add.at(self._sums[power], key, weight)
        beyond = slice(size - self.classes, size)
        self._counts[beyond] = 0
        for sums in self._sums.values():
            sums[beyond] = 0

    def spread(self, of_cell: Floats) -> None:
        """Change from whole numbers and a weight a cell to sums of weights, before the batch that needs it."""
        counts = self.counts(len(of_cell))
        self._sums = {power: (counts * of_cell[:, None] ** power).ravel() for power in self.powers}

    @property
    def used(self) -> bool:
        """Whether any batch came here."""
        return len(self._counts) > 0

    @property
    def whole(self) -> bool:
        """Whether whole numbers and one weight a cell are still enough."""
        return not self._sums

    def counts(self, cells: int) -> Floats:
        """Return numbers of responses, cells × classes."""
        return _table(self._counts, cells, self.classes).astype(float)

    def moment(self, power: int, weights: CellWeights, *, cells: int) -> Floats:
        """Return sums of weights to a power, cells × classes."""
        if self._sums:
            return _table(self._sums[power], cells, self.classes)
        return self.counts(cells) * grown(weights.of_cell, cells)[:, None] ** power


def _table(values: npt.NDArray[Number], cells: int, classes: int) -> npt.NDArray[Number]:
    return grown(values, cells * classes)[: cells * classes].reshape(cells, classes)


def roomy(values: npt.NDArray[Number], size: int) -> npt.NDArray[Number]:
    """Return an array with zeros behind it, up to a size and half as much again, so that it seldom grows.

    Parameters
    ----------
    values : ndarray, one dimension
        What there is.
    size : int
        The wanted length; a shorter one changes nothing.

    Returns
    -------
    ndarray
        The same array where it is long enough.

    Raises
    ------
    ValueError
        Never.

    References
    ----------
    None: bookkeeping.

    Limits
    ------
    None.
    """
    return values if len(values) >= size else grown(values, size + size // 2)


def grown(values: npt.NDArray[Number], size: int) -> npt.NDArray[Number]:
    """Return an array with zeros behind it, up to a size.

    Parameters
    ----------
    values : ndarray, one dimension
        What there is.
    size : int
        The wanted length; a shorter one changes nothing.

    Returns
    -------
    ndarray
        The same array where it is long enough.

    Raises
    ------
    ValueError
        Never.

    References
    ----------
    None: bookkeeping.

    Limits
    ------
    None.
    """
    missing = size - len(values)
    return values if missing <= 0 else np.append(values, np.zeros(missing, dtype=values.dtype))
