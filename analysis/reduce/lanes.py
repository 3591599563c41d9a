"""How are small counts added quickly? Sixteen of them in one number of 64 bits, each in its own four bits.

An answer adds 1 or 0 to two counts of its item: satisfied, and answered. Eight items share a number, so that a row
costs three additions for 22 items, and the numbers of all cells stay in the processor's cache. Before a count can
outgrow its four bits it moves into eight, and from there into 32: nothing is ever lost or rounded.
"""

import numpy as np
import numpy.typing as npt

from analysis.reduce.rows import Rows

Bytes = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.int64]
Counts = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]

MOST = 15
"""Rows of one cell in one batch that four bits can count."""

_EIGHT_BITS = 255
_ONE, _ANSWERED = np.uint8(1), np.uint8(16)
_LOWER = np.uint64(0x0F0F0F0F0F0F0F0F)
_FOUR = np.uint64(4)


class Lanes:
    """Counts of satisfied and of valid answers, by cell and item."""

    def __init__(self, items: int) -> None:
        self._items, self._words = items, -(-items // 8)
        self._small: Words = np.zeros((self._words, 0), dtype=np.uint64)
        self._middle: Words = np.zeros((2, self._words, 0), dtype=np.uint64)
        self._whole: Counts = np.zeros((2, self._words, 0, 8), dtype=np.uint32)
        self._in_small = self._in_middle = 0
        self._bytes = np.zeros((self._words, 0, 8), dtype=np.uint8)

    def _lanes(self, rows: int) -> Bytes:
        """Return a byte for each item of each row; those beyond the last item are 0."""
        if self._bytes.shape[1] != rows:
            self._bytes = np.zeros((self._words, rows, 8), dtype=np.uint8)
        return self._bytes

    def add(self, rows: Rows, *, most: int) -> None:
        """Add a batch of classes 0 and 1, with or without a value; no cell has more than ``most`` rows."""
        self._make_room(rows.cells + 1)
        if self._in_small + most > MOST:
            self._widen()
        self._in_small += most
        lanes = self._lanes(len(rows.cell))
        for k, (column, answered) in enumerate(zip(rows.classes, rows.answered, strict=True)):
            # the lowest bit of a class without a value is 0
            lanes[k // 8, :, k % 8] = column & _ONE | answered * _ANSWERED
        for word, values in zip(self._small, lanes.view(np.uint64)[:, :, 0], strict=True):
            np.add.at(word, rows.cell, values)
            word[rows.cells] = 0

    def sums(self, cells: int) -> tuple[Floats, Floats]:
        """Return satisfied and valid answers, cells × items."""
        self._make_room(cells)
        self._widen()
        self._settle()
        by_item = self._whole[:, :, :cells].transpose(0, 1, 3, 2).reshape(2, -1, cells)[:, : self._items]
        satisfied, valid = by_item.astype(float)
        return satisfied.T, valid.T

    def _make_room(self, cells: int) -> None:
        more = cells - self._small.shape[1]
        if more <= 0:
            return
        more += cells // 8
        self._small = np.append(self._small, np.zeros((self._words, more), dtype=np.uint64), axis=1)
        self._middle = np.append(self._middle, np.zeros((2, self._words, more), dtype=np.uint64), axis=2)

    def _widen(self) -> None:
        """Move the counts of four bits into those of eight."""
        if self._in_middle + self._in_small > _EIGHT_BITS:
            self._settle()
        self._in_middle += self._in_small
        self._in_small = 0
        # word by word: each stays in the cache for all of its steps
        for k in range(self._words):
            self._middle[0, k] += self._small[k] & _LOWER
            self._middle[1, k] += self._small[k] >> _FOUR & _LOWER
        self._small[:] = 0

    def _settle(self) -> None:
        """Move the counts of eight bits into those of 32, enough for four billion rows of a cell."""
        counts = self._middle.view(np.uint8).reshape(*self._middle.shape, 8)
        before = self._whole.shape[2]
        if before < counts.shape[2]:
            old, self._whole = self._whole, counts.astype(np.uint32)
            self._whole[:, :, :before] += old
        else:
            self._whole += counts
        self._middle[:] = 0
        self._in_middle = 0
