"""How does markup become a Word file? An A4 page on its side in the office's form, the same bytes every time."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from docx import Document
from docx.document import Document as Annex
from docx.enum.section import WD_ORIENT
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from analysis.report.word_markup import NAMESPACE, paragraph, run

PAGE_WIDTH: Final = 252.0
"""Millimetres between the margins: 297 - 30 - 15."""

_CREATED: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""The same table gives the same bytes, so a document cannot carry the time at which it was written."""
_BODY: Final = "word/document.xml"
_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
_PAGE_NUMBER: Final = '<w:fldSimple w:instr="PAGE"><w:r><w:t>2</w:t></w:r></w:fldSimple>'


def write_annex(content: str, path: Path, *, title: str, mark: str = "") -> None:
    """Write paragraphs and tables (markup of the body) as a document; ``mark`` stands at the top of every page."""
    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin, section.bottom_margin = Mm(20), Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = Mm(8)
    section.different_first_page_header_footer = True
    marked = paragraph(run(mark, size=12, bold=True, colour="C00000"), align="center") if mark else ""
    numbered = paragraph(_PAGE_NUMBER, align="center")
    _set_house_style(document)
    properties = document.core_properties
    properties.title, properties.language = title, "vi-VN"
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.created = properties.modified = _CREATED
    _fill(section.header.paragraphs[0], numbered + marked)
    _fill(section.first_page_header.paragraphs[0], marked or paragraph())
    _save(document, content, path)


def _set_house_style(document: Annex) -> None:
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(13)
    properties = normal.element.rPr
    for script in ("w:eastAsia", "w:cs"):
        properties.rFonts.set(qn(script), "Times New Roman")
    properties.append(parse_xml(f'<w:lang {NAMESPACE} w:val="vi-VN"/>'))


def _fill(first: Paragraph, content: str) -> None:
    """Put the content in the place of the one empty paragraph of a header."""
    empty = first.paragraph_format.element
    for element in list(parse_xml(f"<w:hdr {NAMESPACE}>{content}</w:hdr>")):
        empty.addprevious(element)
    empty.getparent().remove(empty)


def _save(document: Annex, content: str, path: Path) -> None:
    """Write the document with one date on all its parts.

    The content goes into the text of the body: moving it as elements takes minutes for a table of 3.321 lines.
    """
    written = io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as dated:
        for part in parts.infolist():
            text = parts.read(part)
            if part.filename == _BODY:
                text = text.replace(b"<w:sectPr", content.encode() + b"<w:sectPr", 1)
            dated.writestr(zipfile.ZipInfo(part.filename, _ZIP_DATE), text, zipfile.ZIP_DEFLATED)
