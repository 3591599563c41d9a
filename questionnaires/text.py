"""Which form does text take before it is compared or stored? One clean form for everything a person typed."""

import re
import unicodedata

# What XML 1.0 cannot hold (lone surrogates, U+FFFE and most control characters) breaks the Word and Excel files;
# C1 controls and zero-width marks are never typed on purpose; direction marks can make a sentence read as another.
_DROPPED = re.compile(
    "[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
    "|[\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]",
)


def clean(text: str) -> str:
    r"""Return the text as it is stored: NFC, without invisible or illegal characters, trimmed.

    Parameters
    ----------
    text
        Anything typed or sent by a person, lone surrogates included.

    Returns
    -------
    str
        NFC, line ends as ``\n``, no leading or trailing white space. Cleaning twice changes nothing.

    Limits
    ------
    Look-alike letters of other scripts stay, and so do the joiners that emoji need.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _DROPPED.sub("", lines)).strip()
