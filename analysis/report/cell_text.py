"""Which text may stand in a cell? One clean line, and for spreadsheets one that no program takes for a formula."""

from functools import lru_cache
from typing import Final

from questionnaires.text import clean

_FORMULA_STARTS: Final = tuple("=+-@\t\r\n\0＝＋－＠")
"""What makes a spreadsheet read a cell of a text file as a formula, the full-width forms included."""


@lru_cache(maxsize=8192)
def one_line(text: str) -> str:
    """Return the text on one line, without characters that Word, Excel or XML cannot hold.

    Parameters
    ----------
    text
        Any text, for example a unit's name from an uploaded file.

    Returns
    -------
    str
        Clean (see ``questionnaires.text.clean``), every run of white space a single space.
    """
    return " ".join(clean(text).split())


def inert(text: str) -> str:
    """Return the text as a cell of a text file that no spreadsheet runs as a formula.

    Parameters
    ----------
    text
        Any text. Never pass a number: a negative number must stay one.

    Returns
    -------
    str
        ``one_line(text)``, with an apostrophe in front where it begins like a formula.

    References
    ----------
    OWASP, CSV Injection.
    """
    line = one_line(text)
    return "'" + line if line.startswith(_FORMULA_STARTS) else line
