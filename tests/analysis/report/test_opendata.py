"""Can others read the open data without asking us?"""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from analysis.report.delimited import write_findings_csv, write_index_csv
from analysis.report.opendata import write_datapackage, write_index_json
from analysis.table import IndexTable
from tests.analysis.report.example_tables import (
    counts_table,
    poisoned_table,
    province_table,
    voluntary_table,
)


def package(table: IndexTable, folder: Path) -> dict[str, Any]:
    files = [write_index_csv(table, folder / "index.csv"), write_index_json(table, folder / "index.json")]
    if table.findings:
        files.append(write_findings_csv(table.findings, folder / "reconciliation.csv"))
    descriptor = write_datapackage(table, files, folder / "datapackage.json")
    loaded: dict[str, Any] = json.loads(descriptor.read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("table", [province_table(), voluntary_table(), counts_table(), poisoned_table()])
def test_the_json_gives_the_table_back(table: IndexTable, tmp_path: Path) -> None:
    written = write_index_json(table, tmp_path / "index.json")
    assert IndexTable.from_json(written.read_text(encoding="utf-8")) == table


def test_every_file_is_described_with_its_size_and_hash(tmp_path: Path) -> None:
    resources = package(counts_table(), tmp_path)["resources"]
    assert [resource["path"] for resource in resources] == ["index.csv", "index.json", "reconciliation.csv"]
    for resource in resources:
        content = (tmp_path / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_every_column_is_described_in_both_languages(tmp_path: Path) -> None:
    (csv_file, _) = package(province_table(), tmp_path)["resources"]
    fields = csv_file["schema"]["fields"]
    assert [field["name"] for field in fields] == list(next(province_table().records()))
    assert all(field["description"] and field["description_en"] for field in fields)
    assert not [field["name"] for field in fields if field["description_en"] == "A further column of the domain"]
    by_name = {field["name"]: field for field in fields}
    assert by_name["estimate"]["description"] == "Kết quả (đơn vị tính: %)"
    assert by_name["n_responses"]["type"] == "integer"


def test_imaginary_data_and_sources_are_named(tmp_path: Path) -> None:
    described = package(province_table(), tmp_path)
    assert described["simulated"] is True
    assert "DỮ LIỆU MÔ PHỎNG" in described["description"]
    assert described["sources"] == [{"title": "phieu-2026-q3.csv", "hash": "sha256:" + "a1" * 32}]
    assert described["provenance"]["questionnaire_hash"] == "5f" * 32
    assert "description" not in package(voluntary_table(), tmp_path)


def test_the_basis_is_said_in_words(tmp_path: Path) -> None:
    assert package(voluntary_table(), tmp_path)["basis"]["voluntary"]["vi"] == (
        "phiếu tự nguyện, không chọn mẫu ngẫu nhiên"
    )
