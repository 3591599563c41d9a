"""How does an entry of the log read? Its details named, and what stands there as a code, in words."""

import re
from collections.abc import Mapping
from datetime import date

from analysis.wording import date_text
from survey_app.services.access.login_tries import NOBODY
from survey_app.staff.speech import phrases

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def account_words(account: str) -> str:
    """Return who did it; a name that no account has was not kept."""
    return str(phrases()["audit"]["nobody"]) if account == NOBODY else account


def detail_lines(details: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the details by name and in words, in the order of the catalogue; empty ones tell nothing."""
    names: Mapping[str, str] = phrases()["audit"]["details"]
    known = [name for name in names if details.get(name)]
    others = sorted(name for name, value in details.items() if value and name not in names)
    return [(names.get(name, name), _value(name, details[name])) for name in (*known, *others)]


def _value(name: str, value: str) -> str:
    """Return a value in words; one that this version does not know stays as it was kept."""
    words = phrases()
    tables: dict[str, Mapping[str, str]] = {
        "role": words["roles"],
        "how": words["audit"]["ways"],
        "problem": words["audit"]["reasons"],
        "by_event": words["audit"]["events"],
    }
    if name == "scopes":
        return "; ".join(words["api_keys"]["scope"].get(scope, scope) for scope in value.split())
    if name in tables:
        return tables[name].get(value, value)
    return date_text(date.fromisoformat(value)) if _is_day(value) else value


def _is_day(value: str) -> bool:
    try:
        return bool(_DAY.fullmatch(value)) and bool(date.fromisoformat(value))
    except ValueError:
        return False
