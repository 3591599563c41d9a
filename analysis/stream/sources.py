"""Where do the rows come from? Files and tables as batches of Arrow columns, each row with its place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from analysis.stream.faults import empty

BATCH_ROWS = 65_536
"""Rows held at a time: enough that fixed work vanishes, few enough that a column stays in the cache."""

Label = int | str


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a file: ``first`` is the line of the first one, ``prefix`` the file where there are several."""

    table: pa.Table
    first: int
    prefix: str | None = None

    def label(self, row: int) -> Label:
        """Return the row as a person would look it up: its line, or file and line."""
        line = self.first + int(row)
        return line if self.prefix is None else f"{self.prefix}:{line}"

    def column(self, name: str) -> pa.ChunkedArray:
        """Return a column, all missing where this file does not have it."""
        # by number: a look for the name among all names, 22 times a batch, would cost as much as counting
        at = self.table.schema.get_field_index(name)
        if at >= 0:
            return self.table.column(at)
        if name in self.table.column_names:
            message = f"column {name}: expected once, found several times; drop the others"
            raise ValueError(message)
        return pa.chunked_array([pa.nulls(self.table.num_rows, pa.string())])


class Source(Protocol):
    """Something that gives the same rows as often as it is asked."""

    @property
    def name(self) -> str:
        """The name of the file."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns."""

    def batches(self, columns: Sequence[str], *, rows: int) -> Iterator[Batch]:
        """Yield the columns, at most ``rows`` rows at a time (files may round)."""

    def sha256(self) -> str:
        """Return the SHA-256 of the file, empty where there is no file."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Several sources as one sample, in their order."""

    sources: tuple[Source, ...]
    rows: int = BATCH_ROWS

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that one of the sources has."""
        return tuple(dict.fromkeys(name for source in self.sources for name in source.columns))

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """Yield the batches of all sources."""
        several = len(self.sources) > 1
        for source in self.sources:
            wanted = [name for name in columns if name in source.columns]
            seen = 0
            for batch in source.batches(wanted, rows=self.rows):
                seen += batch.table.num_rows
                yield Batch(batch.table, batch.first, source.name) if several else batch
            if seen == 0:
                raise empty(source.name)

    def inputs(self) -> tuple[tuple[str, str], ...]:
        """Return name and SHA-256 of every source."""
        return tuple((source.name, source.sha256()) for source in self.sources)


@dataclass(frozen=True, slots=True)
class TableSource:
    """Rows in memory; ``first`` is the line of the first row."""

    table: pa.Table
    name: str = "dữ liệu"
    first: int = 1
    hash: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns."""
        return tuple(self.table.column_names)

    def batches(self, columns: Sequence[str], *, rows: int) -> Iterator[Batch]:
        """Yield slices of the table."""
        chosen = self.table.select(list(columns))
        for start in range(0, self.table.num_rows, rows):
            yield Batch(chosen.slice(start, rows), self.first + start)

    def sha256(self) -> str:
        """Return the hash that was given."""
        return self.hash


def is_parquet(path: Path) -> bool:
    """Return whether a file is read as Parquet.

    Parameters
    ----------
    path : Path
        Any path.

    Returns
    -------
    bool
        Whether its name ends in .parquet or .pq.

    Raises
    ------
    OSError
        Never: the file is not opened.

    References
    ----------
    Apache Parquet, "File format".

    Limits
    ------
    Believes the name.
    """
    return path.suffix.lower() in {".parquet", ".pq"}
