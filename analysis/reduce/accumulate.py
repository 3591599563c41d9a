"""How do batches of classes become sums of cells? Valid forms only, with clusters or without."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.reduce.answers import ItemTally, PersonTally, PooledTally
from analysis.reduce.domain_sums import ClusterSums, ResponseSums, ScoreClasses
from analysis.reduce.histogram import CellWeights, Histogram, grown
from analysis.reduce.pairing import Pairing
from analysis.reduce.rows import BLANK, Rows

Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooling:
    """What is counted.

    ``steps`` of the common grid, ``members`` the items of each pooled score, and how many items must be answered
    for a valid form (``needed``).
    """

    items: int
    steps: int
    members: tuple[tuple[int, ...], ...]
    needed: int


@dataclass(frozen=True, slots=True)
class Coded:
    """Codes of a batch from 0, row by row.

    ``psu`` is None where every response is one, ``weights`` where all are 1, ``stratum`` where there is only one.
    """

    domain: Codes
    stratum: Codes | None
    psu: Codes | None
    weights: Floats | None


class Accumulator:
    """Takes batches in any order and gives sums; two of them can be added (``analysis.index.totals``)."""

    def __init__(self, pooling: Pooling, *, clustered: bool) -> None:
        powers = (1, 2) if clustered else (1, 2, 4)
        self._pooling, self._clustered = pooling, clustered
        self._cells, self._strata = Pairing(), Pairing()
        self.weights = CellWeights()
        self._items = ItemTally(pooling.items, steps=pooling.steps, powers=powers, in_lanes=clustered)
        self._persons = PersonTally(pooling.members) if clustered else None
        self._pooled = [
            PooledTally(members, steps=pooling.steps, powers=powers)
            for members in ([] if clustered else pooling.members)
        ]
        self._received, self._valid = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        self._rows_of_stratum = np.zeros(0, dtype=np.int64)

    @property
    def torn_psus(self) -> Codes:
        """PSUs that lie in two strata."""
        psu, times = np.unique(self._strata.pairs[:, 0], return_counts=True)
        return psu[times > 1]

    def add(self, classes: Sequence[Bytes], coded: Coded) -> None:
        """Add a batch: ``classes`` by item, with the bit ``BLANK`` where nothing was answered."""
        cell = self._cell(coded)
        if coded.weights is not None:
            self._weigh(cell, coded.weights)
        valid = self._valid_forms(classes)
        self._count(coded, valid)
        powers = self._powers(coded.weights)
        cells, domains = len(self._cells), len(self._received)
        answered = [column <= self._pooling.steps for column in classes]
        rows = Rows(classes, answered, self._left_out(cell, valid, cells), cells, powers)
        self._items.add(rows)
        for pooled in self._pooled:
            pooled.add(rows)
        if self._persons is not None:
            domain = self._left_out(coded.domain, valid, domains)
            self._persons.add(Rows(classes, answered, domain, domains, {}))

    def _cell(self, coded: Coded) -> Codes:
        if coded.psu is None:
            stratum = np.zeros_like(coded.domain) if coded.stratum is None else coded.stratum
            return self._cells.numbers(coded.domain, stratum)
        if coded.stratum is not None:
            self._strata.numbers(coded.psu, coded.stratum)
        return self._cells.numbers(coded.psu, coded.domain)

    def _weigh(self, cell: Codes, weights: Floats) -> None:
        before = self.weights.vary
        self.weights.add(cell, weights, cells=len(self._cells))
        if self.weights.vary and not before:
            for histogram in self._histograms():
                histogram.spread(self.weights.of_cell)

    def _histograms(self) -> list[Histogram]:
        return [*self._items.histograms(), *(pooled.histogram for pooled in self._pooled)]

    def _powers(self, weights: Floats | None) -> dict[int, Floats]:
        if weights is None or not self.weights.vary:
            return {}
        square = weights * weights
        powers = {1: weights, 2: square}
        return powers if self._clustered else {**powers, 4: square * square}

    def _valid_forms(self, classes: Sequence[Bytes]) -> Bools | None:
        """Return which forms have enough answers, None where all have."""
        given: npt.NDArray[np.uint16] = np.zeros(len(classes[0]), dtype=np.uint16)
        for column in classes:
            given += column < BLANK
        valid = given >= self._pooling.needed
        return None if valid.all() else valid

    def _left_out(self, codes: Codes, valid: Bools | None, size: int) -> Codes:
        return codes if valid is None else np.where(valid, codes, size)

    def _count(self, coded: Coded, valid: Bools | None) -> None:
        domains = max(len(self._received), int(coded.domain.max(initial=-1)) + 1)
        received = np.bincount(coded.domain, minlength=domains)
        good = received if valid is None else np.bincount(coded.domain[valid], minlength=domains)
        self._received = grown(self._received, domains) + received
        self._valid = grown(self._valid, domains) + good
        if coded.psu is None:
            stratum = np.zeros(len(coded.domain), dtype=np.int64) if coded.stratum is None else coded.stratum
            strata = max(len(self._rows_of_stratum), int(stratum.max(initial=-1)) + 1)
            rows = np.bincount(stratum, minlength=strata)
            self._rows_of_stratum = grown(self._rows_of_stratum, strata) + rows

    def counts(self) -> tuple[Codes, Codes]:
        """Return received and valid forms of each domain."""
        return self._received, self._valid

    def psus_of_strata(self) -> Floats:
        """Return the number of PSUs of each whole stratum."""
        if not self._clustered:
            return self._rows_of_stratum.astype(float)
        if len(self._strata) == 0:
            return np.array([float(len(np.unique(self._cells.pairs[:, 0])))])
        return np.bincount(self._strata.pairs[:, 1]).astype(float)

    def sums(self) -> ClusterSums | ResponseSums:
        """Return what was added up."""
        if len(self.weights.of_cell) == 0:
            self.weights.of_cell = np.ones(len(self._cells))
        return self._cluster_sums() if self._clustered else self._response_sums()

    def _cluster_sums(self) -> ClusterSums:
        pairs, domains = self._cells.pairs, len(self._received)
        items = self._items.sums(self.weights, cells=len(pairs))
        psu, domain = pairs[:, 0], pairs[:, 1]
        stratum_of = np.zeros(int(psu.max(initial=-1)) + 1, dtype=np.int64)
        if len(self._strata):
            stratum_of[self._strata.pairs[:, 0]] = self._strata.pairs[:, 1]
        M, S1 = (_added(matrix, domain, domains) for matrix in (items.M, items.S1))
        pooled = np.zeros((0, domains)) if self._persons is None else self._persons.persons(self._valid).T
        return ClusterSums(
            domain=domain,
            psu=psu,
            stratum=stratum_of[psu],
            A=self._scores(items.A),
            B=self._scores(items.B),
            M=self._scores(M),
            S1=self._scores(S1),
            persons=np.column_stack([M, *pooled]),
        )

    def _scores(self, items: Floats) -> Floats:
        """Return sums of items with those of the scores that pool them behind."""
        columns = [*items.T]
        columns += [sum(columns[i] for i in members) for members in self._pooling.members]
        return np.array(columns).T

    def _response_sums(self) -> ResponseSums:
        cells, steps = len(self._cells), self._pooling.steps
        x = np.append(np.arange(steps + 1) / steps, 0.0)
        m = np.append(np.ones(steps + 1), 0.0)
        scores = [ScoreClasses(x, m, moments) for moments in self._items.moments(self.weights, cells=cells)]
        for pooled in self._pooled:
            reached, x, m = pooled.values()
            n = pooled.histogram.counts(cells)[:, reached]
            w1, w2, w4 = (pooled.histogram.moment(k, self.weights, cells=cells)[:, reached] for k in (1, 2, 4))
            scores.append(ScoreClasses(x, m, (n, w1, w2, w4)))
        pairs = self._cells.pairs
        return ResponseSums(domain=pairs[:, 0], stratum=pairs[:, 1], scores=scores)


def _added(matrix: Floats, codes: Codes, size: int) -> Floats:
    return np.column_stack([np.bincount(codes, column, minlength=size) for column in matrix.T])
