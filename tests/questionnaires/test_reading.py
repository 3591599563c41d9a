"""Does the loader name file, place, expectation, finding and remedy for every key or value it cannot use?"""

from pathlib import Path

import pytest

from questionnaires.loader import QuestionnaireRefused, inspect_file, load_file
from tests.questionnaires.builders import SOUND, cases, changed, inspected, said

FAULTS = cases("faults")


def test_the_sound_questionnaire_loads_without_a_word(tmp_path: Path) -> None:
    inspection = inspected(SOUND, tmp_path)
    assert (inspection.errors, inspection.warnings) == ((), ())
    assert inspection.questionnaire is not None
    ids = [question.id for question in inspection.questionnaire.questions()]
    assert ids == ["A1", "A2", "A3", "B1", "K1", "K2", "K3", "K4", "P1"]


def test_a_complaint_reads_as_one_sentence_with_its_remedy(tmp_path: Path) -> None:
    inspection = inspected(changed(('text.en = "Clear signs"', "")), tmp_path)
    assert inspection.questionnaire is None
    assert said(inspection.errors) == (
        "mau.toml: câu hỏi A1, khóa text.en: cần một chuỗi trong ngoặc kép; thực tế: không có khóa này. "
        "Cách sửa: thêm khóa text.en."
    )


@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_used_is_named_with_place_and_remedy(fault: str, tmp_path: Path) -> None:
    errors = inspected(FAULTS[fault].toml, tmp_path).errors
    told = [error for error in errors if error.where.endswith(FAULTS[fault].where)]
    assert FAULTS[fault].says in said(told)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    toml = changed(('text.en = "Clear signs"', ""), ("Đủ ghế ngồi chờ", ""), ('"number"', '"stars"'))
    assert [error.where for error in inspected(toml, tmp_path).errors] == [
        "câu hỏi A1, khóa text.en",
        "câu hỏi A2, khóa text.vi",
        "câu hỏi K4, khóa kind",
    ]


def test_load_file_raises_with_every_complaint(tmp_path: Path) -> None:
    path = tmp_path / "mau.toml"
    path.write_text(changed(('text.en = "Clear signs"', ""), ("Đủ ghế ngồi chờ", "")), "utf-8")
    with pytest.raises(QuestionnaireRefused, match=r"A1, khóa text\.en[\s\S]+A2, khóa text\.vi") as refused:
        load_file(path)
    assert len(refused.value.complaints) == 2


def test_a_file_that_is_not_toml_is_named_with_its_line(tmp_path: Path) -> None:
    complaint = said(inspected('id = "mau"\ntitle.vi = Phiếu\n', tmp_path).errors)
    assert "mau.toml: dòng 2, cột 12: cần cú pháp TOML đúng" in complaint
    assert "dấu ngoặc kép" in complaint


def test_a_file_that_breaks_off_is_named_with_its_end(tmp_path: Path) -> None:
    assert "mau.toml: cuối tệp" in said(inspected("modes = [", tmp_path).errors)


def test_a_key_written_twice_is_refused(tmp_path: Path) -> None:
    assert "khóa trùng" in said(inspected('id = "mau"\nid = "mau"', tmp_path).errors)


def test_a_file_of_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "mau.toml"
    path.write_bytes('id = "mau"\ntitle.vi = "Phiê"'.encode("latin-1"))
    complaint = said(inspect_file(path).errors)
    assert "dòng 2" in complaint
    assert "bảng mã UTF-8" in complaint


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    path = tmp_path / "mau.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SOUND.replace("\n", "\r\n").encode())
    assert inspect_file(path).errors == ()


def test_a_missing_file_an_endless_file_and_a_nested_file_are_complaints_and_not_crashes(tmp_path: Path) -> None:
    assert "không mở được tệp" in said(inspect_file(tmp_path / "khong-co.toml").errors)
    assert "tối đa 1 MB" in said(inspected("#" * 1_000_001, tmp_path).errors)
    assert "mau.toml: cả tệp" in said(inspected("x = " + "[" * 20_000, tmp_path).errors)
    assert "mau.toml: cả tệp" in said(inspected("x = " + "9" * 5_000, tmp_path).errors)


def test_an_empty_file_is_told_what_a_questionnaire_needs(tmp_path: Path) -> None:
    complaints = said(inspected("", tmp_path).errors)
    for key in ("id", "title", "modes", "index", "sections"):
        assert f"khóa {key}: cần" in complaints
