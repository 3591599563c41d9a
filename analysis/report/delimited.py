"""How does an index table become a text file? CSV that Excel reads in Vietnamese, at full precision."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from analysis.report.cell_text import inert
from analysis.table import Finding, IndexTable

Value = str | float | None


def write_index_csv(table: IndexTable, path: Path) -> Path:
    """Write every row of the table.

    Parameters
    ----------
    table
        Any index table.
    path
        The file to write, UTF-8 with a byte order mark (else Excel garbles Vietnamese). Columns are those of
        ``IndexTable.records``; numbers keep full precision with a decimal point, None is an empty cell; text that
        a spreadsheet would run as a formula has an apostrophe in front.

    Returns
    -------
    Path
        The written file.
    """
    records = table.records()
    first = next(records, None)
    header = list(first) if first is not None else []
    rows = [] if first is None else [first.values()]
    return _write(path, header, (*rows, *(record.values() for record in records)))


def write_findings_csv(findings: Sequence[Finding], path: Path) -> Path:
    """Write what a person must look at before signing, one finding a row.

    Parameters
    ----------
    findings
        In the order in which they were found.
    path
        The file to write, in the form of ``write_index_csv``.

    Returns
    -------
    Path
        The written file.
    """
    rows = [(finding.where, finding.code, finding.message.vi, finding.message.en) for finding in findings]
    return _write(path, ("where", "code", "message_vi", "message_en"), rows)


def _write(path: Path, header: Iterable[str], rows: Iterable[Iterable[Value]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(inert(name) for name in header)
        writer.writerows([inert(v) if isinstance(v, str) else v for v in row] for row in rows)
    return path
