"""What does an index table hold? The one object behind every page, file, chart and report."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

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
    rows: tuple[IndexRow, ...]
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
        return next((r for r in self.rows if r.unit_code == unit_code and r.score == score), None)

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
        return json.dumps(asdict(self), ensure_ascii=False, allow_nan=False)

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
