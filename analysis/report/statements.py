"""What must be said under an index table? Method, basis, modes, provenance and the mark of imaginary data."""

from collections.abc import Iterator

from analysis import wording
from analysis.report.cell_text import one_line
from analysis.report.domains import basis_and_level
from analysis.table import IndexTable
from questionnaires.model import Language, Text


def statements(table: IndexTable, language: Language = Language.VI) -> tuple[str, ...]:
    """Return the sentences that belong under every form of the table, most important first.

    Parameters
    ----------
    table
        Any index table.
    language
        Of the sentences.

    Returns
    -------
    tuple of str
        The questionnaire's standing note, the basis of the sample, the modes with their caution and the statement
        of method; what does not apply is left out. The mark of imaginary data is ``wording.SIMULATED``.
    """
    return tuple(one_line(text.in_language(language)) for text in _statements(table))


def period_line(table: IndexTable, language: Language = Language.VI) -> str:
    """Return the period that the whole table is about: "Kỳ báo cáo: quý III năm 2026".

    Parameters
    ----------
    table
        Any index table.
    language
        Of the words.

    Returns
    -------
    str
        Empty where the table names no period, or several (they stand in a column then).
    """
    periods = {row.period for row in table.rows}
    if len(periods) != 1 or periods == {""}:
        return ""
    words = wording.period_text(one_line(periods.pop()))
    return Text(f"Kỳ báo cáo: {words.vi}", f"Period: {words.en}").in_language(language)


def provenance_lines(table: IndexTable, language: Language = Language.VI) -> tuple[tuple[str, str], ...]:
    """Return what the numbers were made from, as labels and values.

    Parameters
    ----------
    table
        Any index table.
    language
        Of the labels.

    Returns
    -------
    tuple of (str, str)
        Questionnaire, input files with their SHA-256, design, interval method and version; empty values left out.
    """
    made = table.provenance
    lines = (
        (Text("Mẫu phiếu", "Questionnaire"), made.questionnaire),
        (Text("Mã băm của mẫu phiếu (SHA-256)", "Questionnaire hash (SHA-256)"), made.questionnaire_hash),
        *((Text("Tệp số liệu (SHA-256)", "Input file (SHA-256)"), f"{n}: {digest}") for n, digest in made.inputs),
        (Text("Thiết kế mẫu", "Design"), made.design),
        (Text("Phương pháp tính khoảng", "Interval method"), made.interval),
        (Text("Phiên bản phần mềm", "Software version"), made.code_version),
    )
    return tuple((label.in_language(language), one_line(value)) for label, value in lines if value)


def _statements(table: IndexTable) -> Iterator[Text]:
    basis, level = basis_and_level(table)
    if table.note is not None:
        yield table.note
    yield wording.basis_sentence(basis, level)
    modes = wording.mode_text(table.modes)
    if modes.vi:
        yield Text(f"Hình thức khảo sát: {modes.vi}.", f"Modes of survey: {modes.en}.")
    caution = wording.mode_caution(table.modes)
    if caution is not None:
        yield caution
    method = wording.method_statement((row.method for row in table.rows), basis, level)
    if method.vi:
        yield Text(f"Phương pháp tính: {method.vi}", f"Method: {method.en}")
