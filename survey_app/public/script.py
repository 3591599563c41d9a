"""Which script may the form load, and how long may a browser keep it? One file, for ever under its version."""

import re
from functools import cache
from hashlib import sha256
from pathlib import Path

_FILE = Path(__file__).with_name("form.js")


@cache
def script() -> str:
    """Return the script without the comments and the indentation that only its readers need."""
    return re.sub(r"^ +(//.*)?\n?|^//.*\n", "", _FILE.read_text(encoding="utf-8"), flags=re.MULTILINE)


@cache
def script_version() -> str:
    """Return what names exactly this script."""
    return sha256(script().encode()).hexdigest()[:12]
