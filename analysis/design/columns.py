"""Can a column serve as weights, codes or sizes? Reading design columns, refusing what is unusable."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.design.description import DesignError

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def refuse_missing_columns(frame: pd.DataFrame, named: dict[str, str]) -> None:
    """Raise DesignError for the first option whose column the frame does not have."""
    for option, column in named.items():
        if column not in frame.columns:
            raise DesignError(
                f"Tùy chọn --{option} {column}",
                expected="một cột có trong tệp dữ liệu",
                got=f"tệp chỉ có các cột: {', '.join(map(str, frame.columns))}",
                remedy="sửa tên cột, hoặc bỏ tùy chọn nếu mẫu không có yếu tố này",
            )


def numeric_column(frame: pd.DataFrame, column: str, option: str) -> Floats:
    """Return a column as finite numbers or raise DesignError with the rows that are not."""
    values = frame[column]
    if values.dtype.kind in "iuf":
        numbers: Floats = values.to_numpy(dtype=float)
    else:
        numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    bad = ~np.isfinite(numbers)
    if bad.any():
        raise DesignError(
            f"Cột {column} (--{option}), {rows_named(frame, bad)}",
            expected="một số, viết với dấu chấm thập phân",
            got=values_named(frame, column, bad),
            remedy="điền số cho mọi phiếu hoặc bỏ tùy chọn này",
        )
    return numbers


def weight_column(frame: pd.DataFrame, column: str | None) -> Floats:
    """Return positive weights, 1 without a column, or raise DesignError."""
    if column is None:
        return np.ones(len(frame))
    weights = numeric_column(frame, column, "weights")
    bad = weights <= 0
    if bad.any():
        raise DesignError(
            f"Cột {column} (--weights), {rows_named(frame, bad)}",
            expected="trọng số lớn hơn 0",
            got=values_named(frame, column, bad),
            remedy="sửa trọng số của các phiếu này; phiếu không thuộc mẫu thì bỏ khỏi tệp",
        )
    return weights


def code_column(frame: pd.DataFrame, column: str | None, option: str) -> Codes:
    """Return codes from 0 in sorted order, all 0 without a column, or raise DesignError for blanks."""
    if column is None:
        return np.zeros(len(frame), dtype=np.int64)
    codes: Codes = np.asarray(pd.factorize(frame[column], sort=True)[0], dtype=np.int64)
    bad = codes < 0
    if bad.any():
        raise DesignError(
            f"Cột {column} (--{option}), {rows_named(frame, bad)}",
            expected="mã có ở mọi phiếu",
            got="ô trống",
            remedy="điền mã cho các phiếu này: thiếu mã thì sai số chuẩn sẽ sai",
        )
    return codes


def nested_codes(outer: Codes, inner: Codes) -> Codes:
    """Return codes of the pairs (outer, inner) that occur, from 0, ordered by outer and inner."""
    size = int(inner.max(initial=0)) + 1
    return np.asarray(np.unique(outer * size + inner, return_inverse=True)[1], dtype=np.int64)


def rows_named(frame: pd.DataFrame, bad: Bools) -> str:
    """Return the first row numbers of a complaint in words."""
    rows = [str(row) for row in frame.index[bad][:5]]
    more = int(bad.sum()) - len(rows)
    return f"dòng {', '.join(rows)}" + (f" và {more} dòng khác" if more else "")


def values_named(frame: pd.DataFrame, column: str, bad: Bools) -> str:
    """Return the first different values of a complaint in words."""
    values = frame.loc[bad, column].drop_duplicates().head(5)
    return ", ".join("ô trống" if pd.isna(value) else repr(str(value)) for value in values)
