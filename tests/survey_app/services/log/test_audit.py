"""Is every act kept with who, what, when and about which unit, in the transaction of the act itself?"""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

import survey_app
from survey_app.services.log import audit
from survey_app.staff.speech import PHRASES
from survey_app.store import Store
from survey_app.store.models import AuditEntry

pytestmark = pytest.mark.both_databases

CODE = Path(survey_app.__file__).parent


def test_an_entry_says_who_what_when_and_about_which_unit(store: Store) -> None:
    with store.writing() as session:
        audit.record(session, "key.created", account="quan-tri", unit_code="26734", system="Một cửa")
        session.commit()
    with store.reading() as session:
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.number, entry.account, entry.event, entry.unit_code) == (1, "quan-tri", "key.created", "26734")
    assert entry.details == {"system": "Một cửa"}
    assert abs(datetime.now(UTC).replace(tzinfo=None) - entry.at) < timedelta(minutes=1)


def test_an_act_that_is_not_kept_leaves_no_entry(store: Store) -> None:
    with store.writing() as session:
        audit.record(session, "key.created", account="quan-tri")
    with store.reading() as session:
        assert session.scalars(select(AuditEntry)).all() == []


def test_two_different_tellings_never_have_the_same_seal() -> None:
    tellings = [
        ("a", "bc"),
        ("ab", "c"),
        ("a", "b", "c"),
        ("a", ["b", "c"]),
        ('a","bc',),
        ("a", None),
        ("a", "None"),
    ]
    assert len({audit.seal(*telling) for telling in tellings}) == len(tellings)


def _recorded() -> Iterator[tuple[str, str]]:
    """Yield every event that the code records, and where; the name of an event has to stand in the call."""
    for path in CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and len(node.args) > 1:
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called in {"record", "_record", "hand_out"}:
                    for part in (part for argument in node.args[:3] for part in ast.walk(argument)):
                        if isinstance(part, ast.Constant) and isinstance(part.value, str) and "." in part.value:
                            yield part.value, f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("language", sorted(PHRASES))
def test_every_event_that_the_code_records_has_words_and_no_words_are_left_over(language: str) -> None:
    recorded = dict(_recorded())
    assert len(recorded) >= 11
    words = PHRASES[language]["audit"]["events"]
    assert recorded.keys() == words.keys()
    assert len(set(words.values())) == len(words)
