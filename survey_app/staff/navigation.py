"""Which parts of the staff pages can this person go to? The menu: one line a part, shown to who has its right."""

from dataclasses import dataclass

from flask import current_app, request, url_for

from survey_app.services.access.rights import Right
from survey_app.staff.gate import granted
from survey_app.staff.speech import phrases


@dataclass(frozen=True, slots=True)
class Entry:
    """A part of the staff pages: its first page, its name under ``nav.pages``, and the right that opens it."""

    endpoint: str
    words: str
    right: Right


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it is shown; ``current`` is "page" on the page itself, "true" on the pages below it."""

    words: str
    address: str
    current: str


ENTRIES = (
    Entry("staff.show_surveys", "surveys", Right.SEE_SURVEYS),
    Entry("staff.list_results", "results", Right.SEE_RESULTS),
    Entry("staff.show_counts", "counts", Right.RECONCILE_COUNTS),
    Entry("staff.show_units", "units", Right.SEE_UNITS),
    Entry("staff.show_accounts", "accounts", Right.SEE_ACCOUNTS),
    Entry("staff.show_keys", "keys", Right.SEE_KEYS),
    Entry("staff.show_audit_log", "audit", Right.SEE_AUDIT_LOG),
    Entry("staff.show_own_account", "own_account", Right.OWN_ACCOUNT),
)
"""The menu from left to right; a part that this installation does not serve is left out."""


def menu() -> list[Link]:
    """Return the links for the person who is logged in; nobody has none."""
    return [
        Link(phrases()["nav"]["pages"][entry.words], url_for(entry.endpoint), _current(entry))
        for entry in ENTRIES
        if entry.endpoint in current_app.view_functions and granted(entry.right)
    ]


def _current(entry: Entry) -> str:
    """Say where the present page stands to the entry, by their addresses."""
    first = url_for(entry.endpoint)
    if request.path == first:
        return "page"
    return "true" if not first.endswith("/") and request.path.startswith(f"{first}/") else ""
