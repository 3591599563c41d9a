"""What do the pages say in each language? One catalogue a language; a new file is a new language."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "translations"

FIRST_LANGUAGE = "vi"


class IncompleteCatalogue(ValueError):
    """A catalogue lacks a sentence of the first one, has one too many, or fills other places."""


def load_catalogues(folder: Path) -> dict[str, Mapping[str, Any]]:
    """Return the catalogues of a folder by language; raise IncompleteCatalogue before a page has a gap.

    Whoever adds a file adds a language, without a line of code, and hears at the start what is missing.
    """
    paths = sorted(folder.glob("*.toml"), key=lambda path: (path.stem != FIRST_LANGUAGE, path.stem))
    found: dict[str, Mapping[str, Any]] = {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in paths
    }
    first = dict(_places(found[FIRST_LANGUAGE]))
    for language, catalogue in found.items():
        said = dict(_places(catalogue))
        wrong = sorted(name for name in first.keys() | said.keys() if first.get(name) != said.get(name))
        if wrong:
            raise IncompleteCatalogue(
                f"{folder.name}/{language}.toml, {', '.join(wrong)}: cần đúng các câu và các chỗ trống trong "
                f"ngoặc nhọn như {FIRST_LANGUAGE}.toml. Bổ sung, bỏ câu thừa hoặc sửa chỗ trống rồi khởi động lại."
            )
    return found


def _places(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield the name of every sentence with the places in curly brackets that it fills."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _places(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", sorted(re.findall(r"{\w+}", str(value)))


PHRASES: Mapping[str, Mapping[str, Any]] = load_catalogues(_FOLDER)
"""The sentences of the pages by language and place, the first language first."""
