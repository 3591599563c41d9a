"""What stands on a page about an index table? The same columns, lines, marks and sentences as in its files."""

from dataclasses import dataclass, replace
from typing import Any

from analysis.report.domains import Domains, basis_and_level, index_score
from analysis.report.layout import Layout, lay_out_items, lay_out_units
from analysis.report.statements import period_line, provenance_lines, statements
from analysis.table import WHOLE, IndexTable
from analysis.wording import basis_sentence, count, estimate_text, interval_name, interval_text, reason_text
from questionnaires.model import Language
from survey_app.staff.speech import phrases

MOST_LINES = 500
"""Lines of a table on one page; the files have them all."""


@dataclass(frozen=True, slots=True)
class Headline:
    """The index of the whole in words, with its interval, its note and the forms behind it."""

    estimate: str
    interval_name: str
    interval: str
    note: str
    received: str
    valid: str


def index_context(table: IndexTable, language: Language) -> dict[str, Any]:
    """Return what the templates of an index table need."""
    units = lay_out_units(table, language)
    basis = basis_sentence(*basis_and_level(table)).in_language(language)
    return {
        "title": table.title.in_language(language),
        "marked_simulated": table.simulated,
        "headline": headline(table, language),
        "units": replace(units, lines=units.lines[:MOST_LINES]),
        "left_off": count(len(units.lines) - MOST_LINES, language) if len(units.lines) > MOST_LINES else "",
        "items": lay_out_items(table, language),
        "chart_text": chart_text(table, language),
        "basis": basis,
        "statements": [sentence for sentence in statements(table, language) if sentence != basis],
        "provenance": provenance_lines(table, language),
        "period_line": period_line(table, language),
        "findings": [(finding.where, finding.message.in_language(language)) for finding in table.findings],
    }


def headline(table: IndexTable, language: Language) -> Headline | None:
    """Return the index of the whole, None where the table has no whole or no index."""
    whole, score = Domains(table).whole(), index_score(table)
    row = Domains(table).rows(whole).get(score.id) if whole and score else None
    if whole is None or row is None:
        return None
    forms = next((unit for unit in table.units if unit.unit_code == whole.unit_code), None)
    return Headline(
        estimate=estimate_text(row, table.measure, language),
        interval_name=interval_name(*basis_and_level(table)).in_language(language),
        interval=interval_text(row, table.measure, language),
        note=reason_text(row.reason, language),
        received=count(forms.received, language) if forms and forms.received is not None else "",
        valid=count(forms.valid, language) if forms else "",
    )


def chart_text(table: IndexTable, language: Language) -> str:
    """Return what the chart shows, for people who cannot see it; the numbers stand in the table."""
    units = {row.unit_code for row in table.rows if row.estimate is not None} - {WHOLE}
    return str(
        phrases()["chart"]["text"].format(
            title=table.title.in_language(language),
            units=count(len(units), language),
            interval=interval_name(*basis_and_level(table)).in_language(language).lower(),
        )
    )


__all__ = ["MOST_LINES", "Layout", "index_context"]
