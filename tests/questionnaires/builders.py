"""How do tests get a questionnaire? One sound file with every feature, and one change to it at a time."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from questionnaires.loader import Inspection, inspect_file, load_file
from questionnaires.model import Questionnaire

EXAMPLES = Path(__file__).parent / "examples"
KINDS = Path(__file__).parent / "kinds"
SOUND = (EXAMPLES / "sound.toml").read_text("utf-8")


@cache
def example(kind: str) -> Questionnaire:
    return load_file(KINDS / f"{kind}.toml")


@dataclass(frozen=True, slots=True)
class Case:
    """What an author did to the sound file, how it is mended, where the complaint points and what it says."""

    toml: str
    mended: str
    where: str
    says: str


def cases(name: str) -> dict[str, Case]:
    written = tomllib.loads((EXAMPLES / f"{name}.toml").read_text("utf-8"))
    return {claim: _case(parts) for claim, parts in written.items()}


def _case(parts: dict[str, Any]) -> Case:
    base = SOUND + str(parts.get("add", ""))
    return Case(
        toml=changed(*_pairs(parts["change"]), base=base),
        mended=changed(*_pairs(parts.get("mend", [])), base=base),
        where=str(parts["where"]),
        says=str(parts["says"]),
    )


def _pairs(parts: list[list[str]]) -> list[tuple[str, str]]:
    return [(old, new) for old, new in parts]


def changed(*changes: tuple[str, str], base: str = SOUND) -> str:
    for old, new in changes:
        assert old in base, f"not in the file: {old}"
        base = base.replace(old, new, 1)
    return base


def inspected(toml: str, folder: Path, name: str = "mau") -> Inspection:
    path = folder / f"{name}.toml"
    path.write_text(toml, "utf-8")
    return inspect_file(path)


def sound(folder: Path, *changes: tuple[str, str]) -> Questionnaire:
    path = folder / "mau.toml"
    path.write_text(changed(*changes), "utf-8")
    return load_file(path)


def said(complaints: Sequence[object]) -> str:
    return "\n".join(map(str, complaints))
