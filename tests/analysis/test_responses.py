"""Claims about response files: the same from CSV and Parquet, and bad ones refused with a place."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.refusal import Refusal
from analysis.responses import (
    DuplicateResponse,
    UnknownColumn,
    UnreadableResponses,
    ValueOutsideScale,
    read_responses,
)
from tests.analysis.builders import ONE_ITEM, TWO_FACTORS, write_csv

GOOD: list[dict[str, object]] = [
    {"unit_code": "01", "A1": 5},
    {"unit_code": "01", "A1": ""},
    {"unit_code": "02", "A1": 99},
]


def test_csv_and_parquet_give_the_same_answers(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "r.csv", GOOD)
    parquet = tmp_path / "r.parquet"
    pd.read_csv(path, dtype={"unit_code": str}).to_parquet(parquet)  # A1 becomes a column of floats with blanks
    for file in (path, parquet):
        responses = read_responses([file], ONE_ITEM)
        column = responses.items["A1"]
        assert [column.stored[c] if c >= 0 else None for c in column.codes] == ["5", None, "99"]
        assert responses.frame["unit_code"].tolist() == ["01", "01", "02"]


def test_a_file_with_byte_order_mark_and_semicolons_is_read(tmp_path: Path) -> None:
    path = tmp_path / "excel.csv"
    path.write_text("response_id;unit_code;A1\n1;Xã Đồng Sen;4\n", encoding="utf-8-sig")
    assert read_responses([path], ONE_ITEM).frame["unit_code"].tolist() == ["Xã Đồng Sen"]


def test_several_files_are_one_sample_and_rows_keep_their_file(tmp_path: Path) -> None:
    one = write_csv(tmp_path / "1.csv", [{"response_id": "a", "unit_code": "u", "A1": 5}])
    two = write_csv(tmp_path / "2.csv", [{"response_id": "b", "unit_code": "u", "A1": 4}])
    responses = read_responses([one, two], ONE_ITEM)
    assert responses.frame.index.tolist() == ["1.csv:2", "2.csv:2"]
    assert [name for name, _ in responses.files] == ["1.csv", "2.csv"]
    assert np.isfinite(responses.items["A1"].lookup([1.0, 2.0])).all()


@pytest.mark.parametrize(
    ("content", "error", "said"),
    [
        (b"", UnreadableResponses, "rỗng"),
        (b"response_id,unit_code,A1\n", UnreadableResponses, "rỗng"),
        ("response_id,unit_code,A1\n1,Xã,5\n".encode("utf-16"), UnreadableResponses, "dòng 1"),
        (
            "response_id,unit_code,A1\n1,a,5\n2,Xã Đồng,5\n".encode("cp1258", "replace"),
            UnreadableResponses,
            "dòng 3",
        ),
        (b"response_id,unit_code,A1\n1,a,5\n2,b\n", UnreadableResponses, "dòng 3"),
        (b"response_id,unit_code,A1,A1\n1,a,5,5\n", UnreadableResponses, "A1"),
        (b"unit_code,A1\na,5\n", UnknownColumn, "response_id"),
        (b"response_id,unit_code\n1,a\n", UnknownColumn, "A1"),
        (b"response_id,unit_code,A1,A17\n1,a,5,5\n", UnknownColumn, "A17"),
        (b"response_id,unit_code,A1\n1,a,5\n2,b,7\n3,c,7\n", ValueOutsideScale, "dòng 3, 4"),
        (b"response_id,unit_code,A1\n1,a,H\xc3\xa0i l\xc3\xb2ng\n", ValueOutsideScale, "1, 2, 3, 4, 5, 99"),
        (b"response_id,unit_code,A1\n1,a,5\n2,b,4\n1,c,3\n", DuplicateResponse, "dòng 2, 4"),
        (b"response_id,unit_code,A1\n,a,5\n", UnreadableResponses, "dòng 2"),
    ],
)
def test_a_bad_file_is_refused_with_place_and_remedy(
    tmp_path: Path, content: bytes, error: type[Refusal], said: str
) -> None:
    path = tmp_path / "phiếu.csv"
    path.write_bytes(content)
    with pytest.raises(error) as refusal:
        read_responses([path], ONE_ITEM)
    assert said in str(refusal.value)
    assert "Cách xử lý:" in str(refusal.value)


def test_what_is_no_parquet_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.parquet"
    path.write_bytes(b"PAR1 nothing")
    with pytest.raises(UnreadableResponses, match=r"r\.parquet"):
        read_responses([path], ONE_ITEM)
    with pytest.raises(UnreadableResponses, match="không có tệp"):
        read_responses([tmp_path / "absent.csv"], ONE_ITEM)


def test_a_broken_row_is_not_repeated_in_the_complaint(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("response_id,unit_code,A1\n1,BÍ-MẬT\n", encoding="utf-8")
    with pytest.raises(UnreadableResponses) as refusal:
        read_responses([path], ONE_ITEM)
    assert "BÍ-MẬT" not in str(refusal.value)


def test_a_named_column_is_accepted_and_text_is_trimmed(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "r.csv", [{"unit_code": " u ", "A1": " 4 ", "A2": 4, "B1": 4, "thôn": "t1"}])
    responses = read_responses([path], TWO_FACTORS, named_columns=["thôn"])
    assert responses.frame["unit_code"].tolist() == ["u"]
    assert responses.items["A1"].stored == ("4",)
