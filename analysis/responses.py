"""Which answers stand in a file? Response files, CSV or Parquet, read into columns and checked value by value."""

import csv
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from analysis.refusal import Refusal
from questionnaires.answers import check_code
from questionnaires.model import Kind, Question, Questionnaire

KNOWN_COLUMNS = frozenset(
    {"response_id", "survey", "unit_code", "unit_name", "parent_code", "parent_name", "mode", "language"}
    | {"window", "field", "channel", "simulated"}
)
"""Columns beside the items that a response file may have without being named on the command line."""

Codes = npt.NDArray[np.int64]


class UnreadableResponses(Refusal):
    """A file that is not a table of responses."""


class UnknownColumn(Refusal):
    """A column that is neither an item of the questionnaire nor named by an option."""


class ValueOutsideScale(Refusal):
    """An answer that the questionnaire does not offer."""


class DuplicateResponse(Refusal):
    """One response id in two rows."""


@dataclass(frozen=True, slots=True)
class ItemColumn:
    """The answers to one question: ``codes`` index ``stored``, -1 where nothing was answered."""

    stored: tuple[str, ...]
    codes: Codes

    def lookup(self, by_value: Sequence[float]) -> npt.NDArray[np.float64]:
        """Return for each response the number that belongs to its value, NaN where nothing was answered."""
        return np.array([*by_value, np.nan])[self.codes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Responses:
    """Responses of one or several files: ``items`` by question id, ``frame`` with all other columns as text.

    The frame's index is the row as a person would look it up (line of the CSV, or file and line).
    """

    items: dict[str, ItemColumn]
    frame: pd.DataFrame
    files: tuple[tuple[str, str], ...]

    def kept(self, keep: npt.NDArray[np.bool_]) -> "Responses":
        """Return the responses where ``keep`` is true."""
        items = {name: ItemColumn(column.stored, column.codes[keep]) for name, column in self.items.items()}
        return Responses(items=items, frame=self.frame.loc[keep], files=self.files)


def read_responses(
    paths: Sequence[Path], questionnaire: Questionnaire, *, named_columns: Collection[str] = ()
) -> Responses:
    """Read response files and check every value against the questionnaire.

    Parameters
    ----------
    paths : sequence of Path
        CSV (UTF-8, comma, semicolon or tab) or Parquet files, one row a response, blank is missing.
    questionnaire : Questionnaire
        What was asked.
    named_columns : collection of str
        Further columns that the caller uses (strata, weights …).

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
    Holds all responses in memory.
    """
    tables = []
    for path in paths:
        table = _read(path)
        _check_columns(path, table.column_names, questionnaire, named_columns)
        tables.append(table)
    table = pa.concat_tables(tables, promote_options="permissive")
    labels = _labels(paths, [t.num_rows for t in tables])
    asked = {question.id: question for question in questionnaire.questions() if question.kind is not Kind.TEXT}
    items = {
        name: _item_column(table[name], question, labels)
        for name, question in asked.items()
        if name in table.column_names
    }
    others = [name for name in table.column_names if name not in {q.id for q in questionnaire.questions()}]
    frame = pd.DataFrame({name: _as_text(table[name]).to_pandas() for name in others})
    frame.index = labels
    _check_ids(frame)
    return Responses(items=items, frame=frame, files=tuple((path.name, _sha256(path)) for path in paths))


def _read(path: Path) -> pa.Table:
    if not path.is_file():
        raise UnreadableResponses(
            f"Tệp {path}",
            expected="một tệp CSV hoặc Parquet có thật",
            got="không có tệp này",
            remedy="kiểm tra lại đường dẫn",
        )
    table = _read_parquet(path) if path.suffix.lower() in {".parquet", ".pq"} else _read_csv(path)
    if table.num_rows == 0:
        raise _empty(path)
    return table


def _empty(path: Path) -> UnreadableResponses:
    return UnreadableResponses(
        f"Tệp {path.name}",
        expected="một dòng tiêu đề và ít nhất một phiếu trả lời",
        got="tệp rỗng hoặc chỉ có dòng tiêu đề",
        remedy="xuất lại dữ liệu rồi chạy lại",
    )


def _read_parquet(path: Path) -> pa.Table:
    try:
        return pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise UnreadableResponses(
            f"Tệp {path.name}",
            expected="một tệp Parquet nguyên vẹn",
            got=type(error).__name__,
            remedy="xuất lại tệp; nếu là CSV thì đặt đuôi tệp là .csv",
        ) from None


def _read_csv(path: Path) -> pa.Table:
    _refuse_other_encodings(path)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        first = stream.readline()
    if not first.strip():
        raise _empty(path)
    delimiter = max(",;\t", key=first.count)
    header = [name.strip() for name in next(csv.reader([first], delimiter=delimiter))]
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise UnreadableResponses(
            f"Tệp {path.name}, dòng 1",
            expected="mỗi cột một tên",
            got=f"tên cột lặp lại: {', '.join(twice)}",
            remedy="đổi tên hoặc bỏ cột thừa",
        )
    try:
        return pyarrow.csv.read_csv(
            path,
            read_options=pyarrow.csv.ReadOptions(column_names=header, skip_rows=1),
            parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()),
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                null_values=[""],
            ),
        )
    except pa.ArrowInvalid:
        # Arrow's text repeats the row, and a row is somebody's answers: only the place is told.
        raise _ragged(path, header, delimiter) from None


def _ragged(path: Path, header: Sequence[str], delimiter: str) -> UnreadableResponses:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, delimiter=delimiter)
        sizes = ((reader.line_num, len(row)) for row in reader if row)
        line, cells = next((pair for pair in sizes if pair[1] != len(header)), (0, 0))
    return UnreadableResponses(
        f"Tệp {path.name}" + (f", dòng {line}" if line else ""),
        expected=f"mỗi dòng có {len(header)} ô như dòng tiêu đề",
        got=f"{cells} ô" if line else "một ô có dấu ngoặc kép mở mà không đóng",
        remedy="mở tệp, sửa dòng đó; ô có dấu phân cách phải đặt trong dấu ngoặc kép",
    )


def _refuse_other_encodings(path: Path) -> None:
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                raise UnreadableResponses(
                    f"Tệp {path.name}, dòng {number}",
                    expected="chữ mã hóa UTF-8",
                    got="byte không thuộc UTF-8",
                    remedy="mở tệp bằng Excel, chọn Lưu thành, kiểu “CSV UTF-8 (phân cách bằng dấu phẩy)”",
                ) from None


def _check_columns(
    path: Path, columns: Sequence[str], questionnaire: Questionnaire, named: Collection[str]
) -> None:
    asked = {question.id for question in questionnaire.questions()}
    unknown = [name for name in columns if name not in asked | KNOWN_COLUMNS | set(named)]
    if unknown:
        raise UnknownColumn(
            f"Tệp {path.name}, cột {', '.join(unknown)}",
            expected=f"mã câu hỏi của mẫu phiếu {questionnaire.id} ({', '.join(sorted(asked))}) "
            f"hoặc một trong các cột {', '.join(sorted(KNOWN_COLUMNS))}",
            got=f"cột không có trong mẫu phiếu: {', '.join(unknown)}",
            remedy="sửa tên cột, bỏ cột thừa, chọn đúng mẫu phiếu bằng --questionnaire, hoặc khai báo cột "
            "thiết kế mẫu bằng --strata, --psu, --weights, --fpc, --by",
        )
    missing = [name for name in ("response_id", *questionnaire.index.items) if name not in columns]
    if missing:
        raise UnknownColumn(
            f"Tệp {path.name}",
            expected=f"đủ cột response_id và các tiêu chí của mẫu phiếu {questionnaire.id}",
            got=f"thiếu cột {', '.join(missing)}",
            remedy="bổ sung cột (để trống nếu không ai trả lời) hoặc chọn đúng mẫu phiếu",
        )


def _labels(paths: Sequence[Path], sizes: Sequence[int]) -> pd.Index:
    first = {path: 1 if path.suffix.lower() in {".parquet", ".pq"} else 2 for path in paths}
    if len(paths) == 1:
        return pd.RangeIndex(first[paths[0]], first[paths[0]] + sizes[0])
    pairs = zip(paths, sizes, strict=True)
    return pd.Index([f"{path.name}:{row + first[path]}" for path, size in pairs for row in range(size)])


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        trimmed = pc.utf8_trim_whitespace(column)
        return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, trimmed.type), trimmed)
    return column.cast(pa.string())


def _item_column(column: pa.ChunkedArray, question: Question, labels: pd.Index) -> ItemColumn:
    encoded = _as_text(column).combine_chunks().dictionary_encode()
    values = [_canonical(value) for value in encoded.dictionary.to_pylist()]
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    bad = [code for code, value in enumerate(values) if check_code(question, value) is not None]
    if bad:
        rows = labels[np.isin(codes, bad)]
        allowed = ", ".join(choice.value for choice in question.every_choice()) or "một số trong khoảng cho phép"
        raise ValueOutsideScale(
            f"Cột {question.id}, dòng {', '.join(map(str, rows[:5]))}"
            + (f" và {len(rows) - 5} dòng khác" if len(rows) > 5 else ""),
            expected=f"một trong các mã {allowed}; để trống nếu không trả lời",
            got=", ".join(repr(values[code]) for code in bad[:5]),
            remedy="sửa các ô này theo phiếu gốc hoặc để trống",
        )
    return ItemColumn(tuple(values), codes)


def _canonical(value: str) -> str:
    """Return "4" for the "4.0" that a column of numbers with blanks turns into."""
    head, dot, tail = value.partition(".")
    return head if dot and head.lstrip("-").isdigit() and not tail.strip("0") else value


def _check_ids(frame: pd.DataFrame) -> None:
    ids = frame["response_id"]
    if ids.isna().any():
        raise UnreadableResponses(
            f"Cột response_id, dòng {', '.join(map(str, frame.index[ids.isna()][:5]))}",
            expected="mã phiếu ở mọi dòng",
            got="ô trống",
            remedy="đánh mã cho từng phiếu, ví dụ số thứ tự",
        )
    twice = ids.duplicated(keep=False)
    if twice.any():
        raise DuplicateResponse(
            f"Cột response_id, dòng {', '.join(map(str, frame.index[twice][:6]))}",
            expected="mỗi phiếu một mã, một dòng",
            got=f"mã lặp lại: {', '.join(ids[twice].drop_duplicates().head(3))}",
            remedy="bỏ dòng nhập trùng, hoặc đánh lại mã nếu là hai phiếu khác nhau",
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
