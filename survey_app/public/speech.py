"""In which language does the person read this page? The address says it, for there is no cookie."""

from typing import Any

from flask import request

from questionnaires.model import Language
from survey_app.style import page_style
from survey_app.wording import PHRASES

_SPOKEN = {language.value: language for language in Language}


def chosen_language() -> Language:
    """Return the language that the address asks for, Vietnamese where it asks for none that we speak."""
    return _SPOKEN.get(request.args.get("lang", ""), Language.VI)


def carried(language: Language) -> str | None:
    """Return what a link says of the language: the first one needs no mention."""
    return None if language is Language.VI else language.value


def page_context(language: Language) -> dict[str, Any]:
    """Return what every page's template needs."""
    others = [(code, PHRASES[code]["name"]) for code in _SPOKEN if code != language]
    return {
        "lang": language.value,
        "carried": carried(language),
        "t": PHRASES[language],
        "others": others,
        "style": page_style(),
    }
