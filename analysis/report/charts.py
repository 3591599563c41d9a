"""What does an index table look like as a picture? Units as dots with their intervals, legible in print and grey.

Importing this module loads matplotlib; ``analysis.report.writer`` does so only where a chart is asked for.
"""

from functools import cache
from math import ceil, isclose
from pathlib import Path
from textwrap import shorten, wrap
from typing import Any, Final, Literal

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from analysis import wording
from analysis.report.cell_text import one_line
from analysis.report.chart_lines import MOST_NAMED, ChartLine, ChartPlan, plan_chart
from analysis.report.domains import basis_and_level
from analysis.report.statements import period_line
from analysis.table import IndexRow, IndexTable, Measure
from questionnaires.model import Language, Text

_FONT: Final = "DejaVu Sans"
"""Comes with matplotlib and has every Vietnamese letter."""
_SETTINGS: Final[dict[Any, Any]] = {
    "font.family": [_FONT],
    "text.parse_math": False,
    "svg.hashsalt": "index-table",
    "svg.fonttype": "path",
}
_WIDTH, _RIGHT, _LINE, _SMALL_LINE = 11.0, 1.85, 0.29, 0.155
"""Inches: the picture, the margin of the figures, a line of the chart, a line of small print."""
_SMALL: Final = 7.5


def draw_overall(table: IndexTable, folder: Path, language: Language = Language.VI) -> tuple[Path, Path]:
    """Draw ``chart-overall.png`` and ``chart-overall.svg``.

    Parameters
    ----------
    table
        Any index table. With an index it is drawn by unit, else every item of every unit.
    folder
        Where the files go; it exists.
    language
        Of everything that is written on the chart.

    Returns
    -------
    tuple of Path
        The PNG (200 dpi) and the SVG; the same table gives the same bytes.

    Limits
    ------
    Sorting is not ranking: neighbours whose intervals overlap may stand in any order. Units that have units below
    them are not drawn. Letters that the font lacks are drawn as "□".
    """
    png, svg = folder / "chart-overall.png", folder / "chart-overall.svg"
    with rc_context(_SETTINGS):
        figure = overall_figure(table, language)
        figure.savefig(png, dpi=200, metadata={"Software": None})
        figure.savefig(svg, metadata={"Date": None, "Creator": None})
    return png, svg


def overall_figure(table: IndexTable, language: Language = Language.VI) -> Figure:
    """Return the chart as a figure that is not yet written.

    Parameters
    ----------
    table, language
        As in ``draw_overall``.

    Returns
    -------
    Figure
        On an Agg canvas of its own: pyplot and its global state are not used.
    """
    with rc_context(_SETTINGS):
        return _Chart(table, language).draw()


class _Chart:
    """One chart; its blocks from top to bottom are title, lines, legend and small print, measured in inches."""

    def __init__(self, table: IndexTable, language: Language) -> None:
        self.table, self.language = table, language
        self.plan: ChartPlan = plan_chart(table, language)
        self.named = len(self.plan.lines) <= MOST_NAMED
        self.title = wrap(_drawable(table.title.in_language(language)), 78 if table.simulated else 84)[:3]
        self.small = [part for text in self._small_print() for part in wrap(_drawable(text), 190)]
        self.handles = self._handles()
        longest = max((len(self._label(line)) for line in self.plan.lines if line.row), default=20)
        self.left = min(4.4, 0.079 * longest + 0.35) if self.named else 0.7
        self.head = 0.3 * len(self.title) + (0.55 if period_line(table) else 0.3)
        self.body = max(len(self.plan.lines) * _LINE, 0.6) + 0.15 if self.named else 7.0
        self.foot = 0.75 + 0.22 * ceil(len(self.handles) / 2) + _SMALL_LINE * len(self.small) + 0.15
        self.height = self.head + self.body + self.foot
        self.figure = Figure(figsize=(_WIDTH, self.height), facecolor="white")
        FigureCanvasAgg(self.figure)

    def draw(self) -> Figure:
        axes = self.figure.add_axes(self._frame())
        _set_scale(axes, self.plan, self.table.measure, self.language)
        self._draw_whole(axes)
        self._draw_lines(axes)
        self._write_texts()
        if self.named:
            self._write_names(axes)
        else:
            drawn = wording.count(len(self.plan.lines), self.language)
            axes.set_ylabel(
                f"{drawn} {self._say('kết quả, cao nhất ở trên', 'results, highest first')}", fontsize=9
            )
        return self.figure

    def _frame(self) -> tuple[float, float, float, float]:
        right = _RIGHT if self.named else 0.4
        inside = (_WIDTH - self.left - right) / _WIDTH
        return self.left / _WIDTH, self.foot / self.height, inside, self.body / self.height

    def _say(self, vi: str, en: str) -> str:
        return Text(vi, en).in_language(self.language)

    def _label(self, line: ChartLine) -> str:
        if line.row is None:
            return shorten(_drawable(line.name), 110, placeholder=" …")
        name = shorten(_drawable(line.name), 44, placeholder=" …")
        return f"{name} (n = {wording.count(line.row.n_responses, self.language)})"

    def _interval_name(self) -> str:
        return wording.interval_name(*basis_and_level(self.table)).in_language(self.language)

    def _small_print(self) -> list[str]:
        basis, level = basis_and_level(self.table)
        method = wording.method_statement((row.method for row in self.table.rows), basis, level)
        note = [self.table.note] if self.table.note else []
        said = [*note, wording.basis_sentence(basis, level), method]
        return [*self.plan.withheld, *(text.in_language(self.language) for text in said)]

    def _handles(self) -> list[Line2D]:
        """Return the legend: what a dot, a line, a hollow dot and the dashed line stand for."""
        handles = [
            Line2D([], [], color="black", marker="o", linestyle="", label=self._say("Kết quả", "Estimate")),
            Line2D([], [], color="black", linewidth=1.4, label=self._interval_name()),
        ]
        if self.plan.flagged:
            hollow = Line2D([], [], color="black", marker="o", markerfacecolor="white", linestyle="")
            hollow.set_label(self.plan.flagged)
            handles.append(hollow)
        if self.plan.whole is not None:
            label = f"{self._say('Kết quả chung', 'Overall')}: {self._figures(self.plan.whole)}"
            handles.append(Line2D([], [], color="0.25", linestyle="--", label=label))
        return handles

    def _figures(self, row: IndexRow) -> str:
        unit = self.table.measure.kind == "percent"
        estimate = wording.estimate_text(row, self.table.measure, self.language, unit=unit)
        return f"{estimate} ({wording.interval_text(row, self.table.measure, self.language)})"

    def _draw_whole(self, axes: Axes) -> None:
        whole = self.plan.whole
        if whole is None or whole.estimate is None:
            return
        if whole.ci_low is not None and whole.ci_high is not None:
            axes.axvspan(whole.ci_low, whole.ci_high, color="0.88", zorder=0)
        axes.axvline(whole.estimate, color="0.25", linestyle="--", linewidth=1.1, zorder=1)

    def _draw_lines(self, axes: Axes) -> None:
        placed = [(y, line.row) for y, line in enumerate(self.plan.lines) if line.row is not None]
        size = 6.0 if self.named else 2.0
        whiskers = [(y, r.ci_low, r.ci_high) for y, r in placed if r.ci_low is not None and r.ci_high is not None]
        for low_or_high in (1, 2) if self.named else ():
            axes.plot(
                [w[low_or_high] for w in whiskers], [w[0] for w in whiskers], "|", color="black", markersize=6
            )
        axes.hlines(
            [w[0] for w in whiskers],
            [w[1] for w in whiskers],
            [w[2] for w in whiskers],
            color="black" if self.named else "0.65",
            linewidth=1.4 if self.named else 0.5,
        )
        for flagged, fill in ((False, "black"), (True, "white")):
            dots = [
                (y, r.estimate) for y, r in placed if r.estimate is not None and (r.status == "flagged") is flagged
            ]
            (drawn,) = axes.plot([x for _, x in dots], [y for y, _ in dots], "o", color="black", zorder=3)
            drawn.set(markersize=size, markerfacecolor=fill)
        axes.set_ylim(max(len(self.plan.lines), 1) - 0.4, -0.6)

    def _write_names(self, axes: Axes) -> None:
        """Write names and figures beside the lines, and part the thin units from those that can be compared."""
        across = axes.get_yaxis_transform()
        edge = -(self.left - 0.3) / (_WIDTH - self.left - _RIGHT)
        for y, line in enumerate(self.plan.lines):
            if line.row is None:
                axes.text(edge, y, self._label(line), transform=across, va="center", fontsize=9, fontweight="bold")
                continue
            axes.text(-0.012, y, self._label(line), transform=across, ha="right", va="center", fontsize=8.5)
            axes.text(1.012, y, self._figures(line.row), transform=across, va="center", fontsize=8.5)
        first_thin = next((y for y, line in enumerate(self.plan.lines) if _is_thin(line)), 0)
        if first_thin > 0 and all(line.row is not None for line in self.plan.lines):
            axes.axhline(first_thin - 0.5, color="0.4", linewidth=0.8, linestyle=":")

    def _write_texts(self) -> None:
        top, left = self.height - 0.17, 0.3 / _WIDTH
        for number, part in enumerate(self.title):
            self._text(left, top - 0.28 * number, part, size=13, weight="bold")
        period = _drawable(period_line(self.table, self.language))
        self._text(left, top - 0.28 * len(self.title), period, size=10)
        below = self.foot - 0.72
        self.figure.legend(
            handles=self.handles,
            loc="upper left",
            bbox_to_anchor=(left - 0.012, below / self.height),
            ncols=2,
            frameon=False,
            fontsize=9,
            borderaxespad=0,
        )
        below -= 0.22 * ceil(len(self.handles) / 2) + 0.12
        for number, part in enumerate(self.small):
            self._text(left, below - _SMALL_LINE * number, part, size=_SMALL)
        if not any(line.row for line in self.plan.lines):
            nothing = self._say("Không có kết quả được công bố", "No result is published")
            self._text(0.4, self.foot + self.body / 2, nothing, size=11)
        if self.table.simulated:
            self._watermark()

    def _watermark(self) -> None:
        mark = wording.SIMULATED.in_language(self.language)
        across = self.figure.text(0.5, 0.55, mark, fontsize=46, fontweight="bold", color="0.2", alpha=0.13)
        across.set(ha="center", va="center", rotation=20, zorder=9)
        self.figure.text(0.98, 1 - 0.22 / self.height, mark, fontsize=10, ha="right", va="top", fontweight="bold")

    def _text(
        self, x: float, inches: float, text: str, *, size: float, weight: Literal["normal", "bold"] = "normal"
    ) -> None:
        self.figure.text(x, inches / self.height, text, fontsize=size, fontweight=weight, va="top")


def _is_thin(line: ChartLine) -> bool:
    return line.row is not None and "small_sample" in wording.reason_codes(line.row.reason)


def _set_scale(axes: Axes, plan: ChartPlan, measure: Measure, language: Language) -> None:
    """Fit the axis to the intervals, inside the measure, with ticks in the reader's signs."""
    rows = [line.row for line in plan.lines if line.row is not None]
    ends = [end for row in (*rows, plan.whole) if row for end in (row.ci_low, row.estimate, row.ci_high)]
    known = [end for end in ends if end is not None] or [measure.low, measure.high]
    room = max(max(known) - min(known), (measure.high - measure.low) / 50) * 0.06
    low, high = max(min(known) - room, measure.low), min(max(known) + room, measure.high)
    candidates = MaxNLocator(nbins=7, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    ticks = [float(tick) for tick in candidates if measure.low <= tick <= measure.high]
    low, high = min(low, *ticks), max(high, *ticks)
    edge = (high - low) * 0.012
    axes.set_xlim(low - edge, high + edge)
    decimals = next((d for d in (0, 1) if all(isclose(t, round(t, d), abs_tol=1e-9) for t in ticks)), 2)
    axes.set_xticks(ticks, [wording.number(tick, decimals, language) for tick in ticks])
    axes.set_yticks([])
    axes.grid(axis="x", color="0.85", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel(_drawable(plan.axis), fontsize=10)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _drawable(text: str) -> str:
    """Return the text with a box for every letter that the font lacks; matplotlib would warn and draw one."""
    letters = _letters()
    return "".join(letter if ord(letter) in letters else "□" for letter in one_line(text))


@cache
def _letters() -> frozenset[int]:
    return frozenset(get_font(findfont(_FONT)).get_charmap())
