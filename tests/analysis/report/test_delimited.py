"""Does the CSV keep every number and give no spreadsheet a formula?"""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis.report.cell_text import inert, one_line
from analysis.report.delimited import write_findings_csv, write_index_csv
from tests.analysis.report.example_tables import (
    POISON,
    UNITS,
    counts_table,
    poisoned_table,
    province_table,
    row,
    table,
)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_excel_is_told_that_the_file_is_utf_8(tmp_path: Path) -> None:
    written = write_index_csv(province_table(), tmp_path / "index.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbf")
    assert "Phường Thành Sen" in written.decode("utf-8-sig")


def test_the_columns_are_the_published_ones_and_every_row_is_there(tmp_path: Path) -> None:
    rows = read(write_index_csv(province_table(), tmp_path / "index.csv"))
    assert list(rows[0]) == list(next(province_table().records()))
    assert len(rows) == len(province_table().rows) == 13 * 22


def test_numbers_keep_full_precision_and_none_is_empty(tmp_path: Path) -> None:
    original = province_table()
    rows = read(write_index_csv(original, tmp_path / "index.csv"))
    assert [float(shown["ci_low"]) for shown in rows] == [r.ci_low for r in original.rows]
    at_bound = next(i for i, r in enumerate(original.rows) if r.se is None)
    assert rows[at_bound]["se"] == ""


def test_further_columns_of_the_domain_stand_before_the_unit(tmp_path: Path) -> None:
    by_mode = table([replace(row(UNITS[1], "overall", estimate=80, n=50), by=(("mode", "kiosk"),))])
    rows = read(write_index_csv(by_mode, tmp_path / "index.csv"))
    assert list(rows[0])[:4] == ["survey", "period", "mode", "unit_code"]
    assert rows[0]["mode"] == "kiosk"


def test_no_cell_of_text_begins_like_a_formula(tmp_path: Path) -> None:
    write_index_csv(poisoned_table(), tmp_path / "index.csv")
    write_findings_csv(poisoned_table().findings, tmp_path / "findings.csv")
    texts = [
        v for name in ("index.csv", "findings.csv") for shown in read(tmp_path / name) for v in shown.values()
    ]
    assert texts
    assert not [text for text in texts if text.startswith(tuple("=+-@\t\r\n\0＝＋－＠"))]


def test_a_negative_number_stays_a_number(tmp_path: Path) -> None:
    negative = replace(row(UNITS[1], "overall", estimate=50, n=50), estimate=-1.5, ci_low=-2.25)
    (shown,) = read(write_index_csv(table([negative]), tmp_path / "index.csv"))
    assert (shown["estimate"], shown["ci_low"]) == ("-1.5", "-2.25")


def test_a_table_without_rows_is_a_file_without_rows(tmp_path: Path) -> None:
    assert read(write_index_csv(table([]), tmp_path / "index.csv")) == []


def test_findings_say_where_and_what_in_both_languages(tmp_path: Path) -> None:
    (first, second) = read(write_findings_csv(counts_table().findings, tmp_path / "reconciliation.csv"))
    assert first["where"] == "TP Huế, Trung tâm HCC, dòng 2–4"
    assert "4.350" in first["message_vi"]
    assert "4,350" in first["message_en"]
    assert second["code"] == "truncated_percent"


@pytest.mark.parametrize("text", POISON)
def test_one_line_is_clean_and_cleaning_it_again_changes_nothing(text: str) -> None:
    line = one_line(text)
    assert line == one_line(line)
    assert "\n" not in line
    line.encode("utf-8")


def test_harmless_text_is_left_alone() -> None:
    assert inert("Xã Thạch Khê") == "Xã Thạch Khê"
    assert inert("a=b") == "a=b"
    assert inert(" =b") == "'=b"


def test_numbers_are_written_as_python_writes_them(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    values = [*(rng.random(300) * 100), *(rng.random(300) * 10.0 ** rng.integers(-20, 20, 300)), 0.0, -0.0, 100.0]
    values += [1e-4, 9.9e-5, 1e10, 9999999999.0, 12345678901.5, 1e15, 1e16, 1e22, 5e-324, 1e308]
    rows = [row(UNITS[1], "overall", estimate=float(value), n=50) for value in values]
    shown = read(write_index_csv(table(rows), tmp_path / "index.csv"))
    assert [r["estimate"] for r in shown] == [repr(float(value)) for value in values]


def test_cells_with_commas_quotation_marks_and_line_ends_are_quoted(tmp_path: Path) -> None:
    rows = [replace(row(UNITS[1], "overall", estimate=80, n=50), unit_name=name) for name in ('a, "b"', "", "=1")]
    text = write_index_csv(table(rows), tmp_path / "index.csv").read_bytes()
    assert b',"a, ""b""",' in text
    assert b",'=1," in text
    assert text.count(b"\r\n") == 4
