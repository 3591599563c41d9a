"""In which language does the person read this page? The address says it, for there is no cookie."""

from typing import Any

from flask import request

from questionnaires.model import Language
from survey_app.style import page_style
from survey_app.wording import FIRST_LANGUAGE, PHRASES


def chosen_language() -> str:
    """Return the language that the address asks for, the first one where it asks for none that we speak."""
    asked = request.args.get("lang", FIRST_LANGUAGE)
    return asked if asked in PHRASES else FIRST_LANGUAGE


def written_language(language: str) -> Language:
    """Return the language in which a reader of this one finds surveys and questionnaires: it, else the first.

    The sentences of the pages may be translated into any language; a questionnaire is written in two.
    """
    return Language(language) if language in set(Language) else Language(FIRST_LANGUAGE)


def carried(language: str) -> str | None:
    """Return what a link says of the language: the first one needs no mention."""
    return None if language == FIRST_LANGUAGE else language


def page_context(language: str) -> dict[str, Any]:
    """Return what every page's template needs."""
    return {
        "lang": language,
        "written": written_language(language),
        "carried": carried(language),
        "t": PHRASES[language],
        "others": [(code, phrases["name"]) for code, phrases in PHRASES.items() if code != language],
        "style": page_style(),
    }
