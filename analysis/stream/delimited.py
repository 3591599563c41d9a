"""How is a CSV file read in constant memory? Blocks of text columns, after its encoding has been looked at."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from analysis.stream.faults import UnreadableResponses, empty, refuse_repeated_columns
from analysis.stream.parquet import file_hash
from analysis.stream.sources import Batch

_BYTES_A_ROW = 64
_SMALLEST_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class CsvSource:
    """A CSV file in UTF-8; ``columns`` is its heading."""

    path: Path
    columns: tuple[str, ...]
    delimiter: str

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.name

    def batches(self, columns: Sequence[str], *, rows: int) -> Iterator[Batch]:
        """Yield blocks of about ``rows`` rows."""
        from pyarrow import csv as arrow_csv  # noqa: PLC0415  # only where a CSV is read

        first = 2
        try:
            reader = arrow_csv.open_csv(
                self.path,
                read_options=arrow_csv.ReadOptions(
                    column_names=list(self.columns),
                    skip_rows=1,
                    use_threads=False,
                    block_size=max(rows * _BYTES_A_ROW, _SMALLEST_BLOCK),
                ),
                parse_options=arrow_csv.ParseOptions(delimiter=self.delimiter),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(self.columns, pa.string()),
                    include_columns=list(columns),
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=True,
                    null_values=[""],
                ),
            )
            for part in reader:
                yield Batch(pa.Table.from_batches([part]), first)
                first += part.num_rows
        except pa.ArrowInvalid:
            # Arrow's text repeats the row, and a row is somebody's answers: only the place is told.
            raise _ragged(self) from None

    def sha256(self) -> str:
        """Return the SHA-256 of the file."""
        return file_hash(self.path)


def open_csv(path: Path) -> CsvSource:
    """Open a CSV file: comma, semicolon or tab, with a heading.

    Parameters
    ----------
    path : Path
        An existing file.

    Returns
    -------
    CsvSource
        Its columns are known, its rows only looked at for their encoding.

    Raises
    ------
    UnreadableResponses
        For a file that is empty, is not UTF-8 or has two columns of one name.

    References
    ----------
    RFC 4180.

    Limits
    ------
    A row with too many cells is only found when its turn comes.
    """
    _refuse_other_encodings(path)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        first, second = stream.readline(), stream.readline()
    if not first.strip() or not second:
        raise empty(path.name)
    delimiter = max(",;\t", key=first.count)
    header = [name.strip() for name in next(csv.reader([first], delimiter=delimiter))]
    refuse_repeated_columns(f"Tệp {path.name}, dòng 1", header)
    return CsvSource(path, tuple(header), delimiter)


def _ragged(source: CsvSource) -> UnreadableResponses:
    with source.path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, delimiter=source.delimiter)
        sizes = ((reader.line_num, len(row)) for row in reader if row)
        line, cells = next((pair for pair in sizes if pair[1] != len(source.columns)), (0, 0))
    return UnreadableResponses(
        f"Tệp {source.name}" + (f", dòng {line}" if line else ""),
        expected=f"mỗi dòng có {len(source.columns)} ô như dòng tiêu đề",
        got=f"{cells} ô" if line else "một ô có dấu ngoặc kép mở mà không đóng",
        remedy="mở tệp, sửa dòng đó; ô có dấu phân cách phải đặt trong dấu ngoặc kép",
    )


def _refuse_other_encodings(path: Path) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as stream:
            while block := stream.read(1 << 20):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise _not_utf8(path, _first_bad_line(path)) from None


def _first_bad_line(path: Path) -> int:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1


def _not_utf8(path: Path, line: int) -> UnreadableResponses:
    return UnreadableResponses(
        f"Tệp {path.name}, dòng {line}",
        expected="chữ mã hóa UTF-8",
        got="byte không thuộc UTF-8",
        remedy="mở tệp bằng Excel, chọn Lưu thành, kiểu “CSV UTF-8 (phân cách bằng dấu phẩy)”",
    )
