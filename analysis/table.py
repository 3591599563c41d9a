"""What does an index table hold? The one object behind every page, file, chart and report."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Protocol, overload

from questionnaires.model import Text

WHOLE = "ALL"
"""The unit code of the whole."""

Basis = Literal["probability", "invited", "voluntary"]
Status = Literal["ok", "flagged", "suppressed", "missing"]
ScoreKind = Literal["item", "factor", "index"]
MeasureKind = Literal["percent", "score", "points"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRow:
    """One number with its n, its interval and its method: one score of one unit.

    ``estimate``, ``se``, ``ci_low`` and ``ci_high`` are on the table's measure (percent 0–100, score or points),
    None where they do not exist or are withheld. ``level`` is the confidence level in (0, 1). ``by`` holds the
    other columns of the domain as (column, value) pairs. ``parent_code`` is the unit above, None at the top.
    ``reason`` holds codes of ``analysis.wording.REASONS`` joined by ``;``.
    """

    survey: str
    period: str
    by: tuple[tuple[str, str], ...]
    unit_code: str
    unit_name: str
    parent_code: str | None
    score: str
    level: float
    method: str
    basis: Basis
    n_responses: int
    n_answers: int
    estimate: float | None
    se: float | None
    ci_low: float | None
    ci_high: float | None
    df: float | None
    deff: float | None
    status: Status
    reason: str


class Values(Protocol):
    """A list, a tuple or an array."""

    def __len__(self) -> int: ...
    def __getitem__(self, at: Any, /) -> Any: ...  # noqa: ANN401 - lists and arrays name the place differently
    def __iter__(self) -> Iterator[Any]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """The values of one field of many rows: ``values`` that differ, and which of them stands in each row."""

    values: Values
    codes: Values

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> Any:  # noqa: ANN401 - a field of a row, of any type
        return self.values[self.codes[row]]

    def __iter__(self) -> Iterator[Any]:
        return map(self.values.__getitem__, _listed(self.codes))


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """Numbers of one field of many rows, NaN where there is none; ``whole`` numbers are counts."""

    values: Values
    whole: bool = False

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, row: int) -> float | None:
        return _plain(self.values[row], whole=self.whole)

    def __iter__(self) -> Iterator[float | None]:
        return (_plain(value, whole=self.whole) for value in _listed(self.values))


def _listed(values: Values) -> Iterable[Any]:
    """Return an array's values as Python's own numbers, which are much quicker to go through."""
    return values.tolist() if hasattr(values, "tolist") else values


def _plain(value: float, *, whole: bool) -> float | None:
    """Return a number without the dress of the array that it stands in."""
    if value != value:  # noqa: PLR0124 - NaN is the number that is not itself; math.isnan refuses large integers
        return None
    return int(value) if whole else float(value)


class IndexRows(Sequence[IndexRow]):
    """Rows kept column by column: a row is made when it is looked at, so that many rows cost little."""

    __slots__ = ("_columns", "_size")
    _columns: Mapping[str, Column | Numbers]
    _size: int

    def __init__(self, columns: Mapping[str, Column | Numbers]) -> None:
        object.__setattr__(self, "_columns", dict(columns))
        object.__setattr__(self, "_size", len(next(iter(columns.values()))))

    def __setattr__(self, name: str, value: object) -> None:
        message = f"rows of an index table are fixed: {name} cannot be set"
        raise AttributeError(message)

    @classmethod
    def of(cls, rows: Sequence[IndexRow]) -> "IndexRows":
        """Return any rows column by column."""
        if isinstance(rows, cls):
            return rows
        return cls({field.name: _column([getattr(row, field.name) for row in rows]) for field in fields(IndexRow)})

    def column(self, name: str) -> Column | Numbers:
        """Return a field of all rows."""
        return self._columns[name]

    def with_columns(self, **columns: Column | Numbers) -> "IndexRows":
        """Return the rows with some fields replaced."""
        return IndexRows({**self._columns, **columns})

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, at: int) -> IndexRow: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[IndexRow, ...]: ...
    def __getitem__(self, at: int | slice) -> IndexRow | tuple[IndexRow, ...]:
        if isinstance(at, slice):
            return tuple(self[row] for row in range(*at.indices(len(self))))
        row = range(len(self))[at]
        values: dict[str, Any] = {name: column[row] for name, column in self._columns.items()}
        return IndexRow(**values)

    def __iter__(self) -> Iterator[IndexRow]:
        names = tuple(self._columns)
        for values in zip(*self._columns.values(), strict=True):
            yield IndexRow(**dict(zip(names, values, strict=True)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, IndexRows | tuple):
            return NotImplemented
        return len(self) == len(other) and all(mine == own for mine, own in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"IndexRows({len(self)} rows)"


def _column(values: Iterable[Any]) -> Column:
    listed = list(values)
    codes: dict[Any, int] = {}
    # 1, 1.0 and True are equal, 0.0 and -0.0 too, and must not become one another
    keys = [(type(value), repr(value) if isinstance(value, float) else value) for value in listed]
    places = [codes.setdefault(key, len(codes)) for key in keys]
    known = dict(zip(keys, listed, strict=True))
    return Column([known[key] for key in codes], places)


@dataclass(frozen=True, slots=True)
class Score:
    """What a value of the column ``score`` stands for: an item, a factor or the index."""

    id: str
    kind: ScoreKind
    name: Text


@dataclass(frozen=True, slots=True)
class Measure:
    """The scale of the estimates: percent 0–100, a mean score, or points from ``low`` to ``high``."""

    kind: MeasureKind
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class UnitCount:
    """How many forms stand behind a unit; ``issued`` and ``received`` are None where nobody counted them."""

    unit_code: str
    unit_name: str
    issued: int | None
    received: int | None
    valid: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the input that a person must look at before signing: where, and what in both languages."""

    where: str
    code: str
    message: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What the numbers were made from, so that they can be made again.

    ``inputs`` are (file name, SHA-256) pairs; ``questionnaire`` and ``questionnaire_hash`` are empty for tables of
    counts; ``interval`` names the interval method.
    """

    questionnaire: str
    questionnaire_hash: str
    inputs: tuple[tuple[str, str], ...]
    interval: str
    design: str
    code_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexTable:
    """Index rows and all that must be said beside them.

    ``title`` names the result, ``scores`` explains the values of ``score`` in their order, ``modes`` counts the
    responses by mode of survey, ``note`` is the questionnaire's standing note, ``simulated`` marks imaginary data.
    """

    title: Text
    rows: Sequence[IndexRow]
    scores: tuple[Score, ...]
    measure: Measure
    units: tuple[UnitCount, ...]
    modes: tuple[tuple[str, int], ...]
    provenance: Provenance
    findings: tuple[Finding, ...] = ()
    note: Text | None = None
    simulated: bool = False

    def find(self, unit_code: str, score: str) -> IndexRow | None:
        """Return the first row of this unit and score, None where there is none."""
        rows = IndexRows.of(self.rows) if self.rows else ()
        if not isinstance(rows, IndexRows):
            return None
        pairs = enumerate(zip(rows.column("unit_code"), rows.column("score"), strict=True))
        at = next((row for row, pair in pairs if pair == (unit_code, score)), None)
        return None if at is None else rows[at]

    def units_by_reason(self) -> dict[str, set[str]]:
        """Return for each code of ``reason`` the names of the units that have a row with it."""
        found: dict[str, set[str]] = {}
        rows = IndexRows.of(self.rows) if self.rows else None
        pairs = set(zip(rows.column("reason"), rows.column("unit_name"), strict=True)) if rows else set()
        for codes, name in pairs:
            for code in codes.split(";"):
                found.setdefault(code, set()).add(name)
        return found

    def by_columns(self) -> tuple[str, ...]:
        """Return the names of the domain's columns beside the unit."""
        return tuple(column for column, _ in self.rows[0].by) if self.rows else ()

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield the rows flat, in the published order of columns (DESIGN: one IndexTable row)."""
        for row in self.rows:
            record = {field.name: getattr(row, field.name) for field in fields(row)}
            by = dict(record.pop("by"))
            del record["parent_code"]
            head = {key: record.pop(key) for key in ("survey", "period")}
            yield {**head, **by, **record}

    def to_json(self) -> str:
        """Return the whole table as JSON text; ``from_json`` gives an equal table back."""
        raw = {field.name: getattr(self, field.name) for field in fields(self)}
        raw |= {"title": asdict(self.title), "rows": [_row_as_dict(row) for row in self.rows]}
        raw |= {name: [asdict(part) for part in raw[name]] for name in ("scores", "units", "findings")}
        raw |= {"measure": asdict(self.measure), "provenance": asdict(self.provenance)}
        raw["note"] = None if self.note is None else asdict(self.note)
        return json.dumps(raw, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "IndexTable":
        """Return the table that ``to_json`` wrote."""
        raw = json.loads(text)
        return cls(
            title=Text(**raw["title"]),
            rows=tuple(IndexRow(**{**r, "by": tuple((c, v) for c, v in r["by"])}) for r in raw["rows"]),
            scores=tuple(Score(s["id"], s["kind"], Text(**s["name"])) for s in raw["scores"]),
            measure=Measure(**raw["measure"]),
            units=tuple(UnitCount(**unit) for unit in raw["units"]),
            modes=tuple((mode, n) for mode, n in raw["modes"]),
            provenance=Provenance(
                **{**raw["provenance"], "inputs": tuple((f, h) for f, h in raw["provenance"]["inputs"])}
            ),
            findings=tuple(Finding(f["where"], f["code"], Text(**f["message"])) for f in raw["findings"]),
            note=None if raw["note"] is None else Text(**raw["note"]),
            simulated=raw["simulated"],
        )


def _row_as_dict(row: IndexRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in IndexRow.__slots__}
