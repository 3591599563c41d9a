"""Claims about reconciliation: a sound table gives no finding, every slip is found and explained."""

import tempfile
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.counts import reconcile
from analysis.counts.misprint import is_one_slip
from analysis.table import Finding
from tests.analysis.counts.sheets import levels, sheet

Row = dict[str, object]


def found(rows: list[Row]) -> tuple[Finding, ...]:
    with tempfile.TemporaryDirectory() as folder:
        return reconcile(sheet(Path(folder), rows))


def half_up(count: int, total: int, decimals: int) -> str:
    with localcontext(prec=60):
        share = Decimal(100 * count) / Decimal(total)
        return str(share.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


@st.composite
def sound_tables(draw: st.DrawFn) -> list[Row]:
    rows: list[Row] = []
    returned = draw(st.integers(1, 99_999))
    issued = returned + draw(st.integers(0, 9))
    for i in range(draw(st.integers(1, 4))):
        cuts = sorted(draw(st.lists(st.integers(0, returned), min_size=2, max_size=2)))
        counts = [high - low for low, high in pairwise([0, *cuts, returned])]
        item = levels(*counts, item=f"Tiêu chí {i}", returned=returned, issued=issued)
        for row, count in zip(item, counts, strict=True):
            row["printed_percent"] = half_up(count, returned, draw(st.integers(0, 6)))
        rows += item
    return rows


@settings(max_examples=60, deadline=None)
@given(sound_tables())
def test_a_table_that_adds_up_and_is_rounded_half_up_gives_no_finding(rows: list[Row]) -> None:
    assert not found(rows)


@settings(max_examples=60, deadline=None)
@given(sound_tables(), st.data())
def test_a_changed_digit_in_any_count_is_found_and_the_right_count_suggested(
    rows: list[Row], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(rows) - 1))
    right = str(rows[at]["count"])
    place = data.draw(st.integers(0, len(right) - 1))
    lowest = 1 if place == 0 and len(right) > 1 else 0
    digit = data.draw(st.integers(lowest, 9).map(str).filter(lambda d: d != right[place]))
    rows[at]["count"] = right[:place] + digit + right[place + 1 :]
    sums = [finding for finding in found(rows) if finding.code == "sum_mismatch"]
    assert len(sums) == 1
    assert sums[0].where.endswith(str(rows[at]["item"]))
    assert f"→ {int(right):,} thì khớp".replace(",", ".") in sums[0].message.vi


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9999), st.data())
def test_a_percentage_is_called_cut_off_or_wrong_exactly_when_it_is(returned: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, returned))
    decimals = data.draw(st.integers(0, 3))
    units = 100 * 10**decimals * count // returned
    shift = data.draw(st.integers(-2, 2).filter(lambda s: units + s >= 0))
    rows = levels(count, returned - count, returned=returned)
    rows[0]["printed_percent"] = str(Decimal(units + shift).scaleb(-decimals))
    codes = [finding.code for finding in found(rows)]
    if Decimal(half_up(count, returned, decimals)).scaleb(decimals) == units + shift:
        assert codes == []
    else:
        assert codes == ["percent_truncated" if shift == 0 else "percent_wrong"]


def one_row(count: int, printed: str, *, returned: int | str = 4215) -> list[Row]:
    rows = levels(count, 4215 - count, returned=returned)
    rows[0]["printed_percent"] = printed
    return rows


def test_zeros_that_a_spreadsheet_dropped_do_not_matter() -> None:
    assert not found(one_row(1825, "43.3"))
    assert found(one_row(1825, "43.30")) == ()
    assert found(one_row(1825, "43.29"))[0].code == "percent_truncated"


def test_a_wrong_percentage_is_named_with_the_right_one() -> None:
    message = found(one_row(2128, "51,2"))[0].message
    assert message.vi == "Mức “Hài lòng” in 51,2%, không khớp số phiếu; tính đúng là 50,5% (2.128/4.215)."
    assert (
        message.en
        == "“Hài lòng” is printed 51.2%, which does not fit the count; it should be 50.5% (2,128/4,215)."
    )


def test_a_percentage_may_be_of_the_returned_forms_or_of_the_answers() -> None:
    for printed, wrong in (("43,30", 0), ("43,40", 0), ("43,50", 1)):
        rows = levels(1825, 2281, 99, returned=4215)
        rows[0]["printed_percent"] = printed
        findings = [f for f in found(rows) if f.code == "percent_wrong"]
        assert len(findings) == wrong
        assert all("43,30% (1.825/4.215) hoặc 43,40% (1.825/4.205)" in f.message.vi for f in findings)


def test_the_printed_percentage_speaks_for_or_against_a_misprint() -> None:
    rows = levels(2063, 2137, 150, returned=4215)
    assert "tỷ lệ in" not in found(rows)[0].message.vi
    rows[2]["printed_percent"] = "0,36"
    assert "150 → 15 thì khớp 4.215 (tỷ lệ in 0,36% cũng được tính từ 15)" in found(rows)[0].message.vi
    rows[2]["printed_percent"] = "3,56"
    assert "(nhưng tỷ lệ in 3,56% lại được tính từ 150)" in found(rows)[0].message.vi


def test_at_most_three_misprints_are_listed_and_the_supported_one_first() -> None:
    rows = levels(11, 12, 13, 14, 15, returned=66)
    rows[4]["printed_percent"] = half_up(16, 66, 2)
    message = found(rows)[0].message.vi
    assert message.count("→") == 3
    assert message.index("15 → 16") < message.index("11 → 12") < message.index("12 → 13")


def test_where_all_items_agree_the_returned_forms_are_suspected() -> None:
    rows = levels(4000, 251, returned=4215) + levels(4100, 151, item="Thời gian", returned=4215)
    messages = [finding.message.vi for finding in found(rows)]
    assert len(messages) == 2
    assert all("cộng thành 4.251: có thể chính số phiếu thu về bị in nhầm" in message for message in messages)
    rows[0]["count"] = 3999
    assert not any("chính số phiếu thu về" in finding.message.vi for finding in found(rows))


def test_more_forms_returned_than_issued_are_named_once_a_unit() -> None:
    rows = levels(5, 3, issued=7, returned=8) + levels(4, 4, item="Thời gian", issued=7, returned=8)
    findings = found(rows)
    assert [finding.code for finding in findings] == ["returned_exceeds_issued"]
    assert findings[0].where == "Dòng 2–5, Xã A, quý I năm 2026"
    assert findings[0].message.vi == "Thu về 8 phiếu, nhiều hơn 7 phiếu phát ra."


def test_a_level_that_other_units_have_is_missed() -> None:
    rows = levels(5, 3, 1, returned=9) + levels(5, 3, unit="Xã B", returned=8)
    findings = found(rows)
    assert [(finding.code, finding.where) for finding in findings] == [
        ("level_missing", "Dòng 5–6, Xã B, quý I năm 2026, Thái độ")
    ]
    assert "Thiếu mức “Không hài lòng”" in findings[0].message.vi


def test_an_item_with_one_side_of_the_scale_only_is_named() -> None:
    findings = found(levels(5, returned=5))
    assert [finding.code for finding in findings] == ["level_missing"]
    assert "phía bên kia của thang đo" in findings[0].message.vi


def test_sums_that_cannot_be_checked_are_said_once() -> None:
    rows = [row for i in range(7) for row in levels(5, 3, unit=f"Xã {i}", printed_percent="")]
    findings = found(rows)
    assert [finding.code for finding in findings] == ["returned_unknown"]
    assert "Xã 0, Xã 1, Xã 2, Xã 3, Xã 4 …" in findings[0].message.vi


@pytest.mark.parametrize("digits", ["0", "7", "10", "150", "4215"])
def test_one_slip_is_exactly_one_edit(digits: str) -> None:
    edits = {digits[:i] + digits[i + 1 :] for i in range(len(digits))}
    edits |= {digits[:i] + d + digits[i:] for i in range(len(digits) + 1) for d in "0123456789"}
    edits |= {digits[:i] + d + digits[i + 1 :] for i in range(len(digits)) for d in "0123456789"}
    edits |= {digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :] for i in range(len(digits) - 1)}
    edits -= {digits}
    others = edits | {digits} | {str(n) for n in range(20_000)}
    assert {other for other in others if is_one_slip(digits, other)} == edits
