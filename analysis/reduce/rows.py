"""What does a batch contribute? The class of every answer, the cell of every row, and weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

BLANK = 128
"""This bit marks a row without an answer, beside the class of answers without a value."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What a batch contributes.

    Classes by item, with the bit ``BLANK`` where nothing was answered; which rows have an answer with a value; the
    cell of each row (the number of cells where it is left out); weights by power (empty while weights are one a
    cell).
    """

    classes: Sequence[Bytes]
    answered: Sequence[Bools]
    cell: Codes
    cells: int
    weights: Mapping[int, Floats]

    def item(self, number: int) -> Bytes:
        """Return the classes of one item without the bit that tells blanks apart."""
        return self.classes[number] & np.uint8(BLANK - 1)
