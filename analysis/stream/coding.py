"""Which code stands in each row? Columns of text as whole numbers that mean the same in every batch."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Codes = npt.NDArray[np.int64]


def as_text(column: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Return a column as trimmed text, blank as missing.

    Parameters
    ----------
    column : Array or ChunkedArray
        Any type that Arrow can write as text.

    Returns
    -------
    Array or ChunkedArray
        Strings.

    Raises
    ------
    ArrowInvalid
        For types that have no text (lists, structs).

    References
    ----------
    Apache Arrow columnar format, "Variable-size binary layout".

    Limits
    ------
    None.
    """
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column.cast(pa.string())
    if _is_tidy(column):
        return column
    trimmed = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, trimmed.type), trimmed)


def _is_tidy(column: pa.ChunkedArray | pa.Array) -> bool:
    """Return whether every value begins and ends with a printed character of ASCII: nothing to trim."""
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    return all(_has_printed_ends(chunk) for chunk in chunks)


def _has_printed_ends(chunk: pa.Array) -> bool:
    if chunk.null_count:
        chunk = chunk.drop_null()
    if len(chunk) == 0:
        return True
    data, offsets = string_bytes(chunk), string_offsets(chunk)
    sizes = np.diff(offsets)
    size = int(sizes.max())
    if sizes.min() == 0:
        return False
    if sizes.min() == size:
        first, last = data[::size], data[size - 1 :: size]
    else:
        ends = (offsets - offsets[0]).astype(np.int64)
        first, last = data[ends[:-1]], data[ends[1:] - 1]
    # below "!" the difference wraps round, above "~" it is too large
    return all(int((found - np.uint8(33)).max()) < 127 - 33 for found in (first, last))


def string_bytes(chunk: pa.Array) -> npt.NDArray[np.uint8]:
    """Return the bytes of an array of strings, one after the other.

    Parameters
    ----------
    chunk : Array of string or large_string
        Missing values allowed.

    Returns
    -------
    ndarray of uint8
        A view, nothing is copied.

    Raises
    ------
    AttributeError
        Never for arrays of strings.

    References
    ----------
    Apache Arrow columnar format.

    Limits
    ------
    Read only.
    """
    data = chunk.buffers()[2]
    if data is None or len(chunk) == 0:
        return np.zeros(0, np.uint8)
    start, stop = (int(string_offsets(chunk)[at]) for at in (0, -1))
    return np.frombuffer(data, np.uint8)[start:stop]


def string_offsets(chunk: pa.Array) -> npt.NDArray[Any]:
    """Return where each string of an array begins in the whole buffer, and where the last one ends.

    Parameters
    ----------
    chunk : Array of string or large_string
        Not empty.

    Returns
    -------
    ndarray of int32 or int64, length + 1
        A view.

    Raises
    ------
    AttributeError
        Never for arrays of strings.

    References
    ----------
    Apache Arrow columnar format.

    Limits
    ------
    Offsets count from the start of the buffer, not of the slice.
    """
    kind = np.int64 if pa.types.is_large_string(chunk.type) else np.int32
    offsets = np.frombuffer(chunk.buffers()[1], kind)
    return offsets[chunk.offset : chunk.offset + len(chunk) + 1]


class Codebook:
    """The values of one column over all batches; a value keeps the code of its first appearance."""

    def __init__(self) -> None:
        self._values = pa.nulls(0, pa.string())
        self._last = self._values
        self._meant = np.full(1, -1, dtype=np.int64)

    def __len__(self) -> int:
        return len(self._values)

    @property
    def values(self) -> list[str]:
        """The values in the order of their codes."""
        return list(self._values.to_pylist())

    def codes(self, column: pa.ChunkedArray) -> Codes:
        """Return the code of each row, -1 where nothing stands."""
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        parts = [self._of_chunk(chunk) for chunk in column.chunks]
        return parts[0] if len(parts) == 1 else np.concatenate([np.zeros(0, dtype=np.int64), *parts])

    def _of_chunk(self, chunk: pa.DictionaryArray) -> Codes:
        if not chunk.dictionary.equals(self._last):
            # the batches of one row group share a dictionary
            self._meant = np.append(self._meaning(as_text(chunk.dictionary)), -1)
            self._last = chunk.dictionary
        indices = chunk.indices
        if indices.null_count:
            # wide, since the sign for none may not fit into narrow ones
            indices = indices.cast(pa.int64()).fill_null(len(self._last))
        # wide again: numpy looks up narrow indices half as fast
        return np.asarray(self._meant[indices.to_numpy(zero_copy_only=False).astype(np.int64)])

    def _meaning(self, values: pa.Array) -> Codes:
        """Return the code of each value of a dictionary, new values learnt."""
        values = values.cast(pa.string())
        known = pc.index_in(values, value_set=self._values)
        new = values.filter(pc.and_(pc.is_null(known), pc.is_valid(values)))
        if len(new):
            self._values = pa.concat_arrays([self._values, new.unique()])
            known = pc.index_in(values, value_set=self._values)
        found: Codes = known.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        return found
