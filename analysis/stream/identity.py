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

HELD = 2_000_000
"""Fingerprints held in memory; beyond that they wait on disk, in parts that are looked at one by one."""

_PARTS = 64
_FIRST_SHOWN = 6
_MOST_COMPARED = 10_000
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
    # eight more bytes, so that the last word of the last id can be read whole
    text = np.append(string_bytes(ids), np.zeros(8, np.uint8))
    longest = int(sizes.max())
    if sizes.min() == longest:
        return _of_one_length(text, len(ids), longest)
    starts = offsets[:-1] - offsets[0]
    words = np.ndarray(len(text) - 7, dtype=np.uint64, buffer=text, strides=(1,))
    found = _mixed(sizes.astype(np.uint64))
    for at in range(0, longest, 8):
        left = np.clip(sizes - at, 0, 8)
        rows = slice(None) if left.min() > 0 else np.flatnonzero(left)
        word = words[(starts + at)[rows]] & _MASKS[left[rows]]
        found[rows] = _mixed(found[rows] ^ word)
    return found


def _of_one_length(text: npt.NDArray[np.uint8], ids: int, size: int) -> Fingerprint:
    """Return the fingerprints of ids that are all equally long, as those that programs give are: no search."""
    found = _mixed(np.full(ids, size, dtype=np.uint64))
    for at in range(0, size, 8):
        word = np.ndarray(ids, dtype=np.uint64, buffer=text, offset=at, strides=(size,))
        found ^= word if at + 8 <= size else word & _MASKS[size - at]
        _mixed(found)
    return found


def _mixed(bits: Fingerprint) -> Fingerprint:
    """Spread the bits over the whole number, in place: every step can be undone, so none is lost."""
    bits += np.uint64(0x9E3779B97F4A7C15)
    bits *= _MIX
    bits ^= bits >> np.uint64(32)
    bits *= _MIX
    return bits


class Identities:
    """The fingerprints of all responses seen."""

    def __init__(self, held: int = HELD) -> None:
        self._held, self._count = held, 0
        self._waiting: list[Fingerprint] = []
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
            self._waiting.append(fingerprints(chunk))
            self._count += len(chunk)
        if self._count > self._held:
            self._spill()

    def check(self, stream: Stream) -> None:
        """Refuse an id that occurs twice; the stream is read again only where fingerprints are equal."""
        twice = np.concatenate([_repeated(part) for part in self._parts()])
        self._waiting = []
        if len(twice):
            _refuse_repeated(stream, twice)

    def _spill(self) -> None:
        """Move what waits to disk, each fingerprint to the part of its highest bits."""
        if not self._files:
            self._files = [tempfile.TemporaryFile() for _ in range(_PARTS)]  # noqa: SIM115  # closed with the object
        waiting = np.sort(np.concatenate(self._waiting))
        edges = np.searchsorted(waiting >> np.uint64(58), np.arange(_PARTS + 1, dtype=np.uint64))
        for number, file in enumerate(self._files):
            file.write(waiting[edges[number] : edges[number + 1]].tobytes())
        self._waiting, self._count = [], 0

    def _parts(self) -> Iterator[Fingerprint]:
        if self._files:
            self._spill()
            for file in self._files:
                file.seek(0)
                yield np.frombuffer(file.read(), np.uint64)
                file.close()
            self._files = []
        else:
            yield np.concatenate([np.zeros(0, np.uint64), *self._waiting])


def _repeated(found: Fingerprint) -> Fingerprint:
    ordered = np.sort(found)
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])


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
