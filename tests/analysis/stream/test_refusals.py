"""Claims about faults far into a stream: named with file, row and value as if all rows had been in memory."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from analysis.design import DesignColumns, DesignError
from analysis.index import IndexRequest, index_table
from analysis.index.levels import UnusableDomain
from analysis.refusal import Refusal
from analysis.responses import DuplicateResponse, UnreadableResponses, ValueOutsideScale, open_responses, stream_of
from analysis.stream.answers import BLANK, ItemReader
from analysis.stream.coding import as_text
from analysis.stream.identity import Identities, fingerprints
from tests.analysis.builders import TWO_FACTORS
from tests.analysis.stream.samples import CLUSTERED, comma, parquet, sample

NAMED = ("village", "stratum", "w", "N")


def spoilt(column: str, row: int, value: object) -> pa.Table:
    table = sample()
    values = table[column].to_pylist()
    values[row] = value
    kind = table[column].type if not isinstance(value, str) else pa.string()
    return table.set_column(table.column_names.index(column), column, pa.array(values, kind))


@pytest.mark.parametrize(
    ("table", "error", "said"),
    [
        (lambda: spoilt("A2", 700, 9), ValueOutsideScale, "Cột A2, dòng 701\n"),
        (lambda: spoilt("A2", 700, -128), ValueOutsideScale, "'-128'"),
        (lambda: spoilt("response_id", 700, "phiếu 0001"), DuplicateResponse, "dòng 2, 701"),
        (lambda: spoilt("response_id", 700, "  "), UnreadableResponses, "dòng 701"),
        (lambda: spoilt("w", 700, 0.0), DesignError, "Cột w (--weights), dòng 701"),
        (lambda: spoilt("w", 700, None), DesignError, "ô trống"),
        (lambda: spoilt("w", 700, float("inf")), DesignError, "dòng 701"),
        (lambda: spoilt("village", 700, " "), DesignError, "Cột village (--psu), dòng 701"),
        (lambda: spoilt("stratum", 700, None), DesignError, "Cột stratum (--strata), dòng 701"),
        (lambda: spoilt("stratum", 700, "h9"), DesignError, "hai tầng"),
        (lambda: spoilt("unit_code", 700, None), UnusableDomain, "Cột unit_code, dòng 701"),
        (lambda: spoilt("unit_code", 700, "ALL"), UnusableDomain, "mã khác ALL"),
        (lambda: spoilt("parent_code", 700, "p9"), UnusableDomain, "thuộc nhiều đơn vị cấp trên"),
    ],
)
def test_a_fault_in_a_late_batch_is_named_by_its_row(
    table: Callable[[], pa.Table], error: type[Refusal], said: str
) -> None:
    request = IndexRequest(parent="parent_code", design=CLUSTERED)
    stream = stream_of(table(), TWO_FACTORS, named_columns=NAMED, rows=100)
    with pytest.raises(error) as refusal:
        index_table(stream, TWO_FACTORS, request)
    assert said in str(refusal.value)
    assert "Cách xử lý:" in str(refusal.value)


def test_every_bad_row_of_all_files_is_counted(tmp_path: Path) -> None:
    table = sample()
    bad = table.set_column(table.column_names.index("A1"), "A1", pa.array([7] * table.num_rows))
    files = [
        comma(tmp_path / "a.csv", table.slice(0, 200)),
        parquet(tmp_path / "b.parquet", bad.slice(200), rows=50),
    ]
    with pytest.raises(ValueOutsideScale) as refusal:
        index_table(open_responses(files, TWO_FACTORS, named_columns=NAMED, rows=60), TWO_FACTORS, IndexRequest())
    assert "dòng b.parquet:1, b.parquet:2, b.parquet:3, b.parquet:4, b.parquet:5 và 695 dòng khác" in str(
        refusal.value
    )


@pytest.mark.parametrize(
    ("size", "said"),
    [("ten", "một số"), ("12", "không nhỏ hơn mẫu"), ("0", "lớn hơn 0"), ("uneven", "duy nhất trong mỗi tầng")],
)
def test_a_finite_population_that_cannot_be_is_refused_by_its_stratum(size: str, said: str) -> None:
    table = sample()
    sizes = [str(100 + k % 2) for k in range(table.num_rows)] if size == "uneven" else [size] * table.num_rows
    table = table.append_column("N", pa.array(sizes))
    design = DesignColumns(strata="stratum", psu="village", fpc="N")
    stream = stream_of(table, TWO_FACTORS, named_columns=NAMED, rows=100)
    with pytest.raises(DesignError) as refusal:
        index_table(stream, TWO_FACTORS, IndexRequest(basis="invited", design=design))
    assert said in str(refusal.value)


def test_a_stratum_with_one_village_is_refused_by_name() -> None:
    table = sample()
    alone = [
        "h9" if v == "v3" else h
        for v, h in zip(*(table[c].to_pylist() for c in ("village", "stratum")), strict=True)
    ]
    table = table.set_column(table.column_names.index("stratum"), "stratum", pa.array(alone))
    with pytest.raises(DesignError, match="'h9' chỉ có một"):
        index_table(
            stream_of(table, TWO_FACTORS, named_columns=NAMED), TWO_FACTORS, IndexRequest(design=CLUSTERED)
        )


def test_a_fault_outside_the_period_does_not_count_for_the_design() -> None:
    table = spoilt("w", 700, 0.0)
    windows = ["2026-08-1" if k != 700 else "2025-01-1" for k in range(table.num_rows)]
    table = table.append_column("window", pa.array(windows))
    request = IndexRequest(design=CLUSTERED, period="2026-Q3")
    found = index_table(stream_of(table, TWO_FACTORS, named_columns=NAMED, rows=100), TWO_FACTORS, request)
    assert found.units[-1].received == 899


def test_a_repeated_id_is_found_among_fingerprints_on_disk() -> None:
    table = spoilt("response_id", 700, "phiếu 0001")
    stream = stream_of(table, TWO_FACTORS, named_columns=NAMED, rows=100)
    identities = Identities(held=150)
    for batch in stream.batches(["response_id"]):
        identities.add(batch)
    with pytest.raises(DuplicateResponse, match="phiếu 0001"):
        identities.check(stream)


def test_equal_fingerprints_of_different_ids_are_compared_and_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.stream.identity.fingerprints", lambda ids: np.zeros(len(ids), dtype=np.uint64))
    stream = stream_of(sample(), TWO_FACTORS, named_columns=NAMED)
    identities = Identities()
    for batch in stream.batches(["response_id"]):
        identities.add(batch)
    identities.check(stream)


def test_fingerprints_depend_on_every_byte_and_on_the_length() -> None:
    ids = [*(f"{k:032x}" for k in range(1000)), "a", "aa", "aaaaaaaa", "aaaaaaaaa", "a\0", "ư", "u"]
    found = fingerprints(pa.array(ids))
    assert len(np.unique(found)) == len(ids)
    assert (fingerprints(pa.array(ids).slice(5, 100)) == found[5:105]).all()


@pytest.mark.parametrize("size", [3, 8, 9, 15, 16, 32, 36])
def test_ids_of_one_length_have_the_fingerprints_that_they_have_among_others(size: int) -> None:
    ids = [f"{k:0{size}}" for k in range(500)]
    alone, mixed = (
        fingerprints(pa.array(ids)),
        fingerprints(pa.array([*ids, "another one, longer than all of them"])),
    )
    assert (alone == mixed[:500]).all()
    assert len(np.unique(mixed)) == 501


@pytest.mark.parametrize(
    ("value", "said"), [("7", "'7'"), ("x", "'x'"), ("~", "'~'"), ("ơ", "'ơ'"), ("45", "'45'")]
)
def test_a_character_that_is_no_answer_is_refused_in_a_csv(tmp_path: Path, value: str, said: str) -> None:
    table = sample().slice(0, 300)
    answers = ["4", None, "5"] * 100
    good = table.set_column(table.column_names.index("A1"), "A1", pa.array(answers))
    index_table(
        open_responses([comma(tmp_path / "good.csv", good)], TWO_FACTORS, named_columns=NAMED),
        TWO_FACTORS,
        IndexRequest(),
    )
    answers[271] = value
    bad = table.set_column(table.column_names.index("A1"), "A1", pa.array(answers))
    with pytest.raises(ValueOutsideScale) as refusal:
        index_table(
            open_responses([comma(tmp_path / "bad.csv", bad)], TWO_FACTORS, named_columns=NAMED),
            TWO_FACTORS,
            IndexRequest(),
        )
    assert "dòng 273" in str(refusal.value)
    assert said in str(refusal.value)


def test_a_parquet_with_two_columns_of_one_name_is_refused(tmp_path: Path) -> None:
    table = sample()
    twice = pa.Table.from_arrays([*table.columns, table["A1"]], names=[*table.column_names, "A1"])
    open_responses([parquet(tmp_path / "once.parquet", table)], TWO_FACTORS, named_columns=NAMED)
    with pytest.raises(UnreadableResponses, match="tên cột lặp lại: A1"):
        open_responses([parquet(tmp_path / "twice.parquet", twice)], TWO_FACTORS, named_columns=NAMED)


def test_a_missing_value_that_hides_text_is_still_missing() -> None:
    """Arrow lets anything stand behind a missing value; only its mark counts."""
    bits, text = pa.py_buffer(b"\x05"), pa.py_buffer(b"4x5")
    hiding = pa.Array.from_buffers(pa.string(), 3, [bits, pa.py_buffer(np.arange(4, dtype=np.int32)), text])
    assert hiding.to_pylist() == ["4", None, "5"]
    reader = ItemReader(TWO_FACTORS.index_items()[0], {"4": 1, "5": 1}, other=2)
    assert reader.classes(pa.chunked_array([hiding])).tolist() == [1, 2 | BLANK, 1]
    assert as_text(pa.chunked_array([hiding])).to_pylist() == ["4", None, "5"]
    blank = pa.Array.from_buffers(
        pa.string(), 3, [bits, pa.py_buffer(np.array([0, 1, 2, 2], dtype=np.int32)), text]
    )
    assert as_text(blank).to_pylist() == ["4", None, None]
