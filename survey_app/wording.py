"""What do the pages say in each language? One catalogue a language; a new file is a new language."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "translations"

PHRASES: Mapping[str, Mapping[str, Any]] = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(_FOLDER.glob("*.toml"))
}
"""The sentences of the pages by language and place."""

FIRST_LANGUAGE = "vi"
