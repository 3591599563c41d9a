"""Claims about headings: what units write is understood, what could be two things is asked back."""

import unicodedata
from pathlib import Path

import pytest

from analysis.counts import read_counts
from analysis.counts.headings import UnknownHeadings


def refused(folder: Path, *headings: str) -> str:
    path = folder / "bang.csv"
    path.write_text(";".join(headings) + "\n" + ";".join("1" for _ in headings) + "\n", encoding="utf-8")
    with pytest.raises(UnknownHeadings) as caught:
        read_counts(path)
    return str(caught.value)


def without_accents(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return plain.replace("đ", "d").replace("Đ", "D")


CAPITALS = "Nguồn;Mã đơn vị;Tên đơn vị;Kỳ báo cáo;Số phiếu phát ra;Số phiếu thu về;Nội dung;Mức độ;Hài lòng (1/0);"
VIETNAMESE = [
    "Nguồn;Mã đơn vị;Đơn vị;Kỳ;Phát ra;Thu về;Tiêu chí;Mức;Điểm;Số phiếu;Tỷ lệ in",
    CAPITALS.upper() + "SỐ LƯỢNG;TỈ LỆ (%)",
]


@pytest.mark.parametrize("heading", [*VIETNAMESE, *map(without_accents, VIETNAMESE[1:])])
def test_vietnamese_headings_mean_the_same_as_english_ones(tmp_path: Path, heading: str) -> None:
    row = "S;01;Xã A;2026-Q1;9;8;Thái độ;Hài lòng;1;8;100"
    english = "source;unit_code;unit;period;issued;returned;item;level;score;count;printed_percent"
    sheets = []
    for line in (heading, english):
        path = tmp_path / "bang.csv"
        path.write_text(f"{line}\n{row}\n", encoding="utf-8")
        sheets.append(read_counts(path))
    assert sheets[0].items == sheets[1].items
    assert sheets[0].items[0].forms.unit_code == "01"


def test_titles_above_numbering_and_remarks_do_not_disturb(tmp_path: Path) -> None:
    path = tmp_path / "bang.csv"
    path.write_text(
        "BẢNG TỔNG HỢP;;;;;\nQuý I/2026;;;;;\nSTT;Đơn vị;Tiêu chí;Mức;Số phiếu;Ghi chú\n"
        "1;Xã A;Thái độ;Tốt;5;nhập tay\n",
        encoding="utf-8",
    )
    assert read_counts(path).items[0].rows == (4,)


def test_a_heading_without_accents_that_could_be_two_columns_is_not_guessed(tmp_path: Path) -> None:
    sentence = refused(tmp_path, "Don vi", "Noi dung", "Muc", "So phieu")
    assert "“Muc” ở cột C" in sentence
    assert "“Tiêu chí” hoặc “Mức”" in sentence
    assert "đủ dấu" in sentence


def test_accents_may_be_left_out_but_another_accent_is_another_word(tmp_path: Path) -> None:
    path = tmp_path / "bang.csv"
    path.write_text("Đơn vi;Mục;Mưc;Số phiêu\nXã A;Thái độ;Tốt;5\n", encoding="utf-8")
    item = read_counts(path).items[0]
    assert (item.item, item.levels[0].level) == ("Thái độ", "Tốt")
    assert "“Mũc” ở cột C" in refused(tmp_path, "Đơn vị", "Mục", "Mũc", "Số phiếu", "Nguồn")


def test_two_columns_with_one_meaning_are_not_chosen_between(tmp_path: Path) -> None:
    sentence = refused(tmp_path, "Đơn vị", "Tiêu chí", "Mức", "Số phiếu", "Số lượng")
    assert "hai cột “Số phiếu” và “Số lượng”" in sentence


def test_an_unknown_column_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    sentence = refused(tmp_path, "Đơn vị", "Tiêu chí", "Mức", "Số phiếu", "Lĩnh vực")
    assert "“Lĩnh vực” ở cột E" in sentence
    assert "“Số phiếu thu về”" in sentence or "“Thu về”" in sentence


@pytest.mark.parametrize("missing", ["Đơn vị", "Tiêu chí", "Mức", "Số phiếu"])
def test_a_missing_column_is_named(tmp_path: Path, missing: str) -> None:
    headings = [name for name in ("Đơn vị", "Tiêu chí", "Mức", "Số phiếu") if name != missing]
    assert f"thiếu cột “{missing}”" in refused(tmp_path, *headings)
