"""Can every built-in questionnaire be drawn, and does every reference on its page lead somewhere?"""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from questionnaires import library
from questionnaires.model import Kind, Mode
from survey_app.public.script import script_version
from tests.survey_app.building import FORM, make_app


class _Reader(HTMLParser):
    """Note every element, every id, and every id that something refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def ids(self) -> list[str]:
        return [str(a["id"]) for _, a in self.elements if a.get("id")]

    def referred(self) -> set[str]:
        found = {word for _, a in self.elements for word in str(a.get("aria-describedby") or "").split()}
        found |= {str(a["for"]) for _, a in self.elements if a.get("for")}
        return found | {str(a["href"])[1:] for _, a in self.elements if str(a.get("href")).startswith("#")}


def _read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    return reader


FOR_PHONES = [name for name in library.known_ids() if Mode.PHONE in library.load(name).modes]


@pytest.mark.parametrize("questionnaire_id", FOR_PHONES)
def test_every_question_can_be_answered_in_both_languages(tmp_path: Path, questionnaire_id: str) -> None:
    app = make_app(tmp_path, questionnaire_id=questionnaire_id)
    for language in ("vi", "en"):
        reader = _read(app.test_client().get(f"{FORM}?lang={language}").text)
        drawn = {(a.get("type") or tag, a["name"], a.get("value")) for tag, a in reader.elements if a.get("name")}
        for question in library.load(questionnaire_id).questions():
            box = "checkbox" if question.kind is Kind.MULTIPLE else "radio"
            if question.choices:
                assert {(box, question.id, c.value) for c in question.every_choice()} <= drawn
            else:
                assert any(name == question.id for _, name, _ in drawn)
    app.extensions["parts"].store.engine.dispose()


@pytest.mark.parametrize("questionnaire_id", FOR_PHONES)
def test_ids_are_unique_and_every_reference_leads_somewhere_even_with_faults(
    tmp_path: Path, questionnaire_id: str
) -> None:
    app = make_app(tmp_path, questionnaire_id=questionnaire_id)
    impossible = {question.id: "x" * 9999 for question in library.load(questionnaire_id).questions()}
    for page in (app.test_client().get(FORM), app.test_client().post(FORM, data=impossible)):
        reader = _read(page.text)
        assert len(reader.ids()) == len(set(reader.ids()))
        assert reader.referred() <= set(reader.ids())
    app.extensions["parts"].store.engine.dispose()


def test_the_page_asks_for_nothing_but_its_own_script(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    client = app.test_client()
    for path in ("/", FORM, f"{FORM}/cam-on", "/khong-co"):
        for tag, attributes in _read(client.get(path).text).elements:
            assert tag not in {"img", "iframe", "object", "embed"}
            if tag == "script":
                assert attributes == {"src": f"/form.{script_version()}.js", "defer": None}
            if tag == "link":
                assert str(attributes["href"]).startswith("data:")
            assert not any(name.startswith("on") or name == "style" for name in attributes)
    app.extensions["parts"].store.engine.dispose()
