"""Does a table of units leave its good rows here and its bad ones, with their reasons, with the sender?"""

from datetime import date

import pytest
from sqlalchemy import func, select

from survey_app.services.organisation.import_units import import_units
from survey_app.services.organisation.sheet import UnknownHeadings
from survey_app.services.organisation.vietnam import UnknownProvince, load_vietnam
from survey_app.store import Store
from survey_app.store.models import AuditEntry, Unit
from tests.survey_app.services.organisation.sheets import anything, below_79, reasons, sheet

COLUMNS = "Mã đơn vị;Tên đơn vị;Loại;Mã đơn vị cấp trên;Từ ngày;Ghi chú"


def test_good_rows_are_taken_in_any_order_and_bad_ones_given_back_by_number(store: Store) -> None:
    table = sheet(
        COLUMNS,
        "H26.1;Phòng Cải cách hành chính;phòng;H26;;đứng trước cấp trên",
        "H26;Sở Nội vụ;sở;79;01/03/2025;",
        "26734;Phường Bến Sông;phường;79;;đã có",
        "26737;Xã Khác;xã;79;;",
        "H27;;sở;79;;",
        "H28;Sở Y tế;sở;80;;",
        "H26;Sở Nội vụ;sở;79;;hai lần",
        "V1;Vòng một;;V2;;",
        "V2;Vòng hai;;V1;;",
        "V3;Dưới vòng;;V2;;",
        "H29;Sở Tài chính;sở;79;31/02/2025;",
        "H 30;Sở Công Thương;sở;79;;",
    )
    with store.writing() as session:
        outcome = import_units(session, table, account="quan-tri", may_change=anything)
        session.commit()
    assert (outcome.taken, outcome.known) == (2, 1)
    assert reasons(outcome) == {5: "exists", 6: "bad_name", 7: "unknown_parent", 8: "twice", 9: "cycle",
                                10: "cycle", 11: "cycle", 12: "bad_day", 13: "bad_code"}  # fmt: skip
    with store.reading() as session:
        made = session.get_one(Unit, "H26")
        assert (made.name, made.kind, made.parent_code, made.valid_from) == (
            "Sở Nội vụ", "sở", "79", date(2025, 3, 1),
        )  # fmt: skip
        assert session.get_one(Unit, "H26.1").parent_code == "H26"
        assert session.get_one(Unit, "26737").name == "Xã Đồng Sen"
        assert session.scalar(select(func.count()).select_from(Unit)) == 5
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.event, entry.details["units"], entry.details["file"]) == (
            "unit.imported", "2", "Tệp bang.csv",
        )  # fmt: skip


def test_a_table_of_bad_rows_alone_changes_nothing_and_leaves_no_entry(store: Store) -> None:
    with store.writing() as session:
        outcome = import_units(session, sheet("code;name", "a b;x"), account="a", may_change=anything)
        assert (outcome.taken, reasons(outcome)) == (0, {2: "bad_code"})
        assert session.scalars(select(AuditEntry)).all() == []


def test_whoever_is_in_charge_of_one_province_adds_units_there_only(store: Store) -> None:
    table = sheet("code;name;parent_code", "H1;Sở A;79", "H1.1;Phòng;H1", "80;Tỉnh khác;", "80.1;Sở B;80")
    with store.writing() as session:
        outcome = import_units(session, table, account="a", may_change=below_79)
    assert outcome.taken == 2
    assert reasons(outcome) == {4: "out_of_reach", 5: "unknown_parent"}


def test_a_table_without_the_needed_columns_is_refused_as_a_whole(store: Store) -> None:
    with store.writing() as session, pytest.raises(UnknownHeadings) as refused:
        import_units(session, sheet("Mã;Ghi chú", "H1;x"), account="a", may_change=anything)
    assert refused.value.missing == ("name",)


def test_the_country_is_loaded_once_and_keeps_what_was_there(store: Store) -> None:
    with store.writing() as session:
        first = load_vietnam(session, account="quan-tri")
        again = load_vietnam(session, account="quan-tri")
        session.commit()
    # the test's own units: two have codes of real ones under other names, one has a code of its own
    assert reasons(first) == reasons(again) == {29: "exists", **dict.fromkeys(reasons(first), "exists")}
    assert (first.taken + first.known, again.taken) == (3355 - len(reasons(first)), 0)
    with store.reading() as session:
        unit = session.get_one(Unit, "00070")
        assert (unit.name, unit.kind, unit.parent_code, unit.valid_from) == (
            "Phường Hoàn Kiếm", "phường", "01", date(2025, 7, 1),
        )  # fmt: skip
        assert session.get_one(Unit, "01").kind == "thành phố"
        assert session.scalar(select(func.count()).select_from(Unit)) == 3355 + 1
        entries = session.scalars(select(AuditEntry)).all()
        assert [entry.event for entry in entries] == ["unit.imported"]
        assert "19/2025/QĐ-TTg" in entries[0].details["file"]


def test_one_province_is_loaded_alone_and_an_unknown_one_is_refused(store: Store) -> None:
    with store.writing() as session:
        assert load_vietnam(session, account="a", province="48").taken == 95
        with pytest.raises(UnknownProvince, match="“7”"):
            load_vietnam(session, account="a", province="7")
