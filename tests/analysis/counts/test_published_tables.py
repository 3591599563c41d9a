"""Claims about tables that offices published: every misprint is named, every share has its interval.

The numbers of each row were worked out by hand from the counts.
"""

from decimal import Decimal
from pathlib import Path

import pytest

from analysis.counts import counts_table, read_counts, reconcile
from analysis.table import Finding
from tests.analysis.counts.sheets import REAL, levels, sheet

FINDINGS = reconcile(read_counts(REAL))
TABLE = counts_table(read_counts(REAL))

# row of the file, count, returned, printed, the share cut off after four decimals, what should have been printed
# (None where it is right)
BY_HAND = [
    (2, 2063, 4215, "48,94", "48.9442", None),
    (3, 2137, 4215, "50,6", "50.6998", "50,7"),
    (4, 150, 4215, "3,55", "3.5587", "3,56"),
    (5, 1983, 4215, "47,04", "47.0462", "47,05"),
    (6, 2128, 4215, "50,4", "50.4863", "50,5"),
    (7, 104, 4215, "2,46", "2.4673", "2,47"),
    (8, 1886, 4215, "44,74", "44.7449", None),
    (9, 2232, 4215, "52,95", "52.9537", None),
    (10, 97, 4215, "2,3", "2.3013", None),
    (11, 1991, 4215, "47,23", "47.2360", "47,24"),
    (12, 2135, 4215, "50,65", "50.6524", None),
    (13, 89, 4215, "2,11", "2.1115", None),
    (14, 1825, 4215, "43,29", "43.2977", "43,30"),
    (15, 2281, 4215, "54,11", "54.1162", "54,12"),
    (16, 99, 4215, "2,34", "2.3487", "2,35"),
    (17, 10, 31, "32,3", "32.2580", None),
    (18, 16, 31, "51,6", "51.6129", None),
    (19, 5, 31, "16,1", "16.1290", None),
    (20, 0, 31, "0", "0.0000", None),
]


def findings(code: str) -> list[Finding]:
    return [finding for finding in FINDINGS if finding.code == code]


@pytest.mark.parametrize(("row", "count", "returned", "printed", "share", "right"), BY_HAND)
def test_each_printed_percentage_is_right_or_named_as_cut_off(
    *, row: int, count: int, returned: int, printed: str, share: str, right: str | None
) -> None:
    scaled = Decimal(share) * returned
    assert scaled <= 100 * count < scaled + Decimal("0.0001") * returned, "the share by hand"
    named = [f.message for f in findings("percent_truncated") if f.where.startswith(f"Dòng {row},")]
    if right is None:
        assert not named
    else:
        assert f"in {printed}%" in named[0].vi
        assert named[0].vi.endswith(f"làm tròn đúng là {right}%.")
        assert named[0].en.endswith(f"correctly rounded {right.replace(',', '.')}%.")


def test_nothing_else_is_named() -> None:
    wrong = [row for row, *_, right in BY_HAND if right is not None]
    assert len(findings("percent_truncated")) == len(wrong) == 9
    assert len(FINDINGS) == len(wrong) + 2


def test_the_item_that_sums_to_4350_is_named_and_15_is_suggested() -> None:
    finding = findings("sum_mismatch")[0]
    assert finding.where == "Dòng 2–4, Trung tâm Hành chính công TP Huế, quý I năm 2019, Nơi đón tiếp"
    assert "Các mức cộng lại là 4.350 phiếu, nhiều hơn 4.215 phiếu thu về 135 phiếu." in finding.message.vi
    assert "150 → 15 thì khớp 4.215 (nhưng tỷ lệ in 3,55% lại được tính từ 150)" in finding.message.vi
    assert "4,350 forms, 135 more than the 4,215 returned" in finding.message.en


def test_the_item_that_lacks_ten_forms_is_named_with_every_misprint_that_would_explain_it() -> None:
    finding = findings("sum_mismatch")[1]
    assert finding.where == "Dòng 14–16, Trung tâm Hành chính công TP Huế, quý I năm 2019, Hồ sơ"
    assert "4.205 phiếu, thiếu 10 phiếu so với 4.215" in finding.message.vi
    assert "có thể 10 người không trả lời" in finding.message.vi
    assert "1.825 → 1.835" in finding.message.vi
    assert "2.281 → 2.291" in finding.message.vi
    assert finding.message.vi.count("→") == 2


@pytest.mark.parametrize(
    ("item", "n", "estimate", "low", "high", "se"),
    [
        ("Mức độ hài lòng", 31, 83.87, 67.37, 92.91, 6.61),
        ("Thái độ phục vụ, hướng dẫn", 4215, 97.53, 97.02, 97.96, 0.24),
        ("Thái độ tiếp nhận, trả kết quả", 4215, 97.70, 97.20, 98.11, 0.23),
    ],
)
def test_published_items_have_their_share_and_interval(
    *, item: str, n: int, estimate: float, low: float, high: float, se: float
) -> None:
    row = next(row for row in TABLE.rows if row.score == item)
    assert (row.n_responses, row.n_answers, row.status, row.reason) == (n, n, "ok", "")
    assert [round(value or 0, 2) for value in (row.estimate, row.ci_low, row.ci_high, row.se)] == [
        estimate,
        low,
        high,
        se,
    ]
    assert (row.df, row.deff, row.method, row.basis) == (None, None, "share/counts/wilson", "voluntary")


def test_the_item_whose_counts_do_not_add_up_is_computed_and_flagged() -> None:
    row = next(row for row in TABLE.rows if row.score == "Nơi đón tiếp")
    assert (row.n_answers, row.status, row.reason) == (4350, "flagged", "counts_do_not_add_up")


def test_items_that_are_not_about_satisfaction_are_reconciled_but_not_scored() -> None:
    assert [score.id for score in TABLE.scores] == [
        "Nơi đón tiếp",
        "Thái độ phục vụ, hướng dẫn",
        "Thái độ tiếp nhận, trả kết quả",
        "Mức độ hài lòng",
    ]
    assert any("Hồ sơ" in finding.where for finding in FINDINGS)


def test_the_forms_of_each_unit_are_counted() -> None:
    counted = [(unit.unit_name, unit.issued, unit.received, unit.valid) for unit in TABLE.units]
    assert counted == [
        ("Trung tâm Hành chính công TP Huế", 5326, 4215, 4215),
        ("Sở Tài nguyên và Môi trường tỉnh Bà Rịa - Vũng Tàu", None, 31, 31),
    ]


def test_ratings_of_da_nang_in_2014_have_their_interval_and_add_up(tmp_path: Path) -> None:
    rows = levels(7588, 137, item="Phục vụ", returned="7.725") + levels(
        7725, 4669, item="Lượt đánh giá", score="", period="2014-H1", returned=12394
    )
    table = counts_table(sheet(tmp_path, rows))
    assert not table.findings
    assert [round(value or 0, 2) for value in (table.rows[0].ci_low, table.rows[0].ci_high)] == [97.91, 98.50]


def test_units_of_the_hue_pilot_of_2015_are_known_to_six_or_seven_points_only(tmp_path: Path) -> None:
    table = counts_table(sheet(tmp_path, levels(49, 3, returned=52)))
    low, high = table.rows[0].ci_low or 0, table.rows[0].ci_high or 0
    assert 6 < (high - low) / 2 < 7
