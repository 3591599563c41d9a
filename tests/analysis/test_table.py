"""Claims about rows kept column by column: nobody can tell them from rows made one by one."""

import json
from dataclasses import replace

import numpy as np
import pytest

from analysis.table import Column, IndexRow, IndexRows, IndexTable, Numbers
from tests.analysis.report.example_tables import province_table


def by_column() -> IndexTable:
    table = province_table()
    return replace(table, rows=IndexRows.of(tuple(table.rows)))


def test_rows_by_column_equal_the_rows_they_were_made_from() -> None:
    table, columns = province_table(), by_column()
    assert columns == table
    assert table == columns
    assert hash(columns.rows) == hash(tuple(table.rows))
    assert list(columns.rows) == list(table.rows)
    assert columns.rows[-1] == table.rows[-1]
    assert columns.rows[3:9:2] == tuple(table.rows)[3:9:2]
    assert replace(table, rows=columns.rows[:-1]) != table
    with pytest.raises(IndexError):
        columns.rows[len(table.rows)]


def test_a_table_by_column_survives_its_json_and_gives_the_same_text() -> None:
    table, columns = province_table(), by_column()
    assert columns.to_json() == table.to_json()
    assert IndexTable.from_json(columns.to_json()) == columns
    assert set(json.loads(columns.to_json())["rows"][0]) == set(IndexRow.__slots__)


def test_finding_a_row_and_its_records_does_not_depend_on_how_rows_are_kept() -> None:
    table, columns = province_table(), by_column()
    last = table.rows[-1]
    assert columns.find(last.unit_code, last.score) == table.find(last.unit_code, last.score)
    assert columns.find("nowhere", "overall") is None
    assert list(columns.records()) == list(table.records())
    assert columns.units_by_reason() == table.units_by_reason()


def test_numbers_of_arrays_become_plain_numbers_and_nan_becomes_none() -> None:
    means, counts = Numbers(np.array([1.5, np.nan])), Numbers(np.array([3.0, 0.0]), whole=True)
    assert [type(value) for value in means] == [float, type(None)]
    assert [type(counts[row]) for row in range(2)] == [int, int]
    assert means[1] is None
    assert list(Column(["a", "b"], np.array([1, 0, 1]))) == ["b", "a", "b"]


def test_rows_cannot_be_changed() -> None:
    rows = by_column().rows
    with pytest.raises(AttributeError, match="fixed"):
        rows._size = 3  # type: ignore[attr-defined]  # the claim is that this fails
    assert isinstance(rows, IndexRows)
    changed = rows.with_columns(survey=Column(["other"], [0] * len(rows)))
    assert changed[0].survey == "other"
    assert rows[0].survey != "other"
