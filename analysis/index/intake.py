"""How does a stream of responses become sums? Every row checked, coded and counted as it passes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analysis.design import PIPELINE, DesignColumns, DesignRules
from analysis.design.faults import DesignWatch
from analysis.index.levels import check_columns, refuse_blank, refuse_whole
from analysis.index.scores import ScorePlan
from analysis.index.totals import DomainKeys, Sums, Totals, compact_clusters, compact_responses
from analysis.periods import windows_of
from analysis.reduce.accumulate import Accumulator, Coded
from analysis.reduce.domain_sums import ClusterSums, ResponseSums
from analysis.reduce.pairing import Pairing
from analysis.refusal import Refusal
from analysis.stream.answers import ItemReader, OutsideScale, refuse_values
from analysis.stream.coding import Codebook
from analysis.stream.identity import Identities
from analysis.stream.sources import Batch, Stream
from analysis.table import WHOLE
from questionnaires.model import Kind, Questionnaire

Bytes = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.int64]

TALLIED = ("mode", "simulated", "survey")
"""Columns whose values are counted, to be said beside the table."""


class NoResponses(Refusal):
    """Nothing is left to compute from."""


class BlankCode(Exception):
    """A batch holds a row without a code; the stream has to be asked where."""

    def __init__(self, column: str) -> None:
        self.column = column
        super().__init__(column)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the sums are made by: columns of the domains, the parent's column, the sample's design, the period."""

    by: tuple[str, ...]
    parent: str | None
    design: DesignColumns
    period: str | None
    rules: DesignRules = PIPELINE

    @property
    def domain_columns(self) -> tuple[str, ...]:
        """The columns of the finest domains."""
        return tuple(dict.fromkeys([*self.by, *([self.parent] if self.parent else [])]))

    @property
    def name_columns(self) -> tuple[str, ...]:
        """The columns that may hold the names of units and parents."""
        return tuple(
            f"{c.removesuffix('_code')}_name" for c in self.domain_columns if c in {"unit_code", self.parent}
        )


def totals_of(stream: Stream, questionnaire: Questionnaire, plan: ScorePlan, wanted: Wanted) -> Totals:
    """Add up the responses of a stream.

    Parameters
    ----------
    stream : Stream
        Files or tables whose columns are known to be those of the questionnaire.
    questionnaire : Questionnaire
        What was asked: every answer is checked, those outside the index too.
    plan : ScorePlan
        What an answer is worth (``analysis.index.scores.score_plan``).
    wanted : Wanted
        Columns of domains and design, and the period.

    Returns
    -------
    Totals
        Codes in the order of what they stand for, so that the order of the rows does not matter.

    Raises
    ------
    Refusal
        For answers, ids, codes, weights and designs that cannot be used: the first fault that the stream shows.

    References
    ----------
    STATISTICS, "Decisions": both sets of sums; docs/method.md.

    Limits
    ------
    Memory grows with the number of domains, PSUs and classes, not with that of rows.
    """
    intake = _Intake(stream, questionnaire, plan, wanted)
    for batch in stream.batches(intake.columns):
        intake.take(batch)
    return intake.totals()


class _Intake:
    """The state of one pass over a stream."""

    def __init__(self, stream: Stream, questionnaire: Questionnaire, plan: ScorePlan, wanted: Wanted) -> None:
        self._stream, self._wanted = stream, wanted
        asked = {question.id for question in questionnaire.questions()}
        others = tuple(name for name in stream.columns if name not in asked)
        check_columns(wanted.domain_columns, others)
        self._readers = _readers(questionnaire, plan, stream.columns)
        self._items = questionnaire.index.items
        self._identities = Identities()
        self._domains = _Domains(wanted, [name for name in wanted.name_columns if name in others])
        self._design = DesignWatch(
            stream, wanted.design, wanted.rules, available=others, in_period=self._in_period
        )
        self._accumulator = Accumulator(plan.pooling, clustered=wanted.design.psu is not None)
        self._tallies = {name: (Codebook(), [0]) for name in TALLIED if name in others}
        windows = windows_of(wanted.period) if wanted.period else None
        self._windows = windows if "window" in others else None
        self._seen_windows = Codebook()
        self._rows = 0
        self.columns = self._columns()

    def _columns(self) -> list[str]:
        wanted = [*self._wanted.domain_columns, *self._wanted.name_columns, *self._wanted.design.named().values()]
        used = {"response_id", *self._readers, *wanted, *self._tallies, *(["window"] if self._windows else [])}
        return [name for name in self._stream.columns if name in used]

    def take(self, batch: Batch) -> None:
        """Check and count a batch."""
        classes = self._classes(batch)
        self._identities.add(batch)
        keep = self._in_period(batch)
        if keep is not None and not keep.all():
            classes = [column[keep] for column in classes]
            batch = Batch(batch.table.filter(pa.array(keep)), batch.first, batch.prefix)
        if batch.table.num_rows == 0:
            return
        design = self._design.codes(batch)
        try:
            domain = self._domains.codes(batch, self._rows)
        except BlankCode as blank:
            raise refuse_blank(self._stream, blank.column, self._in_period) from None
        self._rows += batch.table.num_rows
        self._accumulator.add(classes, Coded(domain, design.stratum, design.psu, design.weights))
        for name, (codebook, counts) in self._tallies.items():
            codes = codebook.codes(batch.column(name))
            found = np.bincount(codes + 1, minlength=len(codebook) + 1)
            counts[:] = (np.append(counts, np.zeros(len(found) - len(counts), dtype=np.int64)) + found).tolist()

    def _classes(self, batch: Batch) -> list[Bytes]:
        """Check every answer; return the classes of the index items."""
        found: dict[str, Bytes] = {}
        for name, reader in self._readers.items():
            try:
                found[name] = reader.classes(batch.column(name))
            except OutsideScale:
                raise refuse_values(self._stream, reader.question) from None
        return [found[item] for item in self._items]

    def _in_period(self, batch: Batch) -> npt.NDArray[np.bool_] | None:
        if self._windows is None:
            return None
        codes = self._seen_windows.codes(batch.column("window"))
        wanted = np.array([*(value in self._windows for value in self._seen_windows.values), False])
        return np.asarray(wanted[codes])

    def totals(self) -> Totals:
        """Return the sums, after the checks that need all rows."""
        self._identities.check(self._stream)
        if self._rows == 0:
            raise NoResponses(
                f"Tùy chọn --period {self._wanted.period}",
                expected=f"phiếu thuộc các đợt {', '.join(self._windows or ())}",
                got=f"các đợt có trong tệp: {', '.join(sorted(self._seen_windows.values)[:6]) or 'không có'}",
                remedy="chọn kỳ khác hoặc bổ sung tệp dữ liệu của kỳ này",
            )
        n_psu = self._accumulator.psus_of_strata()
        declared = self._design.check(n_psu, self._accumulator.torn_psus)
        keys, domain = self._domains.keys()
        strata, stratum = _ordered(self._design.strata)
        psus, psu = _ordered(self._design.psus)
        received, valid = self._accumulator.counts()
        return Totals(
            keys=keys,
            strata=strata,
            psus=psus,
            sums=_recoded(self._accumulator.sums(), domain, stratum, psu),
            n_psu=_moved(n_psu, stratum),
            declared=_moved(declared, stratum),
            received=_moved(received, domain),
            valid=_moved(valid, domain),
            equal_weights=self._accumulator.weights.equal,
            weight=self._accumulator.weights.low,
            lonely_psu=self._wanted.rules.lonely_psu,
            tallies={name: _tally(codebook, counts) for name, (codebook, counts) in self._tallies.items()},
        )


class _Domains:
    """The finest domains: combinations of the codes of their columns, with the names of their first rows."""

    def __init__(self, wanted: Wanted, name_columns: Sequence[str]) -> None:
        self._columns = {name: Codebook() for name in wanted.domain_columns}
        self._chain = [Pairing() for _ in range(len(self._columns) - 1)]
        self._names = {name: Codebook() for name in name_columns}
        self._of_domain: dict[str, list[int]] = {name: [] for name in name_columns}
        self._first: list[int] = []

    def codes(self, batch: Batch, before: int) -> Codes:
        """Return the domain of each row; ``before`` rows were counted already."""
        parts = []
        for name, codebook in self._columns.items():
            codes = codebook.codes(batch.column(name))
            if len(codes) and codes.min() < 0:
                raise BlankCode(name)
            parts.append(codes)
        domain = parts[0] if parts else np.zeros(batch.table.num_rows, dtype=np.int64)
        for pairing, codes in zip(self._chain, parts[1:], strict=True):
            domain = pairing.numbers(domain, codes)
        self._learn(batch, domain, before)
        return domain

    def _learn(self, batch: Batch, domain: Codes, before: int) -> None:
        """Keep the first row of each new domain and the names in it."""
        new = np.flatnonzero(domain >= len(self._first))
        if len(new) == 0:
            return
        _, at = np.unique(domain[new], return_index=True)
        rows = new[at]
        self._first += (rows + before).tolist()
        for name, codebook in self._names.items():
            chosen = batch.column(name).take(pa.array(rows))
            self._of_domain[name] += codebook.codes(chosen).tolist()

    def keys(self) -> tuple[DomainKeys, Codes]:
        """Return the domains in the order of their values, and the place of each old code."""
        values = self._values()
        for name, codebook in self._columns.items():
            if WHOLE in codebook.values:
                raise refuse_whole(name)
        order = sorted(range(len(values)), key=values.__getitem__)
        names = {}
        for name, codebook in self._names.items():
            known = [*codebook.values, None]
            names[name] = tuple(known[self._of_domain[name][at]] for at in order)
        keys = DomainKeys(
            columns=tuple(self._columns),
            values=tuple(values[at] for at in order),
            names=names,
            first=np.array(self._first, dtype=np.int64)[order],
        )
        place = np.zeros(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        return keys, place

    def _values(self) -> list[tuple[str, ...]]:
        columns = [codebook.values for codebook in self._columns.values()]
        if not columns:
            return [()] * len(self._first)
        values: list[tuple[str, ...]] = [(value,) for value in columns[0]]
        for pairing, column in zip(self._chain, columns[1:], strict=True):
            values = [(*values[left], column[right]) for left, right in pairing.pairs.tolist()]
        return values


def _readers(questionnaire: Questionnaire, plan: ScorePlan, columns: Collection[str]) -> dict[str, ItemReader]:
    """Return a reader for every question that has a column and is no free text."""
    return {
        question.id: ItemReader(question, plan.classes.get(question.id, {}), other=plan.pooling.steps + 1)
        for question in questionnaire.questions()
        if question.kind is not Kind.TEXT and question.id in columns
    }


def _ordered(values: Sequence[str]) -> tuple[tuple[str, ...], Codes]:
    """Return values in their order, and the place of each old code."""
    order = sorted(range(len(values)), key=values.__getitem__)
    place = np.zeros(len(values), dtype=np.int64)
    place[order] = np.arange(len(values))
    return tuple(values[at] for at in order), place


def _moved(values: npt.NDArray[Any], place: Codes) -> npt.NDArray[Any]:
    moved = np.zeros_like(values)
    moved[place] = values
    return moved


def _recoded(sums: Sums, domain: Codes, stratum: Codes, psu: Codes) -> Sums:
    if isinstance(sums, ResponseSums):
        return compact_responses(
            ResponseSums(domain=domain[sums.domain], stratum=stratum[sums.stratum], scores=sums.scores)
        )
    return compact_clusters(
        ClusterSums(
            domain=domain[sums.domain],
            psu=psu[sums.psu],
            stratum=stratum[sums.stratum],
            A=sums.A,
            B=sums.B,
            M=_moved(sums.M, domain),
            S1=_moved(sums.S1, domain),
            persons=_moved(sums.persons, domain),
        )
    )


def _tally(codebook: Codebook, counts: Sequence[int]) -> dict[str, int]:
    found = dict(zip(("", *codebook.values), counts, strict=True))
    return {value: n for value, n in found.items() if n}
