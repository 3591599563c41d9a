"""Which answers stand in a file? Response files, CSV or Parquet, as a checked stream or read into memory."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analysis.stream.answers import ItemReader, OutsideScale, canonical, refuse_values
from analysis.stream.coding import as_text
from analysis.stream.delimited import open_csv
from analysis.stream.faults import DuplicateResponse, UnknownColumn, UnreadableResponses, ValueOutsideScale, empty
from analysis.stream.identity import Identities
from analysis.stream.parquet import open_parquet
from analysis.stream.sources import BATCH_ROWS, Source, Stream, TableSource, is_parquet
from questionnaires.model import Kind, Questionnaire

if TYPE_CHECKING:  # pandas costs more than scoring a million rows: only where somebody asks for a frame
    import pandas as pd

KNOWN_COLUMNS = frozenset(
    {"response_id", "survey", "unit_code", "unit_name", "parent_code", "parent_name", "mode", "language"}
    | {"window", "field", "channel", "simulated"}
)
"""Columns beside the items that a response file may have without being named on the command line."""

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ItemColumn:
    """The answers to one question: ``codes`` index ``stored``, -1 where nothing was answered."""

    stored: tuple[str, ...]
    codes: Codes

    def lookup(self, by_value: Sequence[float]) -> npt.NDArray[np.float64]:
        """Return for each response the number that belongs to its value, NaN where nothing was answered."""
        return np.array([*by_value, np.nan])[self.codes]


@dataclass(frozen=True)
class Responses:
    """Checked responses in memory: ``items`` by question id, ``frame`` with all other columns as text.

    The frame's index is the row as a person would look it up (line of the CSV, or file and line).
    """

    stream: Stream
    questionnaire: Questionnaire

    @cached_property
    def items(self) -> dict[str, ItemColumn]:
        """The answers, column by column."""
        asked = [q.id for q in self.questionnaire.questions() if q.kind is not Kind.TEXT]
        return {name: self._item(name) for name in asked if name in self.stream.columns}

    @cached_property
    def frame(self) -> "pd.DataFrame":
        """All columns that are not answers, as text."""
        import pandas as pd  # noqa: PLC0415  # see above

        asked = {question.id for question in self.questionnaire.questions()}
        others = [name for name in self.stream.columns if name not in asked]
        frame = pd.DataFrame({name: self._texts(name).to_pandas() for name in others})
        batches = list(self.stream.batches(["response_id"]))
        sizes = [batch.table.num_rows for batch in batches]
        if batches[0].prefix is None:
            frame.index = pd.RangeIndex(batches[0].first, batches[0].first + sum(sizes))
        else:
            frame.index = pd.Index(
                [b.label(row) for b, size in zip(batches, sizes, strict=True) for row in range(size)]
            )
        return frame

    @cached_property
    def files(self) -> tuple[tuple[str, str], ...]:
        """Name and SHA-256 of every file."""
        return self.stream.inputs()

    def _texts(self, name: str) -> pa.ChunkedArray:
        parts = [as_text(batch.column(name)).cast(pa.string()) for batch in self.stream.batches([name])]
        return pa.chunked_array([chunk for part in parts for chunk in part.chunks], pa.string())

    def _item(self, name: str) -> ItemColumn:
        encoded = self._texts(name).combine_chunks().dictionary_encode()
        codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        return ItemColumn(tuple(canonical(value) for value in encoded.dictionary.to_pylist()), codes)


def open_responses(
    paths: Sequence[Path],
    questionnaire: Questionnaire,
    *,
    named_columns: Collection[str] = (),
    rows: int = BATCH_ROWS,
) -> Stream:
    """Open response files as a stream: their columns are checked now, their rows as they pass.

    Parameters
    ----------
    paths : sequence of Path
        CSV (UTF-8, comma, semicolon or tab) or Parquet files, one row a response, blank is missing.
    questionnaire : Questionnaire
        What was asked.
    named_columns : collection of str
        Further columns that the caller uses (strata, weights …).
    rows : int
        Rows held at a time.

    Returns
    -------
    Stream
        In the order of the files; it can be read several times.

    Raises
    ------
    UnreadableResponses
        For an empty file, a file that is not UTF-8, a broken table.
    UnknownColumn
        For a column that nobody asked for, and for an index item without a column.

    References
    ----------
    DESIGN, section 5: streamed over Parquet row groups in constant memory.

    Limits
    ------
    A fault further on in a file is found when its rows pass.
    """
    sources = tuple(_open(path) for path in paths)
    for source in sources:
        _check_columns(source, questionnaire, named_columns)
    return Stream(sources, rows)


def stream_of(
    table: Any,  # noqa: ANN401  # a DataFrame or an Arrow table: naming pandas would import it
    questionnaire: Questionnaire,
    *,
    named_columns: Collection[str] = (),
    rows: int = BATCH_ROWS,
) -> Stream:
    """Return a frame or a table in memory as a stream, its columns checked like those of a file.

    Parameters
    ----------
    table : DataFrame or pyarrow.Table
        One row a response, missing values are missing answers.
    questionnaire, named_columns, rows
        As in ``open_responses``.

    Returns
    -------
    Stream
        Rows are named by their position, from 1.

    Raises
    ------
    UnreadableResponses
        For a table without rows.
    UnknownColumn
        As in ``open_responses``.

    References
    ----------
    DESIGN, section 2: one checker of answers for every way in.

    Limits
    ------
    A DataFrame is copied to Arrow once.
    """
    arrow = table if isinstance(table, pa.Table) else pa.Table.from_pandas(table, preserve_index=False)
    source = TableSource(arrow)
    if arrow.num_rows == 0:
        raise empty(source.name)
    _check_columns(source, questionnaire, named_columns)
    return Stream((source,), rows)


def read_responses(
    paths: Sequence[Path], questionnaire: Questionnaire, *, named_columns: Collection[str] = ()
) -> Responses:
    """Read response files and check every value against the questionnaire.

    Parameters
    ----------
    paths, questionnaire, named_columns
        As in ``open_responses``.

    Returns
    -------
    Responses
        In the order of the files.

    Raises
    ------
    UnreadableResponses
        For an empty file, a file that is not UTF-8, a broken table, a missing or blank ``response_id``.
    UnknownColumn
        For a column that nobody asked for, and for an index item without a column.
    ValueOutsideScale
        For a value that the questionnaire does not offer.
    DuplicateResponse
        For a response id that occurs twice.

    References
    ----------
    DESIGN, section 2: one checker of answers for every way in.

    Limits
    ------
    Holds all responses in memory: ``open_responses`` does not.
    """
    files = open_responses(paths, questionnaire, named_columns=named_columns)
    stream = Stream(tuple(_held(source) for source in files.sources))
    identities = Identities()
    readers = [ItemReader(q, {}) for q in questionnaire.questions() if q.kind is not Kind.TEXT]
    readers = [reader for reader in readers if reader.question.id in stream.columns]
    for batch in stream.batches(["response_id", *(reader.question.id for reader in readers)]):
        for reader in readers:
            try:
                reader.classes(batch.column(reader.question.id))
            except OutsideScale:
                raise refuse_values(stream, reader.question) from None
        identities.add(batch)
    identities.check(stream)
    return Responses(stream, questionnaire)


def _open(path: Path) -> Source:
    if not path.is_file():
        raise UnreadableResponses(
            f"Tệp {path}",
            expected="một tệp CSV hoặc Parquet có thật",
            got="không có tệp này",
            remedy="kiểm tra lại đường dẫn",
        )
    return open_parquet(path) if is_parquet(path) else open_csv(path)


def _held(source: Source) -> TableSource:
    batches = list(source.batches(source.columns, rows=BATCH_ROWS))
    if not batches:
        raise empty(source.name)
    table = pa.concat_tables([batch.table for batch in batches], promote_options="permissive")
    return TableSource(table, source.name, batches[0].first, source.sha256())


def _check_columns(source: Source, questionnaire: Questionnaire, named: Collection[str]) -> None:
    columns = source.columns
    asked = {question.id for question in questionnaire.questions()}
    unknown = [name for name in columns if name not in asked | KNOWN_COLUMNS | set(named)]
    if unknown:
        raise UnknownColumn(
            f"Tệp {source.name}, cột {', '.join(unknown)}",
            expected=f"mã câu hỏi của mẫu phiếu {questionnaire.id} ({', '.join(sorted(asked))}) "
            f"hoặc một trong các cột {', '.join(sorted(KNOWN_COLUMNS))}",
            got=f"cột không có trong mẫu phiếu: {', '.join(unknown)}",
            remedy="sửa tên cột, bỏ cột thừa, chọn đúng mẫu phiếu bằng --questionnaire, hoặc khai báo cột "
            "thiết kế mẫu bằng --strata, --psu, --weights, --fpc, --by",
        )
    missing = [name for name in ("response_id", *questionnaire.index.items) if name not in columns]
    if missing:
        raise UnknownColumn(
            f"Tệp {source.name}",
            expected=f"đủ cột response_id và các tiêu chí của mẫu phiếu {questionnaire.id}",
            got=f"thiếu cột {', '.join(missing)}",
            remedy="bổ sung cột (để trống nếu không ai trả lời) hoặc chọn đúng mẫu phiếu",
        )


__all__ = [
    "KNOWN_COLUMNS",
    "DuplicateResponse",
    "ItemColumn",
    "Responses",
    "UnknownColumn",
    "UnreadableResponses",
    "ValueOutsideScale",
    "open_responses",
    "read_responses",
    "stream_of",
]
