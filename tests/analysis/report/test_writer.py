"""Are reports written completely or not at all, the same every time, whatever the input is called?"""

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from analysis.report.writer import FORMATS, UnknownFormat, write_reports
from questionnaires.codebook import CodebookRow
from tests.analysis.report.example_tables import (
    counts_table,
    poisoned_table,
    province_table,
    voluntary_table,
)

EVERY_FILE = [
    "index.csv",
    "reconciliation.csv",
    "index.xlsx",
    "index.docx",
    "chart-overall.png",
    "chart-overall.svg",
    "index.json",
    "datapackage.json",
]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_every_format_is_written_and_named(tmp_path: Path) -> None:
    written = write_reports(counts_table(), tmp_path / "out", formats=FORMATS)
    assert [path.name for path in written] == EVERY_FILE
    assert all(path.stat().st_size > 0 for path in written)


def test_only_what_was_asked_for_is_written(tmp_path: Path) -> None:
    write_reports(voluntary_table(), tmp_path / "out", formats={"csv"})
    assert set(contents(tmp_path / "out")) == {"index.csv"}


def test_the_same_table_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        write_reports(voluntary_table(), tmp_path / name, formats=FORMATS)
    assert contents(tmp_path / "first") == contents(tmp_path / "second")


def test_an_unknown_format_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat, match="csv, xlsx, docx, png, json") as refusal:
        write_reports(voluntary_table(), tmp_path / "out", formats=["csv", "pdf"])
    assert "pdf" in str(refusal.value)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_half_way_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write_reports(voluntary_table(), folder, formats=["csv", "xlsx"])
    before = contents(folder)
    no_codebook = cast("list[CodebookRow]", ["not a row"])
    with pytest.raises(AttributeError):
        write_reports(province_table(), folder, formats=["csv", "xlsx"], codebook=no_codebook)
    assert contents(folder) == before
    assert list(tmp_path.iterdir()) == [folder]


def test_a_failure_leaves_no_folder_where_there_was_none(tmp_path: Path) -> None:
    with pytest.raises(AttributeError):
        write_reports(
            province_table(), tmp_path / "out", formats=["xlsx"], codebook=cast("list[CodebookRow]", [1])
        )
    assert list(tmp_path.iterdir()) == []


def test_files_of_others_stay_and_ours_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "báo cáo.txt").write_text("của tôi", encoding="utf-8")
    (tmp_path / "index.csv").write_text("cũ", encoding="utf-8")
    write_reports(voluntary_table(), tmp_path, formats=["csv"])
    assert (tmp_path / "báo cáo.txt").read_text(encoding="utf-8") == "của tôi"
    assert (tmp_path / "index.csv").stat().st_size > 100


def test_an_old_reconciliation_does_not_stay_beside_a_table_without_findings(tmp_path: Path) -> None:
    write_reports(counts_table(), tmp_path / "out", formats=["csv"])
    write_reports(voluntary_table(), tmp_path / "out", formats=["csv"])
    assert set(contents(tmp_path / "out")) == {"index.csv"}


def test_missing_parent_folders_are_made(tmp_path: Path) -> None:
    (written,) = write_reports(voluntary_table(), tmp_path / "a" / "b" / "out", formats=["csv"])
    assert written == tmp_path / "a" / "b" / "out" / "index.csv"


def test_attacks_in_names_reach_no_format(tmp_path: Path) -> None:
    poisoned = poisoned_table()
    title = replace(poisoned.title, vi=poisoned.title.vi + " $x^2$ \ud800<b>", en="<b>")
    write_reports(replace(poisoned, title=title), tmp_path / "out", formats=FORMATS)
    svg = ET.fromstring((tmp_path / "out" / "chart-overall.svg").read_bytes())  # noqa: S314  # our own file
    active = {"script", "foreignObject", "a", "text"}
    assert not [element.tag for element in svg.iter() if element.tag.rpartition("}")[2] in active]
