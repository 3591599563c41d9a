"""How is a Parquet file read in constant memory? Row groups in turn, codes left in their dictionaries."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from analysis.stream.faults import UnreadableResponses, empty, refuse_repeated_columns
from analysis.stream.sources import Batch


@dataclass(frozen=True, slots=True)
class ParquetSource:
    """A Parquet file; ``coded`` are the columns of text whose values repeat."""

    path: Path
    columns: tuple[str, ...]
    coded: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.name

    def batches(self, columns: Sequence[str], *, rows: int) -> Iterator[Batch]:
        """Yield the row groups, long ones in parts, short ones together."""
        coded = [name for name in self.coded if name in columns]
        first = 1
        try:
            with pq.ParquetFile(self.path, read_dictionary=coded, pre_buffer=False) as file:
                parts: list[pa.RecordBatch] = []
                for part in file.iter_batches(batch_size=rows, columns=list(columns), use_threads=False):
                    if parts and sum(map(len, parts)) + len(part) > rows:
                        yield Batch(pa.Table.from_batches(parts), first)
                        first += sum(map(len, parts))
                        parts = []
                    parts.append(part)
                if parts:
                    yield Batch(pa.Table.from_batches(parts), first)
        except (pa.ArrowInvalid, OSError) as error:
            raise _broken(self.path, error) from None

    def sha256(self) -> str:
        """Return the SHA-256 of the file."""
        return file_hash(self.path)


def open_parquet(path: Path) -> ParquetSource:
    """Open a Parquet file.

    Parameters
    ----------
    path : Path
        An existing file.

    Returns
    -------
    ParquetSource
        Its columns are known, its rows not yet read.

    Raises
    ------
    UnreadableResponses
        For a file that is not Parquet, has no rows or two columns of one name.

    References
    ----------
    Apache Parquet format, "Data pages" (dictionary encoding).

    Limits
    ------
    A page in the middle of the file is only found broken when its turn comes.
    """
    try:
        with pq.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowInvalid, OSError) as error:
        raise _broken(path, error) from None
    if rows == 0:
        raise empty(path.name)
    refuse_repeated_columns(f"Tệp {path.name}", schema.names)
    texts = [
        field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
    ]
    return ParquetSource(path, tuple(schema.names), tuple(name for name in texts if name != "response_id"))


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal.

    Parameters
    ----------
    path : Path
        An existing file.

    Returns
    -------
    str
        64 digits.

    Raises
    ------
    OSError
        Where the file cannot be read.

    References
    ----------
    FIPS 180-4.

    Limits
    ------
    None.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _broken(path: Path, error: Exception) -> UnreadableResponses:
    return UnreadableResponses(
        f"Tệp {path.name}",
        expected="một tệp Parquet nguyên vẹn",
        got=type(error).__name__,
        remedy="xuất lại tệp; nếu là CSV thì đặt đuôi tệp là .csv",
    )
