"""How was the sample drawn? Strata, primary sampling units, weights and finite populations, checked once."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.refusal import Refusal

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


class DesignError(Refusal):
    """A design column that would give wrong standard errors if it were used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignColumns:
    """The columns that describe the sample; None where the sample has no such thing."""

    strata: str | None = None
    psu: str | None = None
    weights: str | None = None
    fpc: str | None = None

    def named(self) -> dict[str, str]:
        """Return option → column for the columns that are given."""
        pairs = {"strata": self.strata, "psu": self.psu, "weights": self.weights, "fpc": self.fpc}
        return {option: column for option, column in pairs.items() if column is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyDesign:
    """A checked design; arrays over responses (``weights``, ``psu``), PSUs (``stratum``) or strata (``fraction``).

    ``n_psu`` counts the PSUs of each whole stratum, ``fraction`` is the sampling fraction of PSUs (0 without FPC),
    ``population`` the declared number of PSUs (NaN without FPC).
    """

    columns: DesignColumns
    weights: Floats
    psu: Codes
    stratum: Codes
    n_psu: Floats
    fraction: Floats
    population: Floats

    @property
    def unweighted(self) -> bool:
        """Whether all weights are equal."""
        return bool(np.ptp(self.weights) == 0) if len(self.weights) else True

    @property
    def clustered(self) -> bool:
        """Whether responses come in clusters."""
        return self.columns.psu is not None


def survey_design(frame: pd.DataFrame, columns: DesignColumns) -> SurveyDesign:
    """Read and check the design columns of a frame of responses.

    Parameters
    ----------
    frame : DataFrame
        One row a response; its index is the row number shown in complaints. Strata and PSU are codes, weights are
        positive numbers, the FPC is the number of PSUs of the stratum's population (≥ 1) or the sampling fraction
        (0–1], constant in a stratum.
    columns : DesignColumns
        Names of the columns.

    Returns
    -------
    SurveyDesign
        Without a PSU column every response is a PSU; without strata there is one stratum.

    Raises
    ------
    DesignError
        For a missing column, blank codes, weights that are not positive, a PSU in two strata, an FPC that is not
        constant, smaller than the sample or outside its range, and an explicit stratum with a single PSU.

    References
    ----------
    Lumley (2010), Complex Surveys, section 2.2; Wolter (2007), section 1.4.

    Limits
    ------
    One stage: PSUs are taken as sampled with replacement below the first stage.
    """
    for option, column in columns.named().items():
        if column not in frame.columns:
            raise DesignError(
                f"Tùy chọn --{option} {column}",
                expected="một cột có trong tệp dữ liệu",
                got=f"tệp chỉ có các cột: {', '.join(map(str, frame.columns))}",
                remedy="sửa tên cột, hoặc bỏ tùy chọn nếu mẫu không có yếu tố này",
            )
    weights = _weights(frame, columns.weights)
    stratum_of_row = _codes(frame, columns.strata, "strata")
    psu = np.arange(len(frame)) if columns.psu is None else _codes(frame, columns.psu, "psu")
    stratum = _stratum_of_psu(frame, columns, psu=psu, stratum_of_row=stratum_of_row)
    n_strata = int(stratum.max(initial=0)) + 1
    n_psu = np.bincount(stratum, minlength=n_strata).astype(float)
    _refuse_single_psu(frame, columns, stratum_of_row=stratum_of_row, n_psu=n_psu)
    population, fraction = _fpc(frame, columns.fpc, stratum_of_row=stratum_of_row, n_psu=n_psu)
    return SurveyDesign(
        columns=columns,
        weights=weights,
        psu=psu,
        stratum=stratum,
        n_psu=n_psu,
        fraction=fraction,
        population=population,
    )


def _numeric_column(frame: pd.DataFrame, column: str, option: str) -> Floats:
    numbers: Floats = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    bad = ~np.isfinite(numbers)
    if bad.any():
        raise DesignError(
            f"Cột {column} (--{option}), {_rows(frame, bad)}",
            expected="một số, viết với dấu chấm thập phân",
            got=_values(frame, column, bad),
            remedy="điền số cho mọi phiếu hoặc bỏ tùy chọn này",
        )
    return numbers


def _weights(frame: pd.DataFrame, column: str | None) -> Floats:
    if column is None:
        return np.ones(len(frame))
    weights = _numeric_column(frame, column, "weights")
    bad = weights <= 0
    if bad.any():
        raise DesignError(
            f"Cột {column} (--weights), {_rows(frame, bad)}",
            expected="trọng số lớn hơn 0",
            got=_values(frame, column, bad),
            remedy="sửa trọng số của các phiếu này; phiếu không thuộc mẫu thì bỏ khỏi tệp",
        )
    return weights


def _codes(frame: pd.DataFrame, column: str | None, option: str) -> Codes:
    if column is None:
        return np.zeros(len(frame), dtype=np.int64)
    codes: Codes = np.asarray(pd.factorize(frame[column], sort=True)[0], dtype=np.int64)
    bad = codes < 0
    if bad.any():
        raise DesignError(
            f"Cột {column} (--{option}), {_rows(frame, bad)}",
            expected="mã có ở mọi phiếu",
            got="ô trống",
            remedy="điền mã cho các phiếu này: thiếu mã thì sai số chuẩn sẽ sai",
        )
    return codes


def _stratum_of_psu(frame: pd.DataFrame, columns: DesignColumns, *, psu: Codes, stratum_of_row: Codes) -> Codes:
    stratum = np.zeros(int(psu.max(initial=-1)) + 1, dtype=np.int64)
    stratum[psu] = stratum_of_row
    bad = stratum[psu] != stratum_of_row
    if bad.any():
        raise DesignError(
            f"Cột {columns.psu} (--psu), {_rows(frame, bad)}",
            expected="mỗi cụm nằm trong một tầng",
            got=f"cụm {_values(frame, str(columns.psu), bad)} có mặt ở hai tầng",
            remedy="đặt mã cụm khác nhau giữa các tầng, ví dụ ghép mã tầng vào trước mã cụm",
        )
    return stratum


def _refuse_single_psu(
    frame: pd.DataFrame, columns: DesignColumns, *, stratum_of_row: Codes, n_psu: Floats
) -> None:
    if columns.strata is None or not (n_psu == 1).any():
        return
    bad = n_psu[stratum_of_row] == 1
    raise DesignError(
        f"Cột {columns.strata} (--strata), {_rows(frame, bad)}",
        expected="mỗi tầng có từ hai cụm (hoặc hai phiếu) trở lên",
        got=f"tầng {_values(frame, columns.strata, bad)} chỉ có một",
        remedy="gộp tầng này với tầng gần giống nhất rồi chạy lại",
    )


def _fpc(
    frame: pd.DataFrame, column: str | None, *, stratum_of_row: Codes, n_psu: Floats
) -> tuple[Floats, Floats]:
    if column is None:
        return np.full(len(n_psu), np.nan), np.zeros(len(n_psu))
    declared = _numeric_column(frame, column, "fpc")
    of_stratum = np.zeros(len(n_psu))
    of_stratum[stratum_of_row] = declared
    _refuse_fpc(frame, column, of_stratum[stratum_of_row] != declared, "một giá trị duy nhất trong mỗi tầng")
    _refuse_fpc(frame, column, declared <= 0, "số đơn vị của tổng thể hoặc tỷ lệ chọn mẫu, lớn hơn 0")
    population = np.where(of_stratum <= 1, n_psu / of_stratum, of_stratum)
    short = population < n_psu * (1 - 1e-12)
    _refuse_fpc(frame, column, short[stratum_of_row], "tổng thể không nhỏ hơn mẫu của tầng")
    return population, n_psu / population


def _refuse_fpc(frame: pd.DataFrame, column: str, bad: npt.NDArray[np.bool_], expected: str) -> None:
    if bad.any():
        raise DesignError(
            f"Cột {column} (--fpc), {_rows(frame, bad)}",
            expected=expected,
            got=_values(frame, column, bad),
            remedy="sửa số liệu tổng thể của tầng, hoặc bỏ --fpc (không hiệu chỉnh tổng thể hữu hạn)",
        )


def _rows(frame: pd.DataFrame, bad: npt.NDArray[np.bool_]) -> str:
    rows = [str(row) for row in frame.index[bad][:5]]
    more = int(bad.sum()) - len(rows)
    return f"dòng {', '.join(rows)}" + (f" và {more} dòng khác" if more else "")


def _values(frame: pd.DataFrame, column: str, bad: npt.NDArray[np.bool_]) -> str:
    values = frame.loc[bad, column].drop_duplicates().head(5)
    return ", ".join("ô trống" if pd.isna(value) else repr(str(value)) for value in values)
