"""Which notes belong to the numbers of a table? Each reason gets a mark, "(1)", and a sentence under the table."""

from collections.abc import Iterable
from typing import Final

from analysis import wording
from analysis.table import IndexRow
from questionnaires.model import Language, Text

_TECHNICAL: Final = frozenset(
    {"se_undefined_at_bound", "se_undefined_one_psu", "se_undefined_no_variation", "assumed"}
)
"""Codes that only a footnote explains: they concern the standard error, not whether the number may be used."""


def usable(reason: str) -> str:
    """Return the codes of a reason that say whether a number may be used, joined by ";".

    Parameters
    ----------
    reason
        Codes joined by ";", may be empty.

    Returns
    -------
    str
        Without the codes that only concern the standard error.
    """
    return ";".join(code for code in wording.reason_codes(reason) if code not in _TECHNICAL)


class NoteMarks:
    """The marks of the reasons that occur in the rows of one table, numbered in the order of importance.

    A technical reason that holds for every estimate is said once, without a mark.

    Parameters
    ----------
    rows
        The rows that the table shows.
    language
        Of words and sentences.
    """

    def __init__(self, rows: Iterable[IndexRow], language: Language) -> None:
        self._language = language
        reasons = [(set(wording.reason_codes(row.reason)), row.estimate is not None) for row in rows]
        self._codes = wording.reason_codes(";".join(";".join(sorted(codes)) for codes, _ in reasons))
        estimates = [codes for codes, exists in reasons if exists]
        self._everywhere = _TECHNICAL.intersection(*estimates) if len(estimates) > 1 else frozenset()
        numbered = (code for code in self._codes if code not in self._everywhere)
        self._marks = {code: f"({number})" for number, code in enumerate(numbered, start=1)}

    def behind(self, reason: str, *, beside: str = "") -> str:
        """Return the marks of a reason, "(1)(3)", without those that stand in the reason ``beside`` it."""
        said = wording.reason_codes(beside)
        return "".join(self._marks.get(code, "") for code in wording.reason_codes(reason) if code not in said)

    def words(self, reason: str) -> str:
        """Return a reason in a few words, technical codes left to their footnote."""
        return wording.reason_text(usable(reason), self._language)

    def notes(self) -> tuple[tuple[str, str], ...]:
        """Return (mark, sentence) of every reason that occurs, an empty mark for what holds everywhere."""
        return tuple((self._marks.get(code, ""), self._sentence(code)) for code in self._codes)

    def _sentence(self, code: str) -> str:
        return wording.EXPLANATIONS.get(code, Text(code, code)).in_language(self._language)
