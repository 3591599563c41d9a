"""Does the map of old and new units hold together, lead on to the present ones, and come out as it went in?"""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from analysis.index.unit_map_file import read_unit_map
from survey_app.services.organisation import succession
from survey_app.services.organisation.import_succession import import_map
from survey_app.services.organisation.sheet import Outcome
from survey_app.store import Store
from survey_app.store.models import AuditEntry, Unit, UnitSuccessor
from tests.survey_app.services.organisation.sheets import anything, reasons, sheet

COLUMNS = "Mã cũ;Tên cũ;Mã mới;Tỷ lệ;Ngày hiệu lực;Căn cứ pháp lý"
DAY = date(2025, 7, 1)


def load(store: Store, *rows: str) -> Outcome:
    with store.writing() as session:
        outcome = import_map(session, sheet(COLUMNS, *rows), account="quan-tri", may_change=anything)
        session.commit()
    return outcome


def test_merged_split_and_renumbered_units_are_taken_and_known_the_second_time(store: Store) -> None:
    rows = (
        "27001;Xã Cũ Một;26734;;01/07/2025;NQ 1",
        "27002;Xã Cũ Hai;26734;0,6;01/07/2025;NQ 1",
        "27002;Xã Cũ Hai;26737;0,4;01/07/2025;NQ 1",
        "26737;Xã Đồng Sen cũ;26737;1;01/07/2025;NQ 1",
    )
    assert (load(store, *rows).taken, load(store, *rows).known) == (4, 4)
    with store.reading() as session:
        assert [(line.old_code, line.share) for line in succession.predecessors(session, "26734")] == [
            ("27001", 1.0),
            ("27002", 0.6),
        ]
        assert {line.new_name for line in succession.successors(session, "27002")} == {
            "Phường Bến Sông",
            "Xã Đồng Sen",
        }
        assert session.get_one(Unit, "26737").valid_to is None
        assert [entry.event for entry in session.scalars(select(AuditEntry))] == ["unit_map.imported"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (("27001;A;26734;0,5;01/07/2025;",), {2: "bad_shares"}),
        (("27001;A;26734;0,5;01/07/2025;", "27001;A;26734;0,5;01/07/2025;"), {2: "bad_shares", 3: "bad_shares"}),
        (("27001;A;99999;;01/07/2025;",), {2: "unknown_new"}),
        (("27001;A;99999;0,5;01/07/2025;", "27001;A;26734;0,5;01/07/2025;"), {2: "unknown_new", 3: "with_others"}),
        (("27001;A;26734;50%;01/07/2025;",), {2: "bad_share"}),
        (("27001;A;26734;;7/2025;",), {2: "bad_day"}),
        ((";A;26734;;01/07/2025;",), {2: "no_codes"}),
        (("26734;A;26737;;01/07/2025;", "26737;B;26734;;01/07/2025;"), {2: "map_cycle", 3: "map_cycle"}),
        (
            ("26734;A;26737;;01/07/2025;", "26737;B;79;;01/07/2025;", "79;C;26734;;01/07/2025;"),
            {2: "map_cycle", 3: "map_cycle", 4: "map_cycle"},
        ),
    ],
)
def test_lines_that_do_not_hold_are_given_back_and_the_others_taken(
    store: Store, rows: tuple[str, ...], expected: dict[int, str]
) -> None:
    outcome = load(store, *rows, "27009;Xã Tốt;26734;;01/07/2025;")
    assert reasons(outcome) == expected
    assert outcome.taken == 1
    with store.reading() as session:
        assert session.scalars(select(UnitSuccessor.old_code)).all() == ["27009"]


def test_what_contradicts_the_map_is_given_back_until_the_old_lines_are_removed(store: Store) -> None:
    load(store, "27001;A;26734;;01/07/2025;")
    assert reasons(load(store, "27001;A;26737;;01/07/2025;")) == {2: "map_exists"}
    with store.writing() as session:
        assert succession.remove(session, "27001", DAY, account="quan-tri") == 1
        assert succession.remove(session, "27001", DAY, account="quan-tri") == 0
        session.commit()
    assert load(store, "27001;A;26737;;01/07/2025;").taken == 1
    with store.reading() as session:
        events = [entry.event for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.number))]
    assert events == ["unit_map.imported", "unit_map.removed", "unit_map.imported"]


def test_a_new_unit_must_exist_on_the_day(store: Store) -> None:
    with store.writing() as session:
        session.get_one(Unit, "26734").valid_from = date(2025, 8, 1)
        session.commit()
    assert reasons(load(store, "27001;A;26734;;01/07/2025;")) == {2: "new_not_valid"}


def test_a_unit_of_ours_that_others_continue_ends_on_the_day_before(store: Store) -> None:
    load(store, "26734;;26737;;01/01/2027;NQ 9")
    with store.reading() as session:
        assert session.get_one(Unit, "26734").valid_to == date(2026, 12, 31)
        assert succession.successors(session, "26734")[0].old_name == "Phường Bến Sông"
        assert [e.event for e in session.scalars(select(AuditEntry))] == ["unit_map.imported", "unit.closed"]


def test_only_lines_in_force_that_lead_on_from_a_survey_reach_the_analysis(store: Store, tmp_path: Path) -> None:
    with store.writing() as session:
        session.add_all(Unit(code=code, name=code, parent_code="79") for code in ("28001", "28002"))
        session.commit()
    load(
        store,
        "26734;;28001;;01/01/2026;",
        "28001;;28002;;01/06/2026;",
        "28002;;79;;01/01/2027;",
        "20000;Nơi khác;28001;;01/01/2026;",
    )
    with store.reading() as session:
        lines = succession.lines_of_survey(session, "hai-long", date(2026, 11, 21))
    assert [(line.old_code, line.new_code) for line in lines] == [("26734", "28001"), ("28001", "28002")]
    assert succession.present_units(["26734", "26737"], lines) == {"26734": ("28002",), "26737": ("26737",)}
    succession.write_map(lines, tmp_path / "map.csv")
    read = read_unit_map(tmp_path / "map.csv")
    assert read.lines == tuple(line.as_succession() for line in lines)
    assert read.lines[1].new_parent_code == "79"


def test_the_map_is_shown_page_by_page_and_searched(store: Store) -> None:
    load(store, *(f"270{n:02};Xã số {n};26734;;01/07/2025;" for n in range(30)))
    with store.reading() as session:
        page, total = succession.map_lines(session, first=20, most=10)
        assert ([line.old_code for line in page], total) == ([f"270{n}" for n in range(20, 30)], 30)
        assert succession.map_lines(session, "27007")[1] == 1
        assert succession.map_lines(session, among={"26737"})[1] == 0
