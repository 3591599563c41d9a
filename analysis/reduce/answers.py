"""What do the classes of many items add up to? Items two at a time, factors and the index as pairs of numbers.

A class is a numerator on a common grid: with ``steps`` = 1 it is 0 or 1 (satisfied), with 4 it is 0 to 4 quarters
of the scale; ``steps`` + 1 is an answer without a value, left out of every denominator.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.reduce.histogram import CellWeights, Histogram, grown
from analysis.reduce.lanes import MOST, Lanes
from analysis.reduce.rows import Rows

Bytes = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Moments = tuple[Floats, Floats, Floats, Floats]

_MOST_JOINT = 16
"""Two items share a histogram where it stays this small: half as many passes over the rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSums:
    """Sums by cell (or domain), × items: A = Σ w·y, B = Σ w·m, M = Σ m, S1 = Σ w²·m."""

    A: Floats
    B: Floats
    M: Floats
    S1: Floats


class _Added(NamedTuple):
    """Sums by cell × items: of the numerators and of the answers, as weighted as the histograms were."""

    A: Floats
    M: Floats


class ItemTally:
    """Histograms of single items, two items in one; ``in_lanes`` counts what it can in a quicker way.

    Lanes know numbers of answers only, not classes or weights: enough for clusters, not for responses.
    """

    def __init__(self, items: int, *, steps: int, powers: Sequence[int], in_lanes: bool) -> None:
        self._items, self._steps, width = items, steps, steps + 2
        self._lanes = Lanes(items) if in_lanes and steps == 1 else None
        taken = 2 if width**2 <= _MOST_JOINT else 1
        edges = [*range(0, items, taken), items]
        self._spans = tuple(pairwise(edges))
        self._histograms = tuple(Histogram(width ** (stop - start), powers) for start, stop in self._spans)

    def histograms(self) -> tuple[Histogram, ...]:
        """Return what grows."""
        return self._histograms

    def add(self, rows: Rows) -> None:
        """Add a batch."""
        if self._lanes is not None and not rows.weights:
            most = int(np.bincount(rows.cell)[: rows.cells].max(initial=0))
            if most <= MOST:
                self._lanes.add(rows, most=most)
                return
        width = np.uint8(self._steps + 2)
        keys: dict[int, Codes] = {}
        for (start, stop), histogram in zip(self._spans, self._histograms, strict=True):
            first = keys.setdefault(histogram.classes, rows.cell * histogram.classes)
            code = rows.item(start)
            if stop - start == 2:
                code = code * width + rows.item(start + 1)
            histogram.add(first, code, rows.weights, cells=rows.cells)

    def sums(self, weights: CellWeights, *, cells: int) -> ItemSums:
        """Return the sums of every item."""
        # what the lanes hold came while a cell had one weight, and so did what is whole
        w = grown(weights.of_cell, cells)[:, None]
        A, M = (np.zeros((cells, self._items)),) * 2 if self._lanes is None else self._lanes.sums(cells)
        if not any(h.used for h in self._histograms):
            return _weighted(A, M, w)
        n = self._added([h.counts(cells) for h in self._histograms])
        if all(h.whole for h in self._histograms):
            return _weighted(A + n.A, M + n.M, w)
        first, second = (
            self._added([h.moment(k, weights, cells=cells) for h in self._histograms]) for k in (1, 2)
        )
        early = _weighted(A, M, w)
        return ItemSums(A=first.A + early.A, B=first.M + early.B, M=n.M + M, S1=second.M + early.S1)

    def _added(self, joints: Sequence[Floats]) -> "_Added":
        """Return numerators and answers by cell and item, one matrix product a histogram."""
        value = np.arange(self._steps + 1) / self._steps
        numerators, answers = [], []
        for own in self._marginal(joints):
            classes = np.ascontiguousarray(own[:, :-1].T)
            # plain sums, no matrix product: its threads cost more than these few classes
            numerators.append(
                sum((v * n for v, n in zip(value[1:], classes[1:], strict=True)), np.zeros(len(own)))
            )
            answers.append(classes.sum(axis=0))
        return _Added(np.column_stack(numerators), np.column_stack(answers))

    def moments(self, weights: CellWeights, *, cells: int) -> list[Moments]:
        """Return for every item the sums of w⁰, w, w² and w⁴ by cell and class."""
        n = self._marginal([h.counts(cells) for h in self._histograms])
        w1, w2, w4 = (
            self._marginal([h.moment(k, weights, cells=cells) for h in self._histograms]) for k in (1, 2, 4)
        )
        return list(zip(n, w1, w2, w4, strict=True))

    def _marginal(self, joints: Sequence[Floats]) -> list[Floats]:
        """Return sums by cell and class of every item, from those of two items at a time."""
        width, parts = self._steps + 2, []
        for (start, stop), found in zip(self._spans, joints, strict=True):
            if stop - start == 1:
                parts.append(found)
                continue
            joint = np.ascontiguousarray(found.T).reshape(width, width, len(found))
            parts += [joint.sum(axis=1).T, joint.sum(axis=0).T]
        return parts


def _weighted(A: Floats, M: Floats, w: Floats) -> ItemSums:
    """Return the sums of cells in which all responses have one weight."""
    return ItemSums(A=A * w, B=M * w, M=M, S1=M * w * w)


class PersonTally:
    """Numbers of valid forms without any answer to the items of each score, by domain: few, so cheap to count."""

    def __init__(self, members: Sequence[Sequence[int]]) -> None:
        self._members = members
        self._silent = [np.zeros(0, dtype=np.int64) for _ in members]

    def add(self, rows: Rows) -> None:
        """Add a batch; the cells are the domains."""
        for number, items in enumerate(self._members):
            some = rows.answered[items[0]]
            for item in items[1:]:
                some = some | rows.answered[item]
            domain = rows.cell[np.flatnonzero(~some)]
            found = np.bincount(domain, minlength=rows.cells)[: rows.cells]
            self._silent[number] = grown(self._silent[number], rows.cells) + found

    def persons(self, valid: Codes) -> Floats:
        """Return the numbers of responses with an answer, domains × scores, from those of valid forms."""
        columns = [valid - grown(silent, len(valid)) for silent in self._silent]
        return np.column_stack(columns).astype(float) if columns else np.zeros((len(valid), 0))


class PooledTally:
    """Histograms of one score that pools several items: numerator x and answers m of a response, in steps."""

    def __init__(self, members: Sequence[int], *, steps: int, powers: Sequence[int]) -> None:
        self.members, self._steps = tuple(members), steps
        self._width = len(members) * steps + 1
        self.histogram = Histogram((len(members) + 1) * self._width, powers)

    def add(self, rows: Rows) -> None:
        """Add a batch."""
        m = np.zeros(len(rows.cell), dtype=np.uint16)
        x = np.zeros(len(rows.cell), dtype=np.uint16)
        for item in self.members:
            m += rows.answered[item]
            # a class without a value stands for nothing in the numerator
            x += rows.classes[item] * rows.answered[item]
        code = m * np.uint16(self._width) + x
        self.histogram.add(rows.cell * self.histogram.classes, code, rows.weights, cells=rows.cells)

    def values(self) -> tuple[Codes, Floats, Floats]:
        """Return the classes that a response can be in, with their x on the scale 0–1 and their m."""
        every = np.arange(self.histogram.classes)
        reached = every[every % self._width <= every // self._width * self._steps]
        return reached, reached % self._width / self._steps, (reached // self._width).astype(float)
