"""How is a line of a Word document written? As WordprocessingML: cell by cell would be slow for 3.321 units."""

from collections.abc import Iterable
from typing import Final, Literal
from xml.sax.saxutils import escape

from analysis.report.cell_text import one_line

NAMESPACE: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TWIPS: Final = 1440 / 25.4
"""Twentieths of a point in a millimetre."""

Align = Literal["left", "center", "right", "both"]
_RULE: Final = '<w:{} w:val="single" w:sz="{}" w:space="{}" w:color="{}"/>'
_CELL_MARGINS: Final = "".join(
    f'<w:{side} w:w="{width}" w:type="dxa"/>'
    for side, width in (("top", 15), ("left", 40), ("bottom", 15), ("right", 40))
)
SPACE: Final = '<w:r><w:t xml:space="preserve"> </w:t></w:r>'
"""A run that parts two others: the text of a run itself is trimmed."""


def run(
    text: str, *, size: float, bold: bool = False, italic: bool = False, raised: bool = False, colour: str = ""
) -> str:
    """Return a run of text; ``size`` in points, ``raised`` as a superscript. An empty text gives no run."""
    line = one_line(text)
    if not line:
        return ""
    half_points = round(2 * size)
    properties = (
        "<w:b/>" * bold
        + "<w:i/>" * italic
        + (f'<w:color w:val="{colour}"/>' if colour else "")
        + f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'
        + '<w:vertAlign w:val="superscript"/>' * raised
    )
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(line)}</w:t></w:r>'


def paragraph(
    *runs: str, align: Align = "left", before: int = 0, after: int = 0, keep_next: bool = False, extra: str = ""
) -> str:
    """Return a paragraph with so many points of space around it; ``extra`` are its borders."""
    spacing = f'<w:spacing w:before="{20 * before}" w:after="{20 * after}" w:line="240" w:lineRule="auto"/>'
    properties = f'{"<w:keepNext/>" * keep_next}{extra}{spacing}<w:jc w:val="{align}"/>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def box(colour: str) -> str:
    """Return the borders of a paragraph with a line on all four sides."""
    sides = "".join(_RULE.format(side, 18, 4, colour) for side in ("top", "left", "bottom", "right"))
    return f"<w:pBdr>{sides}</w:pBdr>"


def short_line(*, width: float, of: float) -> str:
    """Return a paragraph that is a line of ``width`` millimetres in the middle of a cell ``of`` millimetres."""
    inset = round((of - width) / 2 * TWIPS)
    return (
        f"<w:p><w:pPr><w:pBdr>{_RULE.format('top', 6, 1, '000000')}</w:pBdr>"
        '<w:spacing w:before="20" w:after="0" w:line="120" w:lineRule="exact"/>'
        f'<w:ind w:left="{inset}" w:right="{inset}"/></w:pPr></w:p>'
    )


def cell(content: str, *, width: float, merge: Literal["", "restart", "continue"] = "") -> str:
    """Return a cell ``width`` millimetres wide; ``merge`` joins it with the cell above or below."""
    merged = f'<w:vMerge w:val="{merge}"/>' if merge else ""
    properties = f'<w:tcW w:w="{round(width * TWIPS)}" w:type="dxa"/>{merged}<w:vAlign w:val="center"/>'
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def row(cells: Iterable[str], *, heading: bool = False) -> str:
    """Return a row that is never split over two pages; a heading stands on every page."""
    repeat = "<w:tblHeader/>" * heading
    return f"<w:tr><w:trPr><w:cantSplit/>{repeat}</w:trPr>{''.join(cells)}</w:tr>"


def as_table(rows: Iterable[str], widths: Iterable[float], *, ruled: bool = True) -> str:
    """Return a table of fixed widths in millimetres, with thin lines where it is ``ruled``."""
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = "".join(_RULE.format(side, 4, 0, "000000") for side in sides) if ruled else ""
    grid = "".join(f'<w:gridCol w:w="{round(width * TWIPS)}"/>' for width in widths)
    return (
        '<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblInd w:w="40" w:type="dxa"/>'
        f"<w:tblBorders>{borders}</w:tblBorders>"
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{_CELL_MARGINS}</w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
        f"{''.join(rows)}</w:tbl>"
    )
