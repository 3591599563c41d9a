"""Do all languages say the same things?"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from survey_app.wording import FIRST_LANGUAGE, PHRASES


def _sentences(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _sentences(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value


@pytest.mark.parametrize("language", [code for code in PHRASES if code != FIRST_LANGUAGE])
def test_a_language_has_every_sentence_with_the_same_places_to_fill(language: str) -> None:
    first, other = (dict(_sentences(PHRASES[code])) for code in (FIRST_LANGUAGE, language))
    assert first.keys() == other.keys()
    for name, sentence in first.items():
        assert sorted(re.findall(r"{\w+}", sentence)) == sorted(re.findall(r"{\w+}", other[name])), name


def test_every_sentence_is_in_composed_form_and_not_blank() -> None:
    for language, phrases in PHRASES.items():
        for name, sentence in _sentences(phrases):
            assert unicodedata.is_normalized("NFC", sentence), (language, name)
            assert sentence.strip() == sentence != "", (language, name)


def test_office_words_are_spelt_out_on_screen() -> None:
    for _, sentence in _sentences(PHRASES["vi"]):
        assert not re.search(r"\b(HCC|TTHC)\b", sentence)
