"""How does a page look, and by which hash does the browser trust it? One style, inline."""

import re
from base64 import b64encode
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

from flask import g

_FILE = Path(__file__).parent / "templates" / "shared" / "page.css"


@cache
def page_style() -> str:
    """Return the style of every page outside the staff's, without comments and spare blanks."""
    style = re.sub(r"/\*.*?\*/", "", _FILE.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", style)).strip()


@lru_cache(maxsize=256)
def hash_source(style: str) -> str:
    """Return the source expression that names this text in a content security policy."""
    return f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'"


def trust(style: str) -> str:
    """Let the browser apply this text in the present response, and return it."""
    g.setdefault("trusted_styles", set()).add(hash_source(style))
    return style


def trusted_sources() -> list[str]:
    """Return what the present response may apply: the style of every page, and what was trusted beside it."""
    return [hash_source(page_style()), *sorted(g.get("trusted_styles", ()))]
