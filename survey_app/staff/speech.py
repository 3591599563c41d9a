"""In which language does a member of staff read? The session remembers what was chosen last."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import request, session

from analysis.wording import SIMULATED
from questionnaires.model import Language
from survey_app.staff.addresses import same_page
from survey_app.wording import PHRASES as PUBLIC_PHRASES

_FOLDER = Path(__file__).parents[1] / "translations" / "staff"
_SPOKEN = {language.value: language for language in Language}

PHRASES: Mapping[str, Mapping[str, Any]] = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(_FOLDER.glob("*.toml"))
}
"""The sentences of the staff pages by language and place."""


def remember_language() -> None:
    """Keep the language that the address asks for."""
    if request.args.get("lang") in PHRASES:
        session["lang"] = request.args["lang"]


def language() -> Language:
    """Return the language of the present request."""
    return _SPOKEN.get(session.get("lang", ""), Language.VI)


def phrases() -> Mapping[str, Any]:
    """Return the sentences in the language of the present request."""
    return PHRASES[language()]


def page_context() -> dict[str, Any]:
    """Return what every page's template needs to speak."""
    spoken = language()
    return {
        "lang": spoken.value,
        "language": spoken,
        "t": PHRASES[spoken],
        "others": [
            (code, PUBLIC_PHRASES[code]["name"], same_page(lang=code)) for code in PHRASES if code != spoken
        ],
        "simulated": SIMULATED.in_language(spoken),
    }
