"""Which combinations of codes occur? Numbers for pairs of codes, cheap where one code decides the other."""

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]


class Pairing:
    """Numbers the pairs (left, right) in the order in which they appear.

    A village lies in one commune, a commune in one province: nearly always the left code decides the right one,
    and a row then costs a look into a small table instead of a search.
    """

    def __init__(self) -> None:
        self._right_of = np.zeros(0, dtype=np.int64)
        self._number_of = np.zeros(0, dtype=np.int64)
        self._others: dict[int, int] = {}
        self._pairs: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return len(self._pairs)

    @property
    def pairs(self) -> Codes:
        """The pairs in the order of their numbers, shape (pairs, 2)."""
        return np.array(self._pairs, dtype=np.int64).reshape(-1, 2)

    @property
    def left_decides(self) -> bool:
        """Whether every left code has one right code."""
        return not self._others

    def numbers(self, left: Codes, right: Codes) -> Codes:
        """Return the number of the pair in each row; both codes from 0."""
        self._learn(left, right)
        numbers = self._number_of[left]
        odd = np.flatnonzero(self._right_of[left] != right)
        if len(odd):
            keys, place = np.unique(left[odd] << 32 | right[odd], return_inverse=True)
            numbers[odd] = np.array([self._other(key) for key in keys.tolist()], dtype=np.int64)[place]
        return numbers

    def _learn(self, left: Codes, right: Codes) -> None:
        more = int(left.max(initial=-1)) + 1 - len(self._right_of)
        if more > 0:
            self._right_of = np.append(self._right_of, np.full(more, -1, dtype=np.int64))
            self._number_of = np.append(self._number_of, np.full(more, -1, dtype=np.int64))
        unknown = self._right_of < 0
        if not unknown.any():
            return
        # any row of a new code will do to learn from
        row_of = np.full(len(unknown), -1, dtype=np.int64)
        row_of[left] = np.arange(len(left))
        seen = np.flatnonzero(unknown & (row_of >= 0))
        of_new = right[row_of[seen]]
        self._right_of[seen] = of_new
        self._number_of[seen] = np.arange(len(self._pairs), len(self._pairs) + len(seen))
        self._pairs += zip(seen.tolist(), of_new.tolist(), strict=True)

    def _other(self, key: int) -> int:
        if key not in self._others:
            self._others[key] = len(self._pairs)
            self._pairs.append((key >> 32, key & 0xFFFFFFFF))
        return self._others[key]
