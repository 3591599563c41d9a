"""How does an index table become a text file? CSV that Excel reads in Vietnamese, at full precision."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.report.cell_text import inert
from analysis.table import Column, Finding, IndexRow, IndexRows, IndexTable, Numbers

Value = str | float | None

_ROWS_AT_ONCE: Final = 20_000
_QUOTED: Final = frozenset('",\r\n')
_PLAIN: Final = (1e-4, 1e10)
"""Between these Arrow and Python write a number that is not whole in the same way."""


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
    with path.open("wb") as file:
        file.write(codecs.BOM_UTF8)
        for part in _parts(table) if table.rows else (_line([]).encode(),):
            file.write(part)
    return path


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


def _parts(table: IndexTable) -> Iterator[bytes]:
    """Yield the heading and the rows, some thousand at a time.

    Values that repeat are written once and looked up; lines are put together by Arrow.
    """
    rows = IndexRows.of(table.rows)
    names = [
        field.name for field in fields(IndexRow) if field.name not in {"survey", "period", "by", "parent_code"}
    ]
    by = {name: _by_column(rows, position) for position, name in enumerate(table.by_columns())}
    columns = {name: rows.column(name) for name in ("survey", "period")} | by
    columns |= {name: rows.column(name) for name in names}
    yield _line(list(columns)).encode()
    known = [_known(column) for column in columns.values()]
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        stop = min(start + _ROWS_AT_ONCE, len(rows))
        part = slice(start, stop)
        cells = [_texts(column, part, cells_of) for column, cells_of in zip(columns.values(), known, strict=True)]
        ends = pa.array([""]).take(pa.array(np.zeros(stop - start, dtype=np.int8)))
        lines = pc.binary_join_element_wise(*cells, ",")
        text = pc.binary_join_element_wise(lines, ends, "\r\n")
        yield text.buffers()[2].to_pybytes()


def _texts(column: Column | Numbers, part: slice, known: pa.Array | None) -> pa.Array:
    """Return some values of a column as they stand between two commas; ``known`` are the values that repeat."""
    if isinstance(column, Column) and known is not None:
        return known.take(pa.array(np.asarray(column.codes[part], dtype=np.int64)))
    if isinstance(column, Column):
        message = "a column of words needs its texts"
        raise TypeError(message)
    values = np.asarray(column.values[part], dtype=float)
    missing = np.isnan(values)
    if column.whole:
        return (
            pa.array(np.where(missing, 0, values).astype(np.int64), mask=missing).cast(pa.string()).fill_null("")
        )
    return _decimals(values, missing)


def _known(column: Column | Numbers) -> pa.Array | None:
    if isinstance(column, Numbers):
        return None
    return pa.array([_cell(value) for value in column.values], pa.string())


def _decimals(values: npt.NDArray[np.float64], missing: npt.NDArray[np.bool_]) -> pa.Array:
    """Return the shortest texts that give the numbers back, as Python writes them.

    Arrow finds the same digits much faster, but writes no ".0" and has its own limits for exponents.
    """
    size = np.abs(values)
    texts = pa.array(values).cast(pa.string())
    whole = (values == np.rint(values)) & (size < _PLAIN[1])
    texts = pc.if_else(pa.array(whole), pc.binary_join_element_wise(texts, ".0", ""), texts)
    odd = ~missing & ~whole & ((size < _PLAIN[0]) | (size >= _PLAIN[1]))
    if odd.any():
        texts = pc.replace_with_mask(texts, pa.array(odd), pa.array([repr(v) for v in values[odd].tolist()]))
    return pc.if_else(pa.array(missing), "", texts)


def _by_column(rows: IndexRows, position: int) -> Column:
    column = rows.column("by")
    if isinstance(column, Numbers):
        message = f"a column of domains was expected, numbers came: {column}"
        raise TypeError(message)
    return Column([by[position][1] for by in column.values], column.codes)


def _cell(value: Value) -> str:
    """Return one value as it stands between two commas."""
    if isinstance(value, str) and not _QUOTED.intersection(value):
        return inert(value)
    # a lone empty cell would be quoted: with a second one beside it, it is written as everywhere else
    return _line([value, None]).removesuffix(",\r\n")


def _line(values: Sequence[Value]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([inert(value) if isinstance(value, str) else value for value in values])
    return text.getvalue()
