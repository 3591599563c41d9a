"""Which files does an index table become? Those that were asked for, all written before any of them is seen."""

import secrets
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from analysis.refusal import Refusal
from analysis.report.delimited import write_findings_csv, write_index_csv
from analysis.report.opendata import write_datapackage, write_index_json
from analysis.table import IndexTable
from questionnaires.codebook import CodebookRow

FORMATS: Final = ("csv", "xlsx", "docx", "png", "json")
"""What ``write_reports`` can write. ``png`` is the chart, which also comes as SVG."""

_FINDINGS: Final = "reconciliation.csv"


class UnknownFormat(Refusal):
    """A format that no writer knows."""


def write_reports(
    table: IndexTable,
    folder: Path,
    *,
    formats: Collection[str],
    codebook: Sequence[CodebookRow] | None = None,
) -> tuple[Path, ...]:
    """Write the table in the formats asked for; a folder never shows a half-written file.

    Parameters
    ----------
    table
        Any index table.
    folder
        Where the files go; made where it is missing. Files of the same name are replaced, others stay, but an
        older ``reconciliation.csv`` goes where the table has no findings.
    formats
        Some of ``FORMATS``. ``json`` also writes ``datapackage.json``, which describes the files of this call.
    codebook
        The questionnaire's codebook for the workbook, None where there is no questionnaire.

    Returns
    -------
    tuple of Path
        The files in ``folder``, in the order of ``FORMATS``.

    Raises
    ------
    UnknownFormat
        Where a format is not one of ``FORMATS``; nothing is written.

    Limits
    ------
    Each file is replaced at once, the set of files only where ``folder`` did not exist before.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        raise UnknownFormat(
            "Định dạng kết quả",
            expected=", ".join(FORMATS),
            got=", ".join(unknown),
            remedy="chỉ chọn các định dạng trong danh sách",
        )
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = folder.parent / f".{folder.name}-{secrets.token_hex(4)}"
    staging.mkdir()
    try:
        files = _write_all(table, staging, formats, codebook)
        return _publish(files, staging, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _write_all(
    table: IndexTable, folder: Path, formats: Collection[str], codebook: Sequence[CodebookRow] | None
) -> list[Path]:
    files: list[Path] = []
    if "csv" in formats:
        files += _write_csv(table, folder)
    if "xlsx" in formats:
        files.append(_write_workbook(table, folder, codebook))
    if "docx" in formats:
        files.append(_write_annex(table, folder))
    if "png" in formats:
        files += _draw(table, folder)
    if "json" in formats:
        files.append(write_index_json(table, folder / "index.json"))
        files.append(write_datapackage(table, files, folder / "datapackage.json"))
    return files


def _write_csv(table: IndexTable, folder: Path) -> list[Path]:
    files = [write_index_csv(table, folder / "index.csv")]
    return [*files, write_findings_csv(table.findings, folder / _FINDINGS)] if table.findings else files


def _write_workbook(table: IndexTable, folder: Path, codebook: Sequence[CodebookRow] | None) -> Path:
    from analysis.report.excel import write_index_xlsx  # noqa: PLC0415  # only where a workbook is asked for

    return write_index_xlsx(table, folder / "index.xlsx", codebook=codebook)


def _write_annex(table: IndexTable, folder: Path) -> Path:
    from analysis.report.word import write_index_docx  # noqa: PLC0415  # only where an annex is asked for

    return write_index_docx(table, folder / "index.docx")


def _draw(table: IndexTable, folder: Path) -> list[Path]:
    from analysis.report.charts import draw_overall  # noqa: PLC0415  # matplotlib costs 0.5 s: only where a chart is drawn

    return list(draw_overall(table, folder))


def _publish(files: Sequence[Path], staging: Path, folder: Path) -> tuple[Path, ...]:
    """Move the finished files into the folder, the whole folder at once where it is new."""
    if not folder.exists():
        staging.replace(folder)
    else:
        for file in files:
            file.replace(folder / file.name)
        written = {file.name for file in files}
        if "index.csv" in written and _FINDINGS not in written:
            (folder / _FINDINGS).unlink(missing_ok=True)
    return tuple(folder / file.name for file in files)
