"""How do the answers of old units count for the present ones? Sums handed on, shared where a unit was split."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analysis.estimate.estimates import Estimates
from analysis.index.levels import Level
from analysis.index.totals import DomainKeys, Sums, Totals
from analysis.periods import first_day_of
from analysis.reduce.domain_sums import ClusterSums, ResponseSums, ScoreClasses
from analysis.stream.coding import as_text
from analysis.stream.sources import Batch, Source, Stream
from analysis.table import Column, IndexRows
from analysis.unit_map import Heir, Succession, UnitMap, UnusableUnitMap, label_of

Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

UNIT = "unit_code"


@dataclass(frozen=True, slots=True, kw_only=True)
class SucceededTotals(Totals):
    """Totals of old and new units as those of the present units alone.

    ``keys`` are parts of the finest domains: ``source`` (parts) is the domain that a part comes from, ``share``
    its share. ``sums``, ``received`` and ``valid`` are still those of the domains as they answered: people count
    whole, and once in every unit, parent and whole. ``days`` (parts) are the days of successions behind a part,
    none where the unit itself answered.
    """

    source: Codes
    share: Floats
    days: tuple[tuple[date, ...], ...]

    def members(self, group: Codes, groups: int) -> Floats:
        """Return how many people the population of larger domains has (``Totals.members``)."""
        totals, own = self._handed_on(group, groups)
        return totals.members(own, groups)

    def at(self, group: Codes, groups: int) -> Estimates:
        """Return the estimates of larger domains: ``group`` gives each part its own."""
        totals, own = self._handed_on(group, groups)
        return totals.at(own, groups)

    def counts(self, group: Codes, groups: int) -> tuple[Codes, Codes]:
        """Return received and valid forms of larger domains, every form counted whole."""
        totals, own = self._handed_on(group, groups)
        return totals.counts(own, groups)

    def weighted_alike(self, group: Codes, groups: int) -> Bools:
        """Say of larger domains whether no share makes the weights of their answers differ."""
        _, domain, share = self._parts(group, groups)
        return np.asarray(np.bincount(domain, share != 1, minlength=groups) == 0)

    def remarks(self, group: Codes, groups: int) -> list[str]:
        """Return for larger domains the codes of ``reason`` that say whose answers they rest on."""
        shared = {
            (source, domain)
            for source, domain, share in zip(*self._parts(group, groups), strict=True)
            if share < 1
        }
        found: list[set[str]] = [set() for _ in range(groups)]
        for own, at, days in zip(self.source, group, self.days, strict=True):
            kind = "split" if (own, at) in shared else "successor"
            found[at] |= {f"{kind}@{day}" for day in days}
        return [";".join(sorted(codes)) for codes in found]

    def _parts(self, group: Codes, groups: int) -> tuple[Codes, Codes, Floats]:
        """Return domain as answered, larger domain and share of each pair that occurs: the parts that meet add."""
        pairs, place = np.unique(self.source * groups + group, return_inverse=True)
        share = np.bincount(place, self.share)
        source, domain = np.divmod(pairs, groups)
        return source, domain, np.where(np.abs(share - 1) < 1e-9, 1.0, share)

    def _handed_on(self, group: Codes, groups: int) -> tuple[Totals, Codes]:
        source, domain, share = self._parts(group, groups)
        own = {field.name: getattr(self, field.name) for field in fields(Totals)}
        own |= {
            "sums": _shared(self.sums, source, share),
            "equal_weights": self.equal_weights and (share == 1).all(),
        }
        return Totals(**{**own, "received": self.received[source], "valid": self.valid[source]}), domain


def told_apart(stream: Stream, unit_map: UnitMap) -> Stream:
    """Return the stream with old units labelled whose code belongs to another unit now.

    Parameters
    ----------
    stream : Stream
        Responses with ``unit_code``; with ``window`` where such a code occurs.
    unit_map : UnitMap
        Old and new units.

    Returns
    -------
    Stream
        The same where every code means one unit.

    Raises
    ------
    UnusableUnitMap
        When rows pass that have such a code and no window.

    References
    ----------
    DOMAIN, section 4; QĐ 19/2025/QĐ-TTg: communes of 2025 have codes that communes of before had.

    Limits
    ------
    A window that began before the day counts as before it: successions in the middle of a window are blurred by
    days.
    """
    apart = unit_map.told_apart()
    return replace(stream, sources=tuple(_Labelled(s, apart) for s in stream.sources)) if apart else stream


def succeeded(totals: Totals, unit_map: UnitMap, parent: str | None) -> SucceededTotals:
    """Hand the sums of old units on to the units that continue them.

    Parameters
    ----------
    totals : Totals
        By unit (and other columns), old units labelled as ``told_apart`` does.
    unit_map : UnitMap
        Old and new units; where a unit was split, its answers count in each part with the share as weight.
    parent : str, optional
        Column of the unit above; the map's ``new_parent_code`` takes its place where it is given.

    Returns
    -------
    SucceededTotals
        Of present units. Whoever answered about a unit that was split counts in each part, in a parent of several
        parts and in the whole once, with weight 1.

    Raises
    ------
    ValueError
        Where ``unit_code`` is no column of the domains.

    References
    ----------
    Särndal, Swensson & Wretman (1992), chapter 10 (domains): a share is the expected membership of a response in a
    domain, used as its weight; docs/method.md, "Units that continue others".

    Limits
    ------
    A share says how people were divided, not who thought what: both parts of a split unit show the same estimate
    until they have answers of their own. They rest on the same people, so they must not be compared.
    """
    heirs, columns = unit_map.followed(), totals.keys.columns
    at = columns.index(UNIT)
    none = Succession(old_code="", new_code="", share=1.0, effective_on=date.min)
    parts = [
        (source, heir)
        for source, value in enumerate(totals.keys.values)
        for heir in heirs.get(value[at], (Heir(none, 1.0, ()),))
    ]
    return SucceededTotals(
        **{field.name: getattr(totals, field.name) for field in fields(Totals) if field.name != "keys"},
        keys=_handed_keys(totals.keys, parts, parent),
        source=np.array([source for source, _ in parts], dtype=np.int64),
        share=np.array([heir.share for _, heir in parts]),
        days=tuple(heir.days for _, heir in parts),
    )


def _handed_keys(keys: DomainKeys, parts: Sequence[tuple[int, Heir]], parent: str | None) -> DomainKeys:
    values = [list(keys.values[source]) for source, _ in parts]
    names = {name: [known[source] for source, _ in parts] for name, known in keys.names.items()}
    for column in (UNIT, *([parent] if parent else [])):
        at, name_column = keys.columns.index(column), column.removesuffix("_code") + "_name"
        said = names.get(name_column, [None] * len(parts))
        known = {value[at]: name for value, name in zip(values, said, strict=True) if name}
        for row, (code, name) in enumerate(_new_codes(parts, column)):
            if code is not None:
                values[row][at], said[row] = code, name or known.get(code)
    return DomainKeys(
        columns=keys.columns,
        values=tuple(map(tuple, values)),
        names={name: tuple(own) for name, own in names.items()},
        first=keys.first[[source for source, _ in parts]],
    )


def _new_codes(parts: Sequence[tuple[int, Heir]], column: str) -> Iterator[tuple[str | None, str | None]]:
    """Yield the code and the name that a column takes, None where it stays as it was."""
    for _, heir in parts:
        last = heir.last
        if not heir.days:
            yield None, None
        elif column == UNIT:
            yield last.new_code, last.new_name
        else:
            yield last.new_parent_code, last.new_parent_name


def _shared(sums: Sums, source: Codes, share: Floats) -> Sums:
    """Return the cells of each part, weighted by its share; the domains are the parts."""
    order = np.argsort(sums.domain, kind="stable")
    first = np.searchsorted(sums.domain[order], source)
    sizes = np.searchsorted(sums.domain[order], source, side="right") - first
    part = np.repeat(np.arange(len(source)), sizes)
    cell = order[np.arange(len(part)) - np.repeat(np.cumsum(sizes) - sizes - first, sizes)]
    weight = share[part][:, None]
    if isinstance(sums, ResponseSums):
        scores = [_weighted(score, cell, weight) for score in sums.scores]
        return ResponseSums(domain=part, stratum=sums.stratum[cell], scores=scores)
    return ClusterSums(
        domain=part,
        psu=sums.psu[cell],
        stratum=sums.stratum[cell],
        A=sums.A[cell] * weight,
        B=sums.B[cell] * weight,
        M=sums.M[source],
        S1=sums.S1[source] * share[:, None] ** 2,
        persons=sums.persons[source],
    )


def _weighted(score: ScoreClasses, cell: Codes, weight: Floats) -> ScoreClasses:
    n, w1, w2, w4 = (moment[cell] for moment in score.moments)
    return ScoreClasses(score.x, score.m, (n, w1 * weight, w2 * weight**2, w4 * weight**4))


def marked(rows: IndexRows, levels: Sequence[Level], totals: Totals) -> IndexRows:
    """Mark the rows that rest on answers of old units.

    Parameters
    ----------
    rows : IndexRows
        Level by level, domain by domain, score by score.
    levels : sequence of Level
        Their levels.
    totals : Totals
        Those that the rows were made from.

    Returns
    -------
    IndexRows
        With the codes ``successor@<day>`` and ``split@<day>`` behind the other reasons, and the status ``flagged``
        where it was ``ok``; unchanged where no answer was handed on.

    Raises
    ------
    ValueError
        Where rows and levels do not belong together.

    References
    ----------
    DOMAIN, section 10: the series of a commune across the merger.

    Limits
    ------
    All scores of a unit are marked alike, also one that only the new unit's own answers went into.
    """
    if not isinstance(totals, SucceededTotals) or not any(totals.days):
        return rows
    domains = [code for level in levels for code in totals.remarks(level.codes, len(level.domains))]
    remark = np.repeat(np.array(domains, dtype=object), len(rows) // len(domains))
    reason = [";".join(filter(None, pair)) for pair in zip(rows.column("reason"), remark, strict=True)]
    status = [
        "flagged" if own == "ok" and said else own for own, said in zip(rows.column("status"), remark, strict=True)
    ]
    return rows.with_columns(reason=_coded(reason), status=_coded(status))


def _coded(values: Sequence[str]) -> Column:
    known, codes = np.unique(np.array(values, dtype=object), return_inverse=True)
    return Column(known.tolist(), codes)


@dataclass(frozen=True, slots=True)
class _Labelled:
    """A source whose old units are labelled where their code belongs to another unit now."""

    source: Source
    apart: Mapping[str, tuple[date, ...]]

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.source.name

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns."""
        return self.source.columns

    def sha256(self) -> str:
        """Return the SHA-256 of the file."""
        return self.source.sha256()

    def batches(self, columns: Sequence[str], *, rows: int) -> Iterator[Batch]:
        """Yield the columns; the window comes with the unit, for it tells old from new."""
        needed = [*columns]
        if UNIT in columns and "window" in self.columns and "window" not in columns:
            needed.append("window")
        for batch in self.source.batches(needed, rows=rows):
            yield replace(batch, table=self._labelled(batch)) if UNIT in columns else batch

    def _labelled(self, batch: Batch) -> pa.Table:
        units = _texts(batch, UNIT)
        concerned = np.isin(units, list(self.apart))
        if not concerned.any():
            return batch.table
        windows = _texts(batch, "window")
        self._refuse_timeless(batch, concerned & np.array([first_day_of(w or "") is None for w in windows]))
        for row in np.flatnonzero(concerned).tolist():
            units[row] = _label(units[row], self.apart[units[row]], windows[row])
        at = batch.table.column_names.index(UNIT)
        return batch.table.set_column(at, UNIT, pa.array(units, pa.string()))

    def _refuse_timeless(self, batch: Batch, timeless: Bools) -> None:
        if timeless.any():
            row = int(np.flatnonzero(timeless)[0])
            raise UnusableUnitMap(
                f"Tệp {self.name}, dòng {batch.label(row)}, cột window",
                expected="đợt ghi nhận (2025-06-2), vì mã này thuộc về hai đơn vị, trước và sau sắp xếp",
                got="không có đợt ghi nhận",
                remedy="bổ sung cột window, hoặc đặt cho đơn vị cũ một mã khác trong dữ liệu và bảng chuyển đổi",
            )


def _texts(batch: Batch, name: str) -> npt.NDArray[np.object_]:
    return np.array(as_text(batch.column(name)).to_pylist(), dtype=object)


def _label(code: str, days: Sequence[date], window: str) -> str:
    first = first_day_of(window) or date.max
    later = next((day for day in days if first < day), None)
    return code if later is None else label_of(code, later)
