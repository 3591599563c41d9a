"""Which class does each answer fall into? Item columns checked value by value, a byte a row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analysis.stream.coding import as_text, string_bytes, string_offsets
from analysis.stream.faults import ValueOutsideScale
from analysis.stream.sources import Label, Stream
from questionnaires.answers import check_code
from questionnaires.model import Question

Classes = npt.NDArray[np.uint8]

BLANK = 128
"""Added to the class of a row without an answer."""

_REFUSED = 254
_BYTE = pa.int8()
_FIRST, _LAST = ord("!"), ord("~")


class OutsideScale(Exception):
    """A batch holds a value that the question does not offer; the stream has to be asked where."""


@dataclass(slots=True)
class ItemReader:
    """Turns the answers to one question into classes, and refuses what the question does not offer.

    ``class_of`` gives the class of each stored value (below 125); values that it does not name, and with ``BLANK``
    added rows without an answer, get ``other``.
    """

    question: Question
    class_of: Mapping[str, int]
    other: int = 0
    _known: dict[str, int] = field(default_factory=dict)
    _table: bytes = b""
    _letters: bytes = b""

    def classes(self, column: pa.ChunkedArray) -> Classes:
        """Return the class of each row; raise OutsideScale where a value is not offered."""
        small = _small_numbers(column)
        found = self._by_text(column) if small is None else self._by_number(small)
        if found.max(initial=0) == _REFUSED:
            raise OutsideScale(self.question.id)
        return found

    def class_of_value(self, value: str) -> int:
        """Return the class of one stored value, checked once."""
        if value not in self._known:
            plain = canonical(value)
            accepted = check_code(self.question, plain) is None
            self._known[value] = self.class_of.get(plain, self.other) if accepted else _REFUSED
        return self._known[value]

    def _by_number(self, numbers: pa.Array) -> Classes:
        if not self._table:
            # the 256 whole numbers that a byte can be, in the order of their bit patterns
            patterns = np.arange(256, dtype=np.uint8).view(np.int8).tolist()
            offered = {choice.value for choice in self.question.every_choice()} or set(map(str, patterns))
            # what is not among the choices need not be asked about: the checker is slower than a batch of rows
            self._table = bytes(self.class_of_value(str(n)) if str(n) in offered else _REFUSED for n in patterns)
        if len(numbers) == 0:
            return np.zeros(0, np.uint8)
        values = numbers.buffers()[1].slice(numbers.offset, len(numbers)).to_pybytes()
        found = np.frombuffer(values.translate(self._table), np.uint8)
        if numbers.null_count == 0:
            return found
        given = _given(numbers)
        # what stands behind a missing answer is no answer, whatever it looks like
        return np.asarray(found * given | (given ^ 1) * np.uint8(self.other | BLANK))

    def _by_text(self, column: pa.ChunkedArray) -> Classes:
        found = [self._of_characters(chunk) for chunk in column.chunks]
        if found and all(part is not None for part in found):
            return np.concatenate([part for part in found if part is not None])
        encoded = as_text(column).combine_chunks().dictionary_encode()
        classes = [self.class_of_value(value) for value in encoded.dictionary.to_pylist()]
        codes = encoded.indices.fill_null(len(classes)).to_numpy(zero_copy_only=False)
        return np.asarray(np.array([*classes, self.other | BLANK], dtype=np.uint8)[codes])

    def _of_characters(self, chunk: pa.Array) -> Classes | None:
        """Return the classes of values that are one printed character each, None where some are not."""
        if not pa.types.is_string(chunk.type) or len(chunk) == 0:
            return None
        data, given = string_bytes(chunk), _given(chunk)
        if (np.diff(string_offsets(chunk)) != given).any() or not _printed(data):
            return None
        if not self._letters:
            self._letters = bytes(self.class_of_value(chr(n)) if _FIRST <= n <= _LAST else 0 for n in range(256))
        found = np.full(len(chunk), self.other | BLANK, dtype=np.uint8)
        found[given == 1] = np.frombuffer(data.tobytes().translate(self._letters), np.uint8)
        return found


def _given(array: pa.Array) -> Classes:
    """Return 1 for each row with a value and 0 for each without."""
    if array.null_count == 0:
        return np.ones(len(array), np.uint8)
    known = np.unpackbits(np.frombuffer(array.buffers()[0], np.uint8), bitorder="little")
    return known[array.offset : array.offset + len(array)]


def _printed(data: npt.NDArray[np.uint8]) -> bool:
    return bool(data.min(initial=_FIRST) >= _FIRST and data.max(initial=_LAST) <= _LAST)


def _small_numbers(column: pa.ChunkedArray) -> pa.Array | None:
    """Return small whole numbers as bytes; None where a column is no such thing."""
    numbers = column
    if column.type != _BYTE:
        if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
            return None
        try:
            numbers = column.cast(_BYTE)
        except pa.ArrowInvalid:
            return None
    if numbers.num_chunks == 1:
        return numbers.chunk(0)
    return pa.concat_arrays(numbers.chunks or [pa.nulls(0, _BYTE)])


def canonical(value: str) -> str:
    """Return "4" for the "4.0" that a column of numbers with blanks turns into.

    Parameters
    ----------
    value : str
        A stored value.

    Returns
    -------
    str
        The same without a fraction of zeros.

    Raises
    ------
    ValueError
        Never.

    References
    ----------
    DESIGN, section 2: storage codes.

    Limits
    ------
    Knows the decimal point only.
    """
    head, dot, tail = value.partition(".")
    return head if dot and head.lstrip("-").isdigit() and not tail.strip("0") else value


def refuse_values(stream: Stream, question: Question) -> ValueOutsideScale:
    """Return the refusal that names the rows whose answer to a question is not offered.

    Parameters
    ----------
    stream : Stream
        Read once more, this one column.
    question : Question
        The question.

    Returns
    -------
    ValueOutsideScale
        With the first five rows, the number of the others and up to five values.

    Raises
    ------
    UnreadableResponses
        Where the file is broken further on.

    References
    ----------
    DESIGN, section 2: one checker of answers for every way in.

    Limits
    ------
    None.
    """
    reader = ItemReader(question, {})
    rows: list[Label] = []
    values: dict[str, None] = {}
    more = 0
    for batch in stream.batches([question.id]):
        encoded = as_text(batch.column(question.id)).combine_chunks().dictionary_encode()
        stored: Sequence[str] = encoded.dictionary.to_pylist()
        bad = [code for code, value in enumerate(stored) if reader.class_of_value(value) == _REFUSED]
        values |= dict.fromkeys(canonical(stored[code]) for code in bad)
        codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        hits = np.flatnonzero(np.isin(codes, bad))
        shown = hits[: 5 - len(rows)] if len(rows) < 5 else hits[:0]
        rows += [batch.label(row) for row in shown.tolist()]
        more += len(hits) - len(shown)
    allowed = ", ".join(choice.value for choice in question.every_choice()) or "một số trong khoảng cho phép"
    return ValueOutsideScale(
        f"Cột {question.id}, dòng {', '.join(map(str, rows))}" + (f" và {more} dòng khác" if more else ""),
        expected=f"một trong các mã {allowed}; để trống nếu không trả lời",
        got=", ".join(repr(value) for value in list(values)[:5]),
        remedy="sửa các ô này theo phiếu gốc hoặc để trống",
    )
