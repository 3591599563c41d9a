"""Do units begin, change and end as described, and is every change in the log?"""

from datetime import date

import pytest
from sqlalchemy import select

from survey_app.services.log.chain import verify
from survey_app.services.organisation import units
from survey_app.services.organisation.sheet import RowRefused
from survey_app.services.organisation.units import UnitDraft
from survey_app.store import Store
from survey_app.store.models import AuditEntry, Unit

DEPARTMENT = UnitDraft(code=" H26 ", name="Sở  Nội vụ", kind="sở", parent_code="79", valid_from=date(2025, 7, 1))


def entries(store: Store) -> list[tuple[str, str | None, dict[str, str]]]:
    with store.reading() as session:
        assert verify(session).fault is None
        found = session.scalars(select(AuditEntry).order_by(AuditEntry.number))
        return [(entry.event, entry.unit_code, entry.details) for entry in found]


def test_a_unit_is_made_cleaned_and_recorded(store: Store) -> None:
    with store.writing() as session:
        made = units.create(session, DEPARTMENT, account="quan-tri")
        assert (made.code, made.name, made.kind, made.parent_code) == ("H26", "Sở Nội vụ", "sở", "79")
        session.commit()
    assert entries(store) == [("unit.created", "H26", {"name": "Sở Nội vụ"})]


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (UnitDraft(code="26734", name="Khác"), "exists"),
        (UnitDraft(code="ALL", name="Toàn bộ"), "bad_code"),
        (UnitDraft(code="a/b", name="Có gạch chéo"), "bad_code"),
        (UnitDraft(code="x" * 41, name="Dài"), "bad_code"),
        (UnitDraft(code="H1", name=" "), "bad_name"),
        (UnitDraft(code="H1", name="x" * 201), "bad_name"),
        (UnitDraft(code="H1", name="Sở", parent_code="99999"), "unknown_parent"),
        (UnitDraft(code="H1", name="Sở", valid_from=date(2026, 1, 2), valid_to=date(2026, 1, 1)), "days_reversed"),
    ],
)
def test_a_unit_that_cannot_be_is_refused_and_nothing_is_stored(
    store: Store, draft: UnitDraft, reason: str
) -> None:
    with store.writing() as session, pytest.raises(RowRefused) as refused:
        units.create(session, draft, account="quan-tri")
    assert refused.value.reason == reason
    assert entries(store) == []


def test_a_unit_keeps_its_code_when_its_name_changes_and_the_log_keeps_the_old_name(store: Store) -> None:
    with store.writing() as session:
        draft = UnitDraft(code="26734", name="Phường Bến Sông Mới", kind="phường", parent_code="79")
        units.change(session, draft, account="quan-tri")
        units.change(session, draft, account="quan-tri")
        session.commit()
    changes = {"name_before": "Phường Bến Sông", "name_after": "Phường Bến Sông Mới", "kind_before": "",
               "kind_after": "phường"}  # fmt: skip
    assert entries(store) == [("unit.changed", "26734", changes)]


def test_a_unit_cannot_come_to_stand_below_itself(store: Store) -> None:
    with store.writing() as session:
        for parent in ("26734", "79"):
            with pytest.raises(RowRefused) as refused:
                units.change(session, UnitDraft(code="79", name="Tỉnh", parent_code=parent), account="a")
            assert refused.value.reason == "cycle"


def test_a_unit_ends_and_its_end_can_be_taken_back(store: Store) -> None:
    with store.writing() as session:
        unit = units.end(session, "26734", date(2026, 11, 21), account="a")
        assert units.is_valid(unit, date(2026, 11, 21))
        assert not units.is_valid(unit, date(2026, 11, 22))
        units.end(session, "26734", None, account="a")
        assert units.is_valid(unit, date(2030, 1, 1))
        with pytest.raises(units.NoSuchUnit):
            units.end(session, "khong-co", None, account="a")
        unit.valid_from = date(2026, 1, 1)
        with pytest.raises(RowRefused):
            units.end(session, "26734", date(2025, 1, 1), account="a")
        session.commit()
    assert [event for event, *_ in entries(store)] == ["unit.closed", "unit.reopened"]


def test_units_are_found_without_accents_by_any_word_or_by_the_beginning_of_the_code(store: Store) -> None:
    with store.reading() as session:
        for words in ("ben song", "SÔNG bến", "2673", "phường"):
            assert "26734" in [unit.code for unit in units.search(session, words)], words
        assert [unit.code for unit in units.search(session, "dong")] == ["26737"]
        assert units.search(session, "dong", among={"26734"}) == []
        assert units.search(session, "  ") == units.search(session, "%") == []
        assert [unit.name for unit in units.children(session, "79")] == ["Phường Bến Sông", "Xã Đồng Sen"]
        assert [unit.code for unit in units.children(session, None)] == ["79"]


def test_names_stand_in_the_order_of_the_alphabet(store: Store) -> None:
    with store.writing() as session:
        session.add_all(Unit(code=f"v{n}", name=name) for n, name in enumerate(("Yên", "Đa", "An", "Dà", "Ấn")))
        session.flush()
        names = [unit.name for unit in units.children(session, None) if unit.code.startswith("v")]
        assert names == ["An", "Ấn", "Dà", "Đa", "Yên"]
