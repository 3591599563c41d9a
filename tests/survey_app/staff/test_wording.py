"""Do the staff pages say the same things in every language, and the analysis's refusals part by part?"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from analysis.refusal import Refusal
from survey_app.staff.refusals import Complaint, read_refusal
from survey_app.staff.speech import PHRASES
from survey_app.wording import PHRASES as PUBLIC_PHRASES


def sentences(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from sentences(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value


def test_every_language_of_the_respondents_is_one_of_the_staff() -> None:
    assert PHRASES.keys() == PUBLIC_PHRASES.keys()


@pytest.mark.parametrize("language", sorted(PHRASES))
def test_a_language_has_every_sentence_with_the_same_places_to_fill(language: str) -> None:
    first, other = dict(sentences(PHRASES["vi"])), dict(sentences(PHRASES[language]))
    assert first.keys() == other.keys()
    for name, sentence in first.items():
        assert sorted(re.findall(r"{\w+}", sentence)) == sorted(re.findall(r"{\w+}", other[name])), name
        assert unicodedata.is_normalized("NFC", other[name]), name
        assert other[name].strip() == other[name] != "", name
        assert not re.search(r"\b(HCC|TTHC)\b", other[name]), name


def test_a_refusal_is_shown_in_its_four_parts() -> None:
    refusal = Refusal("Tệp a.csv, dòng 2", expected="số nguyên: 0, 1", got="“x: y”", remedy="sửa ô này")
    several = f"Không thực hiện được. {refusal}\n{refusal}\n… và 3 chỗ sai khác."
    shown = Complaint("Tệp a.csv, dòng 2", "số nguyên: 0, 1", "“x: y”", "sửa ô này")
    assert read_refusal(several) == [shown, shown, Complaint("… và 3 chỗ sai khác.")]


def test_any_other_message_is_shown_as_it_is() -> None:
    assert read_refusal("Error: Chưa có cơ sở dữ liệu.\n") == [Complaint("Chưa có cơ sở dữ liệu.")]
    assert read_refusal("  Cần có: x") == [Complaint("Cần có: x")]
    assert read_refusal("") == []
