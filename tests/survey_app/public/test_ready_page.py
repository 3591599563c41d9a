"""Is a spliced page the very page, packed or not?"""

import gzip
import random
import zlib

import pytest

from survey_app.public.ready_page import ReadyPage

MARK = "m" * 32


@pytest.mark.parametrize("size", [0, 1, 100, 40_000, 200_000])
def test_the_page_comes_out_whole_with_its_own_id(size: int) -> None:
    words = random.Random(size)
    head = "".join(words.choice("aâăbcđ <>/=\n") for _ in range(size))
    page = ReadyPage.cut(f"{head}{MARK}</form>", MARK)
    for form_id in ("a" * 32, "0" * 32):
        expected = f"{head}{form_id}</form>".encode()
        assert page.plain(form_id) == expected
        assert gzip.decompress(page.gzipped(form_id)) == expected


def test_a_packed_page_is_one_stream_with_a_sum_that_fails_when_a_byte_is_lost() -> None:
    packed = ReadyPage.cut(f"{'Hài lòng ' * 500}{MARK}", MARK).gzipped("a" * 32)
    reader = zlib.decompressobj(wbits=31)
    reader.decompress(packed)
    assert reader.eof
    assert reader.unused_data == b""
    with pytest.raises(gzip.BadGzipFile):
        gzip.decompress(packed[:-8] + bytes([packed[-8] ^ 1]) + packed[-7:])


def test_a_page_without_one_place_for_the_id_is_refused() -> None:
    for page in ("none", f"{MARK} and {MARK}"):
        with pytest.raises(ValueError, match="unpack"):
            ReadyPage.cut(page, MARK)
