"""Does the printed table show what stands behind each number, and nothing that nobody counted?"""

from dataclasses import replace

from analysis.report.cells import Cell, Layout
from analysis.report.layout import lay_out_items, lay_out_units
from analysis.table import WHOLE, Score
from questionnaires.model import Language, Text
from tests.analysis.report.example_tables import (
    FACTORS,
    INDEX,
    UNITS,
    counts_table,
    poisoned_table,
    province_table,
    row,
    table,
    voluntary_table,
)


def headings(layout: Layout) -> list[str]:
    return [column.heading for column in layout.columns]


def cell(layout: Layout, unit_code: str, column_id: str) -> Cell:
    position = [column.id for column in layout.columns].index(column_id)
    return next(line for line in layout.lines if line.unit_code == unit_code).cells[position]


def test_the_columns_are_those_of_the_annex_in_their_order() -> None:
    assert headings(lay_out_units(province_table())) == [
        "TT",
        "Đơn vị",
        "Số phiếu phát ra",
        "Số phiếu thu về",
        "Số phiếu hợp lệ",
        *"ABCDE",
        "Chỉ số chung",
        "Khoảng tin cậy 95%",
        "Ghi chú",
    ]


def test_forms_that_nobody_counted_have_no_column() -> None:
    columns = {column.id for column in lay_out_units(voluntary_table()).columns}
    assert "valid" in columns
    assert not columns & {"issued", "received", "n"}


def test_responses_stand_beside_the_valid_forms_only_where_they_differ() -> None:
    shown = lay_out_units(table([row(UNITS[1], "overall", estimate=80, n=50)], units=province_table().units))
    assert cell(shown, "18001", "n").value == 50
    assert cell(shown, "18001", "valid").value == 223


def test_every_factor_carries_its_interval_and_the_index_has_a_column_for_it() -> None:
    layout = lay_out_units(province_table())
    assert cell(layout, "18001", "A") == Cell(
        text="93,64",
        detail="90,38–96,90",
        value=cell(layout, "18001", "A").value,
        low=cell(layout, "18001", "A").low,
        high=cell(layout, "18001", "A").high,
    )
    assert cell(layout, "18001", "overall").detail == ""
    assert cell(layout, "18001", "interval").text == "85,60–93,69"


def test_numbers_are_real_beside_their_words() -> None:
    layout = lay_out_units(province_table())
    assert cell(layout, WHOLE, "issued").text == "5.326"
    assert cell(layout, WHOLE, "issued").value == 5326
    found = province_table().find("18001", "A")
    assert found is not None
    assert cell(layout, "18001", "A").value == found.estimate


def test_letters_are_explained_in_the_legend() -> None:
    assert lay_out_units(province_table()).legend[0] == ("A", "Tiếp cận dịch vụ")


def test_a_thin_unit_says_so_and_its_mark_leads_to_a_sentence() -> None:
    layout = lay_out_units(province_table())
    note = cell(layout, "14005", "note")
    assert (note.text, note.marks) == ("Cỡ mẫu nhỏ, chỉ để tham khảo", "(1)")
    assert dict(layout.notes)["(1)"].startswith("Cỡ mẫu nhỏ (từ 5 đến 29 phiếu)")
    assert cell(layout, "14005", "overall").flagged


def test_a_reason_of_one_factor_is_marked_in_its_own_cell() -> None:
    layout = lay_out_units(province_table())
    assert cell(layout, "18003", "D").marks == "(2)"
    assert cell(layout, "18003", "A").marks == ""
    assert cell(layout, "18003", "note") == Cell()


def test_a_reason_of_the_whole_line_is_not_repeated_in_its_cells() -> None:
    assert cell(lay_out_units(province_table()), "14005", "A").marks == ""


def test_a_technical_reason_that_holds_everywhere_is_said_once_without_a_mark() -> None:
    everywhere = [replace(r, reason="assumed") for r in province_table().rows]
    layout = lay_out_units(replace(province_table(), rows=tuple(everywhere)))
    assert [mark for mark, _ in layout.notes] == [""]
    assert all(not shown.marks for line in layout.lines for shown in line.cells)


def test_a_withheld_unit_shows_neither_number_nor_interval_but_why() -> None:
    layout = lay_out_units(voluntary_table())
    assert cell(layout, "S03", "A") == Cell(text="…")
    assert cell(layout, "S03", "interval").text == "…"
    assert cell(layout, "S03", "note").text == "Dưới 5 phiếu, không công bố"
    assert ("“…”:", "không công bố.") in layout.notes


def test_a_factor_without_answers_is_a_dash_with_its_reason() -> None:
    shown = cell(lay_out_units(voluntary_table()), "S02", "E")
    assert (shown.text, shown.value, shown.marks) == ("–", None, "(3)")


def test_voluntary_responses_rename_the_interval() -> None:
    assert "Khoảng dao động ngẫu nhiên 95%" in headings(lay_out_units(voluntary_table()))


def test_a_table_of_items_has_a_line_a_unit_and_item_with_its_period() -> None:
    layout = lay_out_units(counts_table())
    assert headings(layout)[:7] == [
        "TT",
        "Đơn vị",
        "Kỳ",
        "Số phiếu phát ra",
        "Số phiếu thu về",
        "Tiêu chí",
        "Số phiếu trả lời",
    ]
    assert [line.cells[5].text for line in layout.lines] == [score.name.vi for score in counts_table().scores]
    assert [line.cells[2].text for line in layout.lines] == [*["Quý I năm 2019"] * 3, "Năm 2022"]


def test_what_a_unit_says_once_is_marked_as_repeated_on_its_further_lines() -> None:
    layout = lay_out_units(counts_table())
    repeated = [
        [c.id for c, shown in zip(layout.columns, line.cells, strict=True) if shown.repeated]
        for line in layout.lines
    ]
    assert repeated == [
        [],
        ["ordinal", "unit", "issued", "received"],
        ["ordinal", "unit", "issued", "received"],
        [],
    ]


def test_a_table_by_mode_has_a_line_for_each_mode_in_words() -> None:
    rows = [
        replace(row(UNITS[1], "overall", estimate=80, n=50), by=(("mode", mode),)) for mode in ("kiosk", "phone")
    ]
    layout = lay_out_units(table(rows, (INDEX,), province_table().units))
    assert headings(layout)[:4] == ["TT", "Đơn vị", "Hình thức khảo sát", "Số phiếu trả lời"]
    assert [line.cells[2].text for line in layout.lines] == ["ki-ốt", "điện thoại"]


def test_the_items_of_the_whole_stand_under_their_factors() -> None:
    layout = lay_out_items(province_table())
    assert layout is not None
    codes = [line.cells[0].text for line in layout.lines]
    assert codes[:6] == ["", "A", "A1", "A2", "A3", "B"]
    assert len(codes) == 22
    assert [line.kind for line in layout.lines[:3]] == ["whole", "factor", "item"]
    assert layout.lines[0].cells[1].text == "Chỉ số chung"
    assert layout.lines[2].cells[2].text == "4.120"


def test_tables_without_one_whole_have_no_table_of_its_items() -> None:
    assert lay_out_items(counts_table()) is None
    assert lay_out_items(poisoned_table()) is None


def test_a_single_unit_stands_for_the_whole() -> None:
    single = table([row(UNITS[1], score.id, estimate=80, n=50) for score in (*FACTORS, INDEX)])
    assert lay_out_items(single) is not None


def test_the_layout_speaks_english() -> None:
    layout = lay_out_units(province_table(), Language.EN)
    assert headings(layout)[-3:] == ["Index", "95% confidence interval", "Notes"]
    assert cell(layout, WHOLE, "issued").text == "5,326"
    assert cell(layout, WHOLE, "unit").text == "Overall"
    assert cell(layout, "18001", "A").detail == "90.38–96.90"


def test_a_long_factor_id_is_headed_by_the_factors_name() -> None:
    named = Score("access", "factor", Text("Tiếp cận", "Access"))
    layout = lay_out_units(table([row(UNITS[1], "access", estimate=80, n=50)], (named, INDEX)))
    assert headings(layout)[-4:-2] == ["Tiếp cận", "Chỉ số chung"]
    assert layout.legend == ()


def test_names_are_one_clean_line() -> None:
    names = [line.cells[1].text for line in lay_out_units(poisoned_table()).lines]
    assert "Tên hai dòng =1" in names
    assert "abcd" in names
    assert all(name == " ".join(name.split()) for name in names)


def test_a_table_without_rows_is_an_empty_layout() -> None:
    assert lay_out_units(table([])).lines == ()
