"""How does an index table become the annex of a report? A draft in the form of Nghị định 30/2020/NĐ-CP."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analysis import wording
from analysis.report.cell_text import one_line
from analysis.report.cells import Layout
from analysis.report.domains import basis_and_level
from analysis.report.layout import lay_out_items, lay_out_units
from analysis.report.statements import period_line, statements
from analysis.report.word_file import PAGE_WIDTH, write_annex
from analysis.report.word_markup import SPACE, as_table, box, cell, paragraph, row, run, short_line
from analysis.report.word_tables import table_markup
from analysis.table import IndexTable

_DOTS: Final = "…………"
_AGENCY_WIDTH: Final = 110.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnexHeading:
    """What only the office knows: who issues the report, which report it is, and who receives it."""

    superior: str = _DOTS
    agency: str = _DOTS
    attached_to: str = "Báo cáo số ……/BC-…… ngày …… tháng …… năm …… của …………"
    recipients: tuple[str, ...] = ("Như trên;", "…………;", "Lưu: VT, …………")


BLANK: Final = AnnexHeading()
"""A heading with dots where the office writes."""


def write_index_docx(table: IndexTable, path: Path, *, heading: AnnexHeading = BLANK) -> Path:
    """Write the annex on A4 landscape: units with intervals, items of the whole, findings, method and notes.

    Parameters
    ----------
    table
        Any index table.
    path
        The file to write.
    heading
        Names of the bodies, the report and the recipients; dots where they are not known.

    Returns
    -------
    Path
        The written file: a draft without number or signature. The same table gives the same bytes.

    References
    ----------
    Nghị định 30/2020/NĐ-CP, phụ lục I: page, fonts and the heading of an annex.
    """
    content = "".join(
        (*_heading(table, heading), *_tables(table), *_findings(table), *_method(table), *_recipients(heading))
    )
    mark = wording.SIMULATED.vi if table.simulated else ""
    write_annex(content, path, title=one_line(table.title.vi), mark=mark)
    return path


def _heading(table: IndexTable, heading: AnnexHeading) -> Iterator[str]:
    agency = (
        paragraph(run(heading.superior.upper(), size=12), align="center")
        + paragraph(run(heading.agency.upper(), size=12, bold=True), align="center")
        + short_line(width=40, of=_AGENCY_WIDTH)
    )
    draft = paragraph(run("DỰ THẢO", size=12, bold=True), align="right")
    widths = (_AGENCY_WIDTH, PAGE_WIDTH - _AGENCY_WIDTH)
    yield as_table([row((cell(agency, width=widths[0]), cell(draft, width=widths[1])))], widths, ruled=False)
    if table.simulated:
        warning = f"{wording.SIMULATED.vi} – KHÔNG DÙNG ĐỂ BÁO CÁO"
        yield paragraph(
            run(warning, size=16, bold=True, colour="C00000"), align="center", before=8, extra=box("C00000")
        )
    yield paragraph(run("Phụ lục", size=14, bold=True), align="center", before=10)
    yield paragraph(run(one_line(table.title.vi).upper(), size=14, bold=True), align="center")
    yield paragraph(run(f"(Kèm theo {heading.attached_to})", size=13, italic=True), align="center")
    period = period_line(table)
    yield paragraph(run(period, size=13), align="center", before=4) if period else ""


def _tables(table: IndexTable) -> Iterator[str]:
    units, items = lay_out_units(table), lay_out_items(table)
    interval = wording.interval_name(*basis_and_level(table)).vi
    beneath = f"Dòng chữ nhỏ dưới mỗi kết quả: {interval[:1].lower()}{interval[1:]}."
    by_item = all(score.kind == "item" for score in table.scores)
    caption = "Kết quả theo đơn vị và tiêu chí" if by_item else "Kết quả theo đơn vị"
    yield from _captioned(f"Bảng 1. {caption}" if items else caption, units)
    yield from _notes(units, beneath if any(c.detail for line in units.lines for c in line.cells) else "")
    if items:
        yield from _captioned("Bảng 2. Kết quả chung theo yếu tố và tiêu chí", items)
        yield from _notes(items, "")


def _captioned(caption: str, layout: Layout) -> Iterator[str]:
    unit = f"Đơn vị tính: {layout.measure_unit}"
    yield paragraph(run(caption, size=13, bold=True), before=10, keep_next=True)
    yield paragraph(run(unit, size=12, italic=True), align="right", after=2, keep_next=True)
    yield table_markup(layout)


def _notes(layout: Layout, beneath: str) -> Iterator[str]:
    """Yield what stands small under a table: its letters, its small print and its marks."""
    legend = "; ".join(f"{heading}. {name}" for heading, name in layout.legend)
    lines = (f"Các yếu tố: {legend}." if legend else "", beneath)
    marked = (f"{mark} {sentence}" for mark, sentence in layout.notes)
    for position, line in enumerate(line for line in (*lines, *marked) if line):
        yield paragraph(run(line, size=11, italic=True), align="both", before=0 if position else 4)


def _findings(table: IndexTable) -> Iterator[str]:
    if table.findings:
        yield _section("Đối chiếu số liệu: những điểm cần kiểm tra trước khi ký")
    for number, finding in enumerate(table.findings, start=1):
        where = run(f"{number}. {one_line(finding.where)}:", size=12, bold=True)
        yield paragraph(where, SPACE, run(finding.message.vi, size=12), align="both", after=3)


def _method(table: IndexTable) -> Iterator[str]:
    """Yield basis and method; the body of a Vietnamese document ends with "./."."""
    yield _section("Cơ sở và phương pháp tính")
    *before, last = statements(table)
    for sentence in before:
        yield paragraph(run(sentence, size=12), align="both", after=3)
    yield paragraph(run(f"{last.removesuffix('.')}./.", size=12), align="both", keep_next=True)


def _section(title: str) -> str:
    return paragraph(run(title, size=13, bold=True), before=10, after=3, keep_next=True)


def _recipients(heading: AnnexHeading) -> Iterator[str]:
    yield paragraph(run("Nơi nhận:", size=12, bold=True, italic=True), before=12, keep_next=True)
    for position, recipient in enumerate(heading.recipients, start=1):
        ends = position == len(heading.recipients)
        yield paragraph(run(f"- {recipient}", size=11), keep_next=not ends)
