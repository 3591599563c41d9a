"""Is text typed in by a person stored in one clean form?"""

import unicodedata
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.text import clean


def test_decomposed_vietnamese_is_composed() -> None:
    assert clean(unicodedata.normalize("NFD", "Hồ sơ đúng hẹn")) == "Hồ sơ đúng hẹn"


@pytest.mark.parametrize(
    "dropped", ["\x00", "\x0b", "\x85", "\ud800", "\ufffe", "\uffff", "\u202e", "\u2066", "\u200b", "\ufeff"]
)
def test_invisible_and_illegal_characters_are_dropped(dropped: str) -> None:
    assert clean(f"tốt{dropped}đẹp") == "tốtđẹp"


def test_emoji_and_their_joiners_stay() -> None:
    assert clean("👨‍👩‍👧 cảm ơn 🙏") == "👨‍👩‍👧 cảm ơn 🙏"


def test_line_ends_of_every_system_become_one_and_the_margins_go() -> None:
    assert clean(" một\r\nhai\rba\n ") == "một\nhai\nba"


@given(st.text(st.characters(codec=None, categories=None)))
def test_cleaning_twice_changes_nothing(typed: str) -> None:
    assert clean(clean(typed)) == clean(typed)


@given(st.text(st.characters(codec=None, categories=None)))
def test_cleaned_text_fits_in_any_xml_file(typed: str) -> None:
    element = ET.Element("text")
    element.text = clean(typed)
    written = ET.tostring(element, encoding="utf-8")
    assert (ET.fromstring(written).text or "") == clean(typed)  # noqa: S314 - our own text, just written
