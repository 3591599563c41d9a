"""Do all languages say the same things?"""

import os
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from survey_app import wording
from survey_app.wording import PHRASES, IncompleteCatalogue, load_catalogues


def _sentences(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _sentences(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value


def _folder(parent: Path, text: str) -> Path:
    """Return a folder with the first catalogue and one in a language that nobody speaks."""
    (parent / "vi.toml").write_text(_FIRST, encoding="utf-8")
    (parent / "xx.toml").write_text(text, encoding="utf-8")
    return parent


_FIRST = (Path(wording.__file__).parent / "translations" / "vi.toml").read_text(encoding="utf-8")
SEND = 'send = "Gửi phiếu"'


def test_a_language_has_every_sentence_with_the_same_places_to_fill(tmp_path: Path) -> None:
    assert list(load_catalogues(_folder(tmp_path, _FIRST))) == ["vi", "xx"]


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        (SEND, "", "form.send"),
        (SEND, f'{SEND}\nsendd = "x"', "form.sendd"),
        ("{answered}/{count}", "{answered}", "form.progress"),
        ("{answered}/{count}", "{answerd}/{count}", "form.progress"),
    ],
    ids=["a sentence is missing", "one too many", "a place is missing", "a place is misspelt"],
)
def test_a_catalogue_with_a_gap_is_refused_by_name_before_anybody_reads_a_page(
    tmp_path: Path, old: str, new: str, named: str
) -> None:
    assert old in _FIRST
    with pytest.raises(IncompleteCatalogue, match=rf"xx\.toml, {named}:"):
        load_catalogues(_folder(tmp_path, _FIRST.replace(old, new)))


# A new language is a file; the running process read its own at the start, so another process is asked.
ASK = """
import sys; from pathlib import Path
from tests.survey_app.building import FORM, FORM_ID, make_app
app = make_app(Path(sys.argv[1])); client = app.test_client()
for path in ("/", FORM, FORM + "/cam-on"):
    print(client.get(path + "?lang=xx").text)
print(client.get(FORM).text.count('href="?lang=xx"'))
sent = client.post(FORM + "?lang=xx", data={"A1": "4", "form_id": FORM_ID})
print(sent.status_code, sent.headers["Location"])
from survey_app.store.models import Response
with app.extensions["parts"].store.reading() as session:
    print("stored", session.query(Response).one().language)
"""


def test_a_translator_adds_a_third_language_by_adding_a_file(tmp_path: Path) -> None:
    root = Path(wording.__file__).parents[1]
    for package in ("survey_app", "questionnaires", "analysis", "migrations", "tests"):
        shutil.copytree(root / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    pseudo = re.sub(r'(?m)^(\w+ = ")(.*)"$', r'\1⟦\2⟧"', _FIRST)
    (tmp_path / "survey_app" / "translations" / "xx.toml").write_text(pseudo, encoding="utf-8")
    (tmp_path / "instance").mkdir()
    told = subprocess.run(
        [sys.executable, "-c", ASK, tmp_path / "instance"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert told.count('<html lang="xx">') == 3
    for sentence in ("⟦Gửi phiếu⟧", "⟦Xin chọn nơi", "⟦Đã trả lời {answered}/{count} câu⟧", "⟦Cảm ơn Ông/Bà⟧"):
        assert sentence in told
    assert '<a href="?lang=vi" lang="vi" hreflang="vi">Tiếng Việt</a>' in told
    assert '<h1 lang="vi">Khảo sát sự hài lòng năm 2026</h1>' in told
    assert told.splitlines()[-3:] == ["1", "303 /s/hai-long/26734/cam-on?lang=xx", "stored xx"]


def test_every_sentence_is_in_composed_form_and_not_blank() -> None:
    for language, phrases in PHRASES.items():
        for name, sentence in _sentences(phrases):
            assert unicodedata.is_normalized("NFC", sentence), (language, name)
            assert sentence.strip() == sentence != "", (language, name)


def test_office_words_are_spelt_out_on_screen() -> None:
    for _, sentence in _sentences(PHRASES["vi"]):
        assert not re.search(r"\b(HCC|TTHC)\b", sentence)
