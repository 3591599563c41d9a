"""How does a page get a fresh form id without being drawn and compressed again? Cut and spliced."""

import struct
import zlib
from dataclasses import dataclass
from typing import Self

_GZIP_HEADER = bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 255])
_RAW_DEFLATE = -15


@dataclass(frozen=True, slots=True)
class ReadyPage:
    """A page cut at the place of the form id; what stands before it is kept compressed."""

    packed_head: bytes
    head_sum: int
    head_size: int
    tail: bytes

    @classmethod
    def cut(cls, page: str, mark: str) -> Self:
        """Return the page cut at the one place where the mark stands."""
        head, tail = page.encode().split(mark.encode())
        packer = zlib.compressobj(level=9, wbits=_RAW_DEFLATE)
        # A full flush ends at a whole byte and forgets what came before: any compressed data may follow.
        packed = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
        return cls(packed, zlib.crc32(head), len(head), tail)

    def plain(self, form_id: str) -> bytes:
        """Return the page with this form id."""
        return zlib.decompressobj(_RAW_DEFLATE).decompress(self.packed_head) + form_id.encode() + self.tail

    def gzipped(self, form_id: str) -> bytes:
        """Return the page with this form id as one gzip stream."""
        rest = form_id.encode() + self.tail
        packer = zlib.compressobj(level=6, wbits=_RAW_DEFLATE)
        sums = struct.pack("<II", zlib.crc32(rest, self.head_sum), (self.head_size + len(rest)) & 0xFFFFFFFF)
        return _GZIP_HEADER + self.packed_head + packer.compress(rest) + packer.flush() + sums
