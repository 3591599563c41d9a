"""Do numbers and the sentences beside them read as a Vietnamese office writes them?"""

import subprocess
import sys
import unicodedata
from dataclasses import replace
from datetime import date
from typing import get_args

import pytest

from analysis import wording
from analysis.table import Basis, Measure
from questionnaires.model import Language, Text
from tests.analysis.report.example_tables import PERCENT, UNITS, row

EN = Language.EN
ROW = row(UNITS[1], "overall", estimate=84.0912, n=223)
BARE = replace(ROW, estimate=None, ci_low=None, ci_high=None)


def test_a_percentage_has_a_decimal_comma_and_no_space_before_its_sign() -> None:
    assert wording.percent(84.0912) == "84,09%"
    assert wording.percent(84.0912, EN) == "84.09%"


def test_thousands_are_parted_by_a_dot() -> None:
    assert wording.count(36525) == "36.525"
    assert wording.count(36525, EN) == "36,525"
    assert wording.number(1234567.5) == "1.234.567,50"


def test_an_interval_is_joined_by_an_en_dash() -> None:
    assert wording.interval(67.3651, 92.9067) == "67,37–92,91"


def test_a_day_is_written_day_month_year() -> None:
    assert wording.date_text(date(2026, 2, 5)) == "05/02/2026"


@pytest.mark.parametrize(
    ("value", "printed"),
    [(82.665, "82,67"), (0.125, "0,13"), (1.005, "1,01"), (2.675, "2,68"), (97.5249999, "97,52")],
)
def test_a_half_is_rounded_up_as_excel_shows_it(value: float, printed: str) -> None:
    assert wording.number(value) == printed


def test_a_negative_number_that_rounds_to_zero_has_no_sign() -> None:
    assert wording.number(-0.001) == "0,00"
    assert wording.number(-1.5, 1) == "-1,5"


@pytest.mark.parametrize(
    ("measure", "vi", "en", "ends"),
    [
        (PERCENT, "84,09%", "84.09%", "79,50–88,60"),
        (Measure("score", 1, 10), "84,09 điểm", "84.09 points", "79,50–88,60"),
        (Measure("points", 0, 18), "84,1 điểm", "84.1 points", "79,50–88,60"),
    ],
)
def test_an_estimate_is_worded_by_its_measure(measure: Measure, vi: str, en: str, ends: str) -> None:
    bounded = replace(ROW, ci_low=79.5, ci_high=88.6)
    assert wording.estimate_text(bounded, measure) == vi
    assert wording.estimate_text(bounded, measure, EN) == en
    assert wording.interval_text(bounded, measure) == ends


def test_a_unit_can_be_left_to_the_heading() -> None:
    assert wording.estimate_text(ROW, PERCENT, unit=False) == "84,09"


def test_a_withheld_and_a_missing_number_have_different_signs_and_no_interval() -> None:
    withheld, missing = replace(BARE, status="suppressed"), replace(BARE, status="missing")
    assert wording.estimate_text(withheld, PERCENT) == "…"
    assert wording.estimate_text(missing, PERCENT) == "–"
    assert wording.interval_text(withheld, PERCENT) == ""


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2026", "năm 2026"),
        ("2026-H1", "6 tháng đầu năm 2026"),
        ("2026-H2", "6 tháng cuối năm 2026"),
        ("2026-Q3", "quý III năm 2026"),
        ("2026-Q4r", "quý IV năm 2026 (kỳ báo cáo từ ngày 15 đến ngày 14)"),
        ("2026-09", "tháng 9 năm 2026"),
        ("2026-11-2", "đợt ghi nhận 2 tháng 11 năm 2026"),
        ("2026-13-x", "2026-13-x"),
        ("", ""),
    ],
)
def test_a_period_is_put_into_words_and_an_unknown_one_stands_as_it_is(period: str, words: str) -> None:
    assert wording.period_text(period).vi == words


def test_voluntary_responses_have_no_confidence_interval_by_that_name() -> None:
    assert wording.interval_name("voluntary", 0.95) == Text(
        "Khoảng dao động ngẫu nhiên 95%", "95% random fluctuation interval"
    )
    assert wording.interval_name("probability", 0.975).vi == "Khoảng tin cậy 97,5%"


def test_the_sentence_on_voluntary_responses_is_the_decided_one() -> None:
    assert wording.basis_sentence("voluntary", 0.95).vi == (
        "Khoảng dao động ngẫu nhiên 95%: mẫu tự nguyện, không phải mẫu xác suất; chỉ đúng nếu người trả lời"
        " đại diện cho mọi hồ sơ; chưa tính sai lệch do tự chọn."
    )
    assert wording.BASES["voluntary"].vi == "phiếu tự nguyện, không chọn mẫu ngẫu nhiên"


def test_every_reason_has_an_explanation_and_the_other_way_round() -> None:
    assert set(wording.REASONS) == set(wording.EXPLANATIONS)


def test_every_sentence_is_there_in_both_languages_and_in_one_normal_form() -> None:
    tables = (wording.REASONS, wording.EXPLANATIONS, wording.STATUSES, wording.BASES, wording.MODES)
    texts = [text for table in tables for text in table.values()]
    texts += [wording.basis_sentence(basis, 0.9) for basis in get_args(Basis)]
    for text in texts:
        assert text.vi
        assert text.en
        assert text.vi == unicodedata.normalize("NFC", text.vi)
        assert text.vi != text.en


def test_reasons_stand_in_the_order_of_importance_and_unknown_codes_last() -> None:
    reason = "assumed;new_code;small_sample;assumed;"
    assert wording.reason_codes(reason) == ("small_sample", "assumed", "new_code")
    assert wording.reason_text(reason) == "Cỡ mẫu nhỏ, chỉ để tham khảo; phương sai theo giả định; new_code"
    assert wording.reason_text("") == ""


def test_the_statement_of_method_names_pooling_variance_interval_and_level() -> None:
    statement = wording.method_statement(["share/pooled/modified-wilson"] * 3, "probability", 0.95)
    for part in (
        "tổng số câu trả lời hài lòng chia cho tổng số câu trả lời hợp lệ",
        "không lấy trung bình cộng",
        "tuyến tính hóa",
        "Khoảng tin cậy 95%",
        "Wilson",
    ):
        assert statement.vi.count(part) == 1
    assert "pool all answers" in statement.en


@pytest.mark.parametrize(
    "method", ["mean/pooled/modified-wilson", "points/pooled/modified-wilson", "share/counts/wilson"]
)
def test_every_method_in_use_has_sentences(method: str) -> None:
    statement = wording.method_statement([method], "invited", 0.95)
    assert "Phương pháp:" not in statement.vi
    assert "{" not in statement.vi + statement.en


def test_a_method_without_sentences_is_named_by_its_code() -> None:
    statement = wording.method_statement(["share/respondent/{beta}"], "probability", 0.95)
    assert "Phương pháp: share/respondent. Phương pháp: beta." in statement.vi
    assert wording.method_statement([], "probability", 0.95).vi == ""


def test_modes_are_counted_in_words_and_several_of_them_carry_a_caution() -> None:
    several = (("kiosk", 1204), ("phone", 560), ("", 3), ("fax", 1))
    assert wording.mode_text(several).vi == (
        "ki-ốt 1.204 phiếu; điện thoại 560 phiếu; không rõ hình thức 3 phiếu; fax 1 phiếu"
    )
    assert wording.mode_text(()).vi == ""
    assert wording.mode_caution(several) is not None
    assert wording.mode_caution((("kiosk", 1204), ("phone", 0))) is None


def test_words_and_layout_load_neither_pandas_nor_a_writer() -> None:
    heavy = ["pandas", "numpy", "scipy", "matplotlib", "docx", "xlsxwriter", "pyarrow"]
    code = (
        "import sys, analysis.wording, analysis.report.layout, analysis.report.statements;"
        f"print([module for module in {heavy} if module in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
