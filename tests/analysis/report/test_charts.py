"""Does the chart show every published unit with its interval, and say what it must?"""

import struct
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text as DrawnText

from analysis.report.chart_lines import MOST_NAMED, plan_chart
from analysis.report.charts import draw_overall, overall_figure
from analysis.table import Measure
from questionnaires.model import Language
from tests.analysis.report.example_tables import (
    INDEX,
    counts_table,
    poisoned_table,
    province_table,
    rescaled,
    row,
    table,
    voluntary_table,
)


def words(figure: Figure) -> list[str]:
    drawn = cast("list[DrawnText]", figure.findobj(DrawnText))
    return [text.get_text() for text in drawn if text.get_text()]


def many(units: int) -> list[str]:
    rows = [row((f"{n:05d}", f"Xã {n}", None), "overall", estimate=60 + n % 40, n=50) for n in range(units)]
    return words(overall_figure(table(rows, (INDEX,))))


def test_units_are_sorted_by_estimate_and_thin_ones_stand_after_all_others() -> None:
    lines = plan_chart(province_table()).lines
    estimates = [line.row.estimate for line in lines if line.row and line.row.estimate is not None]
    assert len(estimates) == 10
    assert estimates[:-1] == sorted(estimates[:-1], reverse=True)
    assert lines[-1].name == "Xã Mường Lát"
    assert estimates[-1] > min(estimates)


def test_parents_are_not_drawn_beside_their_units_and_the_whole_is_the_reference() -> None:
    plan = plan_chart(province_table())
    assert not [line.name for line in plan.lines if line.name.startswith("Tỉnh")]
    assert plan.whole is not None
    assert plan.whole.unit_code == "ALL"


def test_names_numbers_and_intervals_are_written_with_a_decimal_comma() -> None:
    written = words(overall_figure(province_table()))
    for part in (
        "Phường Hạc Thành (n = 301)",
        "94,50% (91,88–97,12)",
        "Chỉ số hài lòng chung (%)",
        "Khoảng tin cậy 95%",
        "Kết quả chung: 84,23% (83,12–85,35)",
        "Cỡ mẫu nhỏ, chỉ để tham khảo",
        "Kỳ báo cáo: quý III năm 2026",
    ):
        assert part in written


def test_basis_and_method_stand_in_the_footer() -> None:
    footer = " ".join(words(overall_figure(voluntary_table())))
    assert "mẫu tự nguyện, không phải mẫu xác suất" in footer
    assert "phương pháp Wilson" in footer
    assert "Khoảng dao động ngẫu nhiên 95%" in footer


def test_withheld_units_are_named_beneath_with_their_n() -> None:
    plan = plan_chart(voluntary_table())
    assert plan.withheld == ("Không công bố: Sở Nông nghiệp và Môi trường (n = 3).",)
    assert "Sở Nông nghiệp và Môi trường" not in {line.name for line in plan.lines}


def test_many_withheld_units_are_counted() -> None:
    rows = [row((f"{n}", f"Xã {n}", None), "overall", estimate=None, n=3) for n in range(20)]
    (sentence,) = plan_chart(table(rows, (INDEX,))).withheld
    assert sentence.endswith("Xã 11 (n = 3) và 8 đơn vị khác.")


def test_flagged_units_are_hollow() -> None:
    figure = overall_figure(voluntary_table())
    (axes,) = figure.axes
    dots = {
        str(line.get_markerfacecolor()): np.size(line.get_xdata())
        for line in axes.lines
        if line.get_marker() == "o"
    }
    assert dots == {"black": 1, "white": 1}


def test_every_drawn_number_lies_inside_the_axis_and_the_axis_inside_the_measure() -> None:
    figure = overall_figure(province_table())
    (axes,) = figure.axes
    low, high = axes.get_xlim()
    assert -2 < low < 68.9
    assert 100 < high < 102
    assert [tick.get_text() for tick in axes.get_xticklabels()][-1] == "100"


@pytest.mark.parametrize(
    ("measure", "rule", "axis", "figures"),
    [
        (Measure("score", 1, 10), "mean", "Điểm trung bình chung (điểm)", "9,48 (8,84–10,00)"),
        (Measure("points", 0, 18), "points", "Điểm chung (điểm)", "17,0 (15,67–18,00)"),
    ],
)
def test_other_measures_have_their_own_axis_and_decimals(
    measure: Measure, rule: str, axis: str, figures: str
) -> None:
    written = words(overall_figure(rescaled(voluntary_table(), measure, rule)))
    assert axis in written
    assert figures in written


def test_tables_of_items_have_a_heading_a_unit_and_a_line_an_item() -> None:
    plan = plan_chart(counts_table())
    assert [line.row is None for line in plan.lines] == [True, False, False, False, True, False]
    assert plan.lines[0].name == "Trung tâm Hành chính công TP Huế, quý I năm 2019"
    assert plan.axis == "Tỷ lệ hài lòng (%)"
    assert plan.whole is None


def test_names_are_left_out_where_there_are_too_many() -> None:
    assert "Xã 1 (n = 50)" in many(MOST_NAMED)
    crowded = many(MOST_NAMED + 1)
    assert "Xã 1 (n = 50)" not in crowded
    assert f"{MOST_NAMED + 1} kết quả, cao nhất ở trên" in crowded


def test_imaginary_data_are_watermarked() -> None:
    assert words(overall_figure(province_table())).count("DỮ LIỆU MÔ PHỎNG") == 2
    assert "DỮ LIỆU MÔ PHỎNG" not in words(overall_figure(voluntary_table()))


def test_the_chart_speaks_english() -> None:
    written = words(overall_figure(province_table(), Language.EN))
    assert "Overall satisfaction index (%)" in written
    assert "94.50% (91.88–97.12)" in written
    assert "SIMULATED DATA" in written


def test_letters_that_the_font_lacks_are_boxes_and_no_name_is_a_formula() -> None:
    odd = [row(("1", "Xã 漢字 $x$ \U0001f929", None), "overall", estimate=80, n=40)]
    assert "Xã □□ $x$ □ (n = 40)" in words(overall_figure(table(odd, (INDEX,))))


def test_a_table_without_published_numbers_says_so() -> None:
    withheld = [row(("1", "Xã A", None), "overall", estimate=None, n=2)]
    assert "Không có kết quả được công bố" in words(overall_figure(table(withheld, (INDEX,))))
    assert "Không có kết quả được công bố" in words(overall_figure(table([])))


def test_files_are_a_large_picture_and_a_drawing_without_text_or_time(tmp_path: Path) -> None:
    png, svg = draw_overall(replace(poisoned_table(), simulated=True), tmp_path)
    width, height = struct.unpack(">II", png.read_bytes()[16:24])
    assert width == 2200
    assert height > 800
    drawing = svg.read_text(encoding="utf-8")
    assert "<text" not in drawing
    assert "<dc:date>" not in drawing
    assert "<script" not in drawing
