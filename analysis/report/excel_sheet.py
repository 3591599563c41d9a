"""How are the cells of our workbooks written, and how do they look? Text as text, numbers as numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Final

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from analysis.report.cell_text import one_line

Property = str | float | bool
At = tuple[int, int]
"""Row and column, from 0."""

HEADING: Final[Mapping[str, Property]] = {
    "border": 1,
    "bold": True,
    "align": "center",
    "text_wrap": True,
    "bg_color": "#E7E6E6",
}
"""The look of a column's heading."""

_FONT: Final[Mapping[str, Property]] = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}
_LINE_HEIGHT: Final = 16
_MOST_LINES: Final = 25
"""Lines of text in a row; Excel's highest row has 409 points."""

_LONGEST: Final = 32_000
"""Characters of a cell; Excel holds 32.767 and drops what is longer without a word."""


@dataclass(slots=True)
class Styles:
    """The formats of one workbook, each made once."""

    workbook: Workbook
    _made: dict[tuple[tuple[str, Property], ...], Format] = field(default_factory=dict)

    def get(self, properties: Mapping[str, Property]) -> Format:
        """Return the format with these properties on top of the house font."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self.workbook.add_format({**_FONT, **properties})
        return self._made[key]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: the only ways in which we write a cell."""

    worksheet: Worksheet
    styles: Styles

    def style(self, properties: Mapping[str, Property]) -> Format:
        """Return the format with these properties on top of the house font."""
        return self.styles.get(properties)

    def text(self, at: At, text: str, style: Format) -> None:
        """Write text: never a formula, a link or a number, whatever it begins with."""
        line = one_line(text)[:_LONGEST]
        if line:
            self.worksheet.write_string(*at, line, style)
        else:
            self.worksheet.write_blank(*at, None, style)

    def number(self, at: At, value: float | None, style: Format) -> None:
        """Write a real number, an empty cell where there is none."""
        if value is None:
            self.worksheet.write_blank(*at, None, style)
        else:
            self.worksheet.write_number(*at, value, style)

    def across(self, at: At, text: str, style: Format, *, last: int) -> None:
        """Write text over the cells of a row up to the column ``last``."""
        row, first = at
        if first < last:
            self.worksheet.merge_range(row, first, row, last, "", style)
        self.text(at, text, style)

    def wrapped_row(self, row: int, texts: Iterable[tuple[str, float]]) -> None:
        """Make a row high enough for its wrapped texts, given with the widths of their columns.

        Excel fits plain cells by itself but never merged ones, and other programs fit neither.
        """
        lines = max((ceil(len(text) / (1.1 * width)) for text, width in texts if text), default=1)
        if lines > 1:
            self.worksheet.set_row(row, _LINE_HEIGHT * min(lines, _MOST_LINES))

    def fit_page(self, *, heading: tuple[int, int]) -> None:
        """Set the sheet up for A4 on its side, as wide as the page, with its heading on every page."""
        self.worksheet.set_landscape()
        self.worksheet.set_paper(9)
        self.worksheet.set_margins(left=0.6, right=0.4, top=0.7, bottom=0.6)
        self.worksheet.fit_to_pages(1, 0)
        self.worksheet.repeat_rows(*heading)
        self.worksheet.set_footer("&C&P/&N")


def decimals_format(decimals: int) -> str:
    """Return Excel's number format with so many decimals; Excel shows the sign of the reader's language."""
    return "0." + "0" * decimals if decimals else "0"
