"""Does the loader survive whatever stands in a file, and refuse it in sentences?"""

import copy
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from questionnaires import authoring
from questionnaires.building import build
from questionnaires.complaint import Fault
from questionnaires.loader import inspect_file
from tests.questionnaires.builders import SOUND

DOCUMENT = tomllib.loads(SOUND)
JUNK = st.one_of(
    st.text(max_size=5),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.just(date(2026, 1, 1)),
    st.lists(st.one_of(st.text(max_size=3), st.integers(), st.just({})), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
Way = tuple[str | int, ...]


def places(value: object, path: Way = ()) -> Iterator[Way]:
    """Yield the way to every key and list entry of the document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in inner:
        yield (*path, key)
        yield from places(entry, (*path, key))


PLACES = list(places(DOCUMENT))


def judged(document: dict[str, object]) -> list[Fault]:
    faults: list[Fault] = []
    form = build(document, stem="mau", digest="0" * 64, faults=faults)
    readable = not faults
    faults.extend(authoring.refusals_of_questions(form))
    if readable:
        faults.extend(authoring.refusals_of_the_whole(form))
        faults.extend(authoring.warnings(form))
    return faults


def around(document: dict[str, object], place: Way) -> dict[str | int, object]:
    """Return the table or list that the place is in."""
    inner: Any = document
    for key in place[:-1]:
        inner = inner[key]
    return cast("dict[str | int, object]", inner)


def damaged(place: Way, junk: object) -> dict[str, object]:
    document = copy.deepcopy(DOCUMENT)
    around(document, place)[place[-1]] = junk
    return document


@settings(max_examples=400)
@given(st.sampled_from(PLACES), JUNK)
def test_no_value_anywhere_in_a_file_makes_the_loader_fail(place: Way, junk: object) -> None:
    for fault in judged(damaged(place, junk)):
        assert all((fault.where, fault.expected, fault.got, fault.remedy))


@pytest.mark.parametrize("place", [place for place in PLACES if isinstance(place[-1], str)], ids=str)
def test_every_key_can_be_missing_without_a_crash(place: Way) -> None:
    document = copy.deepcopy(DOCUMENT)
    del around(document, place)[place[-1]]
    judged(document)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60), st.integers(0, len(SOUND.encode())))
def test_no_bytes_make_the_loader_fail(tmp_path: Path, junk: bytes, at: int) -> None:
    content = SOUND.encode()
    path = tmp_path / "mau.toml"
    path.write_bytes(content[:at] + junk + content[at:])
    inspection = inspect_file(path)
    assert (inspection.questionnaire is None) == bool(inspection.errors)
