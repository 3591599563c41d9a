"""What does the simulation of coverage show? The page that is kept beside it, from the tallies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.coverage_cases import Family
from benchmarks.coverage_methods import DEFAULT, FIRST, PUBLISHED
from benchmarks.coverage_populations import ITEMS
from benchmarks.coverage_samples import Unit
from benchmarks.coverage_tally import Measured, Tally

Bools = npt.NDArray[np.bool_]

TARGET = 0.94
COMPARED = {
    "What the amendments changed": (FIRST, DEFAULT),
    "The shrinkage: how many degrees of freedom the expected ratio counts for": (
        "shrinkage 4",
        DEFAULT,
        "shrinkage 16",
    ),
    "The quantile": ("t(g + 8)", DEFAULT, "t(g + 16)"),
    "The doubt about the correlation that few units show": ("doubt 0", "doubt 1", DEFAULT, "doubt 3"),
}
"""Titles of the tables that set the decided rule beside others, and the methods in them."""


@dataclass(frozen=True, slots=True)
class Result:
    """A family and what was measured at each correlation."""

    family: Family
    measured: tuple[Measured, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """All results and how they were made: the sentence that says when, with which seed and how much."""

    made: str
    results: tuple[Result, ...]

    def having(self, *, required: bool) -> tuple[Result, ...]:
        """Return the results of the families that the target holds for, or of the others."""
        return tuple(result for result in self.results if result.family.required is required)


class _Case(NamedTuple):
    """Coverage of one unit of one scenario, its Monte-Carlo error, and both in words."""

    coverage: float
    error: float
    words: str


def summary(run: Run) -> Iterator[str]:
    """Yield the lines that answer whether the target is reached, and where not."""
    yield "## Is the target reached?"
    yield ""
    required = [m for result in run.having(required=True) for m in result.measured]
    figures = [case for m in required for case in _cases(m)]
    low = sorted(case for case in figures if case.coverage < TARGET)
    surely = sum(case.coverage + 2 * case.error < TARGET for case in low)
    undefined = max(float(m.tallies[DEFAULT].said_nothing.max()) for r in run.results for m in r.measured)
    yield (
        f"{len(figures) - len(low)} of {len(figures)} required cases reach {_percent(TARGET)} %; "
        f"{len(low)} do not, {surely} of them by more than two standard errors. "
        f"Intervals without limits or width, at most, in all cases: {_percent(undefined)} %."
    )
    if low:
        yield ""
        yield from (f"- {case.words}" for case in low)
    yield ""
    yield "### Required cases"
    yield ""
    yield from _smallest(run.having(required=True))
    yield ""
    yield "### Beyond the required cases"
    yield ""
    yield from _smallest(run.having(required=False))


def page(run: Run) -> str:
    """Return the whole page."""
    return "\n".join(_lines(run)) + "\n"


def _lines(run: Run) -> Iterator[str]:
    yield "# How often the default interval holds the true share"
    yield ""
    yield f"Nominal 95 %, target at least 94 % in every required case. {run.made}"
    yield ""
    yield (
        "Every replication is a file of its own: a parent whose units differ in size, share and design, one-PSU "
        "units among them, is estimated and given limits by the functions that make the index tables. m×k means "
        f"villages × answers in each; persons answer {ITEMS} items each and skip 5 % of them. ± is the "
        "Monte-Carlo standard error; the smallest of twenty figures lies about two of them low by chance alone. A "
        "method that gives no limits, or limits of no width, has missed; widths are those of the limits that are "
        "given."
    )
    yield ""
    yield from summary(run)
    for title, names in COMPARED.items():
        yield ""
        yield f"## {title}"
        yield ""
        yield _below(run.having(required=True), names)
        yield ""
        yield from _compared(run.results, names)
    yield ""
    yield "## Other methods in the required cases"
    yield ""
    yield from _methods(run.having(required=True))
    for result in run.results:
        if result.family.detailed:
            yield ""
            yield f"## Every case: {result.family.name}"
            yield ""
            yield from _every_case(result)


def _smallest(results: Sequence[Result]) -> Iterator[str]:
    head = (
        "family",
        "ICC",
        "smallest coverage",
        "where",
        "smallest, one PSU",
        "mean width",
        "below 94 %",
        "assumed",
    )
    yield from _head(head)
    for result in results:
        for m in result.measured:
            tally, one = m.tallies[DEFAULT], _one_psu(m)
            at = _lowest(tally, ~one)
            yield _row(
                result.family.name,
                _number(m.scenario.icc),
                _coverage(tally, at),
                _unit(m.scenario.units[at]),
                _coverage(tally, _lowest(tally, one)) if one.any() else "–",
                _number(float(tally.mean_width[~one].mean()), 3),
                f"{(tally.coverage < TARGET).sum()} of {len(one)}",
                f"{_percent(m.assumed)} %",
            )


def _below(results: Sequence[Result], names: Sequence[str]) -> str:
    measured = [m for result in results for m in result.measured]
    counts = [f"{name}: {sum(int((m.tallies[name].coverage < TARGET).sum()) for m in measured)}" for name in names]
    return f"Required cases below {_percent(TARGET)} %: {', '.join(counts)}. Widths are means over the units."


def _compared(results: Sequence[Result], names: Sequence[str]) -> Iterator[str]:
    yield from _head(("family", "ICC", *(title for name in names for title in (name, "width"))))
    for result in results:
        for m in result.measured:
            cells: list[str] = []
            for tally in (m.tallies[name] for name in names):
                inner = ~_one_psu(m)
                cells += [
                    _coverage(tally, _lowest(tally, inner)),
                    _number(float(tally.mean_width[inner].mean()), 3),
                ]
            yield _row(result.family.name, _number(m.scenario.icc), *cells)


def _methods(results: Sequence[Result]) -> Iterator[str]:
    yield from _head(("family", "method", "smallest coverage", "largest", "no limits, at most", "mean width"))
    for result in results:
        for name in (DEFAULT, *PUBLISHED):
            pairs = [(m.tallies[name], ~_one_psu(m)) for m in result.measured]
            coverage = np.concatenate([tally.coverage[inner] for tally, inner in pairs])
            nothing = np.concatenate([tally.said_nothing[inner] for tally, inner in pairs])
            width = np.concatenate([tally.mean_width[inner] for tally, inner in pairs])
            yield _row(
                result.family.name,
                name,
                _percent(float(coverage.min())),
                _percent(float(coverage.max())),
                f"{_percent(float(nothing.max()))} %",
                _number(float(width.mean()), 3),
            )


def _every_case(result: Result) -> Iterator[str]:
    samples = result.measured[0].tallies[DEFAULT].samples
    error = float(np.sqrt(0.95 * 0.05 / samples))
    yield (
        f"Coverage in percent (mean width; percent without limits), {thousands(samples)} replications, "
        f"± {_percent(error, 2)} where the coverage is 95 %."
    )
    yield ""
    names = (DEFAULT, FIRST, *PUBLISHED)
    yield from _head(("ICC", "design", "p", *names))
    for m in result.measured:
        for at, unit in enumerate(m.scenario.units):
            cells = (_figures(m.tallies[name], at) for name in names)
            yield _row(_number(m.scenario.icc), _design(unit), _number(unit.share), *cells)


def _cases(m: Measured) -> list[_Case]:
    tally = m.tallies[DEFAULT]
    return [
        _Case(
            float(tally.coverage[at]),
            float(tally.error[at]),
            f"{_coverage(tally, at)}: {m.scenario.name}: {_unit(unit)}",
        )
        for at, unit in enumerate(m.scenario.units)
    ]


def _one_psu(m: Measured) -> Bools:
    return np.array([unit.psus == 1 for unit in m.scenario.units])


def _lowest(tally: Tally, among: Bools) -> int:
    return int(np.where(among, tally.coverage, np.inf).argmin())


def _figures(tally: Tally, at: int) -> str:
    nothing = float(tally.said_nothing[at])
    missing = f"; {_percent(nothing)}" if nothing else ""
    return f"{_percent(float(tally.coverage[at]))} ({_number(float(tally.mean_width[at]), 3)}{missing})"


def _coverage(tally: Tally, at: int) -> str:
    return f"{_percent(float(tally.coverage[at]), 2)} ± {_percent(float(tally.error[at]), 2)}"


def _unit(unit: Unit) -> str:
    return f"{_design(unit)}, p {_number(unit.share)}"


def _design(unit: Unit) -> str:
    return f"{unit.psus} persons" if unit.answers == ITEMS else f"{unit.psus}×{unit.answers}"


def _head(titles: Sequence[str]) -> Iterator[str]:
    yield _row(*titles)
    yield _row(*("---" for _ in titles))


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f}".replace(".", ",")


def _number(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


def thousands(count: int) -> str:
    """Return a count with dots between the thousands."""
    return f"{count:,}".replace(",", ".")
