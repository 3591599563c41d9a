"""How are small counts added quickly? Sixteen of them in one number of 64 bits, each in its own four bits.

An answer adds 1 or 0 to two counts of its item: satisfied, and answered. Eight items share a number, so that a row
costs three additions for 22 items, and the numbers of all cells stay in the processor's cache. Before a count can
outgrow its four bits it moves into eight, and from there into whole numbers: nothing is ever lost or rounded.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]

MOST = 15
"""Rows of one cell in one batch that four bits can count."""

_EIGHT_BITS = 255
_LOWER = np.uint64(0x0F0F0F0F0F0F0F0F)
_FOUR = np.uint64(4)


class Lanes:
    """Counts of classes 1 (satisfied) and of classes 0 and 1 (answered), by cell and item."""

    def __init__(self, items: int) -> None:
        self._items, self._words = items, -(-items // 8)
        self._small = np.zeros((self._words, 0), dtype=np.uint64)
        self._middle = np.zeros((2, self._words, 0), dtype=np.uint64)
        self._whole = np.zeros((2, self._words, 0, 8), dtype=np.int64)
        self._in_small = self._in_middle = 0

    def add(self, items: Sequence[Bytes], cell: Codes, *, cells: int, most: int) -> None:
        """Add a batch of classes 0, 1 and 2; the cell ``cells`` is left out; no cell has more than ``most`` rows."""
        self._make_room(cells + 1)
        if self._in_small + most > MOST:
            self._widen()
        self._in_small += most
        lanes = np.zeros((self._words, len(cell), 8), dtype=np.uint8)
        for k, column in enumerate(items):
            lanes[k // 8, :, k % 8] = (column & np.uint8(1)) | (column < 2) * np.uint8(16)
        for word, values in zip(self._small, lanes.view(np.uint64)[:, :, 0], strict=True):
            np.add.at(word, cell, values)
            word[cells] = 0

    def sums(self, cells: int) -> tuple[Floats, Floats]:
        """Return satisfied and valid answers, cells × items."""
        self._make_room(cells)
        self._widen()
        self._settle()
        satisfied, answered = (
            part[:, :cells].transpose(1, 0, 2).reshape(cells, -1)[:, : self._items].astype(float)
            for part in self._whole
        )
        return satisfied, answered

    def _make_room(self, cells: int) -> None:
        more = cells - self._small.shape[1]
        if more <= 0:
            return
        more += cells // 2
        self._small, self._middle = (
            np.append(words, np.zeros((*words.shape[:-1], more), dtype=np.uint64), axis=-1)
            for words in (self._small, self._middle)
        )
        room = np.zeros((2, self._words, more, 8), dtype=np.int64)
        self._whole = np.append(self._whole, room, axis=2)

    def _widen(self) -> None:
        """Move the counts of four bits into those of eight."""
        if self._in_middle + self._in_small > _EIGHT_BITS:
            self._settle()
        self._in_middle += self._in_small
        self._in_small = 0
        self._middle[0] += self._small & _LOWER
        self._middle[1] += self._small >> _FOUR & _LOWER
        self._small[:] = 0

    def _settle(self) -> None:
        """Move the counts of eight bits into whole numbers."""
        self._whole += self._middle.view(np.uint8).reshape(self._whole.shape)
        self._middle[:] = 0
        self._in_middle = 0
