"""Is every response there once? Fingerprints of the ids, so that no id has to be kept."""

import tempfile
from collections.abc import Iterator
from typing import IO

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analysis.stream.coding import as_text, string_bytes, string_offsets
from analysis.stream.faults import DuplicateResponse, UnreadableResponses
from analysis.stream.sources import Batch, Label, Stream

Fingerprint = npt.NDArray[np.uint64]

HELD = 16_000_000
"""Fingerprints held in memory; beyond that they wait on disk, in parts that are looked at one by one."""

_PARTS = 64
_FIRST_SHOWN = 6
_MOST_COMPARED = 10_000
_WORD = 8
_START = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0x94D049BB133111EB)
_MASKS = np.array([(1 << (8 * n)) - 1 for n in range(9)], dtype=np.uint64)


def fingerprints(ids: pa.Array) -> Fingerprint:
    """Return 64 bits for each id: equal ids have equal bits, others almost never.

    Parameters
    ----------
    ids : Array of string
        Without missing values.

    Returns
    -------
    ndarray of uint64
        One number an id.

    Raises
    ------
    ValueError
        Never.

    References
    ----------
    Steele, Lea & Flood (2014), OOPSLA, 453–472 (the mixing constants of SplitMix64).

    Limits
    ------
    Not secret and not proof against ids made to collide: equal bits are a reason to compare the ids themselves.
    """
    if len(ids) == 0:
        return np.zeros(0, np.uint64)
    offsets = string_offsets(ids)
    sizes = np.diff(offsets)
    longest = int(sizes.max())
    if sizes.min() == longest >= _WORD:
        return _of_one_length(string_bytes(ids), len(ids), longest)
    # eight more bytes, so that the last word of the last id can be read whole
    text = np.append(string_bytes(ids), np.zeros(_WORD, np.uint8))
    starts = offsets[:-1] - offsets[0]
    words = np.ndarray(len(text) - 7, dtype=np.uint64, buffer=text, strides=(1,))
    found = _mixed(sizes.astype(np.uint64) + _START)
    for at in range(0, longest, _WORD):
        left = np.clip(sizes - at, 0, _WORD)
        rows = slice(None) if left.min() > 0 else np.flatnonzero(left)
        word = words[(starts + at)[rows]] & _MASKS[left[rows]]
        found[rows] = _mixed(found[rows] ^ word)
    return found


def _of_one_length(text: npt.NDArray[np.uint8], ids: int, size: int) -> Fingerprint:
    """Return the fingerprints of ids that are all equally long, as those that programs give are: no search."""
    found = _mixed(np.full(1, size, dtype=np.uint64) + _START)
    for at in range(0, size, _WORD):
        # the last word ends with the id: what it repeats of the word before is shifted out
        over = max(at + _WORD - size, 0)
        word = np.ndarray(ids, dtype=np.uint64, buffer=text, offset=at - over, strides=(size,))
        if len(found) == 1 and (word == word[0]).all():
            # all ids begin alike: one fingerprint does for all of them as yet
            word = word[:1]
        found = _mixed(found ^ (word >> np.uint64(8 * over) if over else word))
    return found if len(found) == ids else np.repeat(found, ids)


def _mixed(bits: Fingerprint) -> Fingerprint:
    """Spread the bits over the whole number, in place: every step can be undone, so none is lost."""
    bits *= _MIX
    bits ^= bits >> np.uint64(32)
    bits *= _MIX
    return bits


class Identities:
    """The fingerprints of all responses seen."""

    def __init__(self, held: int = HELD) -> None:
        # memory that is not written to is not taken
        self._waiting: Fingerprint = np.empty(held, dtype=np.uint64)
        self._count = 0
        self._files: list[IO[bytes]] = []

    def add(self, batch: Batch) -> None:
        """Take in the ids of a batch; a blank one is refused."""
        column = as_text(batch.column("response_id"))
        if column.null_count:
            rows = np.flatnonzero(column.is_null().to_numpy())[: _FIRST_SHOWN - 1]
            raise UnreadableResponses(
                f"Cột response_id, dòng {', '.join(str(batch.label(row)) for row in rows)}",
                expected="mã phiếu ở mọi dòng",
                got="ô trống",
                remedy="đánh mã cho từng phiếu, ví dụ số thứ tự",
            )
        for chunk in column.chunks:
            self._hold(fingerprints(chunk))

    def _hold(self, found: Fingerprint) -> None:
        if self._count + len(found) > len(self._waiting):
            self._spill()
        if len(found) > len(self._waiting):
            self._waiting = np.empty(len(found), dtype=np.uint64)
        self._waiting[self._count : self._count + len(found)] = found
        self._count += len(found)

    def check(self, stream: Stream) -> None:
        """Refuse an id that occurs twice; the stream is read again only where fingerprints are equal."""
        twice = np.concatenate([_repeated(part) for part in self._parts()])
        if len(twice):
            _refuse_repeated(stream, twice)

    def _spill(self) -> None:
        """Move what waits to disk, each fingerprint to the part of its highest bits."""
        if not self._files:
            self._files = [tempfile.TemporaryFile() for _ in range(_PARTS)]  # noqa: SIM115  # closed with the object
        waiting = self._waiting[: self._count]
        waiting.sort()
        edges = np.searchsorted(waiting, np.arange(_PARTS, dtype=np.uint64) << np.uint64(58))
        for file, part in zip(self._files, np.split(waiting, edges[1:]), strict=True):
            file.write(part.data)
        self._count = 0

    def _parts(self) -> Iterator[Fingerprint]:
        if self._files:
            self._spill()
        waiting, self._waiting = self._waiting[: self._count], np.empty(0, dtype=np.uint64)
        yield waiting
        for file in self._files:
            file.seek(0)
            yield np.fromfile(file, np.uint64)
            file.close()
        self._files, self._count = [], 0


def _repeated(found: Fingerprint) -> Fingerprint:
    found.sort()
    return np.unique(found[1:][found[1:] == found[:-1]])


def _refuse_repeated(stream: Stream, suspects: Fingerprint) -> None:
    """Refuse the ids that occur twice; ids that only share a fingerprint pass."""
    places: dict[str, list[tuple[int, Label]]] = {}
    seen = 0
    for batch in stream.batches(["response_id"]):
        row = 0
        for chunk in as_text(batch.column("response_id")).chunks:
            for hit in np.flatnonzero(np.isin(fingerprints(chunk), suspects[:_MOST_COMPARED])).tolist():
                places.setdefault(chunk[hit].as_py(), []).append((seen + row + hit, batch.label(row + hit)))
            row += len(chunk)
        seen += row
    twice = {name: rows for name, rows in places.items() if len(rows) > 1}
    if not twice:
        return
    rows = [label for _, label in sorted(place for found in twice.values() for place in found)]
    raise DuplicateResponse(
        f"Cột response_id, dòng {', '.join(map(str, rows[:_FIRST_SHOWN]))}",
        expected="mỗi phiếu một mã, một dòng",
        got=f"mã lặp lại: {', '.join(list(twice)[:3])}",
        remedy="bỏ dòng nhập trùng, hoặc đánh lại mã nếu là hai phiếu khác nhau",
    )
