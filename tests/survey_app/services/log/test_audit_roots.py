"""Does every day that has ended get its root, and does a root kept elsewhere come back whole?"""

import stat
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from survey_app.services.log import audit
from survey_app.services.log import roots as audit_roots
from survey_app.services.log.chain import Root, verify
from survey_app.store import Store
from survey_app.store.models import AuditEntry
from tests.survey_app.services.log.tampering import change, open_to_tampering

pytestmark = pytest.mark.both_databases

TODAY = date(2026, 11, 21)


def log_at(store: Store, monkeypatch: pytest.MonkeyPatch, *moments: str) -> None:
    """Write an entry at each of these moments in UTC."""
    for moment in map(datetime.fromisoformat, moments):
        with monkeypatch.context() as patch, store.writing() as session:
            patch.setattr(audit, "datetime", SimpleNamespace(now=lambda _zone, moment=moment: moment))
            audit.record(session, "key.created", account="quan-tri")
            session.commit()


def add_due(store: Store, today: date = TODAY) -> list[Root]:
    with store.writing() as session:
        made = audit_roots.add_due_roots(session, today)
        session.commit()
    return made


def test_a_day_ends_at_midnight_in_viet_nam_and_its_last_entry_is_the_root(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_at(
        store,
        monkeypatch,
        "2026-11-18 02:00:00",
        "2026-11-18 16:59:59",
        "2026-11-18 17:00:00",
        "2026-11-20 17:00:00",
    )
    made = add_due(store)
    assert [(root.day, root.number) for root in made] == [(date(2026, 11, 18), 2), (date(2026, 11, 19), 3)]
    assert add_due(store) == []
    assert [(root.day, root.number) for root in add_due(store, date(2026, 11, 22))] == [(TODAY, 4)]
    with store.reading() as session:
        seals = dict(session.execute(select(AuditEntry.number, AuditEntry.seal)).all())
        assert all(root.seal == seals[root.number] for root in audit_roots.every_root(session))
        assert verify(session, audit_roots.every_root(session)).fault is None


def test_a_clock_that_went_back_or_ahead_leaves_no_entry_without_a_later_root(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_at(
        store,
        monkeypatch,
        "2026-11-19 03:00:00",
        "2031-01-01 00:00:00",
        "2026-11-17 00:00:00",
        "2026-11-20 03:00:00",
    )
    assert [(root.day, root.number) for root in add_due(store)] == [
        (date(2026, 11, 19), 3),
        (date(2026, 11, 20), 4),
    ]


def test_no_root_is_made_over_a_log_that_does_not_hold(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    log_at(store, monkeypatch, *(f"2026-11-19 0{hour}:00" for hour in range(4)))
    open_to_tampering(store)
    with store.writing() as session:
        change(session, 2, account="nguoi-khac")
        session.commit()
    with pytest.raises(audit_roots.LogBroken, match="mục 2 đã bị sửa"):
        add_due(store)
    with store.reading() as session:
        assert audit_roots.every_root(session) == []


def test_files_are_written_once_for_our_eyes_only_and_never_touched_again(tmp_path: Path) -> None:
    folder = tmp_path / "audit-roots"
    roots = [Root(TODAY - timedelta(days=n), 10 - n, f"{n}" * 64) for n in (1, 2)]
    written = audit_roots.write_files(roots, folder)
    assert [path.name for path in written] == ["2026-11-20.json", "2026-11-19.json"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}
    assert sorted(folder.iterdir()) == sorted(written)
    other = [Root(root.day, 99, "f" * 64) for root in roots]
    assert audit_roots.write_files(other, folder) == []
    assert sorted(audit_roots.read_files(folder)) == sorted(roots)


def test_roots_are_read_from_files_from_printed_lines_and_from_letters_around_them() -> None:
    one, two = Root(TODAY, 128, "0a1b" * 16), Root(date(2026, 1, 2), 9, "e" * 64)
    for text in (
        audit_roots.as_json([one, two]),
        f"{one}\n{two}\n",
        f"Mốc ngày {one.day}, mục {one.number}: {one.seal}. Và {two}",
    ):
        assert audit_roots.read_roots(text, "thư") == [one, two], text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-20",
        f"2026-13-45 7 {'a' * 64}",
        f"2026-11-20 0 {'a' * 64}",
        f"2026-11-20 7 {'a' * 63}",
        "x" * 10_000,
    ],
)
def test_a_text_without_a_root_is_refused_with_an_example_of_one(text: str) -> None:
    with pytest.raises(audit_roots.NoRoot, match="2026-11-20 128"):
        audit_roots.read_roots(text, "moc.txt")
