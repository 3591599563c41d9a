"""Can a sample be analysed as it is described? The columns of a frame, checked once, become a design."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.design.columns import (
    code_column,
    nested_codes,
    refuse_missing_columns,
    rows_named,
    values_named,
    weight_column,
)
from analysis.design.description import (
    PIPELINE,
    DesignColumns,
    DesignError,
    DesignRules,
    SecondStage,
    SurveyDesign,
)
from analysis.design.finite_population import population

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


def check_design(frame: pd.DataFrame, columns: DesignColumns, rules: DesignRules = PIPELINE) -> SurveyDesign:
    """Read and check the design columns of a frame of responses.

    Parameters
    ----------
    frame : DataFrame
        One row a response; its index is the row number shown in complaints. Strata, PSU and second-stage units are
        codes, weights are positive numbers, an FPC is the number of units in the population (≥ 1) or the sampling
        fraction (0–1], constant in a stratum (``fpc``) or a PSU (``fpc2``).
    columns : DesignColumns
        Names of the columns.
    rules : DesignRules
        How they are read.

    Returns
    -------
    SurveyDesign
        Without a PSU column every response is a PSU; without strata there is one stratum.

    Raises
    ------
    DesignError
        For a missing column, blank codes, weights that are not positive, a PSU in two strata without ``nest``, an
        FPC that is not constant, smaller than the sample or outside its range, a first-stage FPC of 1 with
        subsampled PSUs and no second stage, and, under ``refuse_lonely``, an explicit stratum with a single PSU.

    References
    ----------
    Lumley (2010), Complex Surveys, section 2.2; Wolter (2007), section 1.4.

    Limits
    ------
    Two stages at most: below the second stage units are taken as sampled with replacement.
    """
    refuse_missing_columns(frame, columns.named())
    weights = weight_column(frame, columns.weights)
    stratum_of_row = code_column(frame, columns.strata, "strata")
    psu = np.arange(len(frame)) if columns.psu is None else code_column(frame, columns.psu, "psu")
    if rules.nest and columns.psu is not None:
        psu = nested_codes(stratum_of_row, psu)
    stratum = _stratum_of_psu(frame, columns, psu=psu, stratum_of_row=stratum_of_row)
    n_psu = np.bincount(stratum, minlength=int(stratum.max(initial=0)) + 1).astype(float)
    if rules.refuse_lonely and columns.strata is not None:
        refuse_single_psu(frame, columns, stratum_of_row=stratum_of_row, n_psu=n_psu)
    first = population(frame, columns.fpc, option="fpc", group=stratum_of_row, n=n_psu)
    second = _second_stage(frame, columns, psu)
    if rules.implied_weights and columns.weights is None:
        weights = _implied_weights(first.fraction[stratum_of_row], second, psu)
    taken = np.asarray(first.fraction == 1)
    _refuse_subsampled(frame, columns, weights=weights, all_taken=taken[stratum_of_row])
    return SurveyDesign(
        columns=columns,
        weights=weights,
        psu=psu,
        stratum=stratum,
        n_psu=n_psu,
        fraction=first.fraction,
        population=first.size,
        second=second if columns.fpc is not None else None,
        lonely_psu=rules.lonely_psu,
        adjust_domain_lonely=rules.adjust_domain_lonely,
    )


def refuse_single_psu(
    frame: pd.DataFrame, columns: DesignColumns, *, stratum_of_row: Codes, n_psu: Floats
) -> None:
    """Raise DesignError where an explicit stratum has a single PSU.

    Parameters
    ----------
    frame : DataFrame
        The responses, for row numbers and values in the complaint.
    columns : DesignColumns
        Names of the columns.
    stratum_of_row : ndarray of int, shape (responses,)
        Stratum of each response.
    n_psu : ndarray, shape (strata,)
        PSUs of each stratum.

    Returns
    -------
    None
        Where no stratum has a single PSU.

    Raises
    ------
    DesignError
        With the strata that have one.

    References
    ----------
    Wolter (2007), Introduction to Variance Estimation, section 2.5.

    Limits
    ------
    None: a single PSU says nothing about the variation between PSUs.
    """
    bad = n_psu[stratum_of_row] == 1
    if not bad.any():
        return
    raise DesignError(
        f"Cột {columns.strata} (--strata), {rows_named(frame, bad)}",
        expected="mỗi tầng có từ hai cụm (hoặc hai phiếu) trở lên",
        got=f"tầng {values_named(frame, str(columns.strata), bad)} chỉ có một",
        remedy="gộp tầng này với tầng gần giống nhất rồi chạy lại",
    )


def _stratum_of_psu(frame: pd.DataFrame, columns: DesignColumns, *, psu: Codes, stratum_of_row: Codes) -> Codes:
    stratum = np.zeros(int(psu.max(initial=-1)) + 1, dtype=np.int64)
    stratum[psu] = stratum_of_row
    bad = stratum[psu] != stratum_of_row
    if bad.any():
        raise DesignError(
            f"Cột {columns.psu} (--psu), {rows_named(frame, bad)}",
            expected="mỗi cụm nằm trong một tầng",
            got=f"cụm {values_named(frame, str(columns.psu), bad)} có mặt ở hai tầng",
            remedy="đặt mã cụm khác nhau giữa các tầng, ví dụ ghép mã tầng vào trước mã cụm",
        )
    return stratum


def _second_stage(frame: pd.DataFrame, columns: DesignColumns, psu: Codes) -> SecondStage | None:
    if columns.ssu is None and columns.fpc2 is None:
        return None
    if columns.psu is None:
        raise DesignError(
            "Tùy chọn --ssu, --fpc2",
            expected="cột cụm cấp một (--psu) khi khai báo chọn mẫu hai cấp",
            got="không có --psu",
            remedy="khai báo --psu, hoặc bỏ --ssu và --fpc2 nếu mẫu chỉ chọn một cấp",
        )
    rows = np.arange(len(frame))
    unit = nested_codes(psu, rows if columns.ssu is None else code_column(frame, columns.ssu, "ssu"))
    psu_of_unit = np.zeros(int(unit.max(initial=-1)) + 1, dtype=np.int64)
    psu_of_unit[unit] = psu
    n = np.bincount(psu_of_unit, minlength=int(psu.max(initial=-1)) + 1).astype(float)
    declared = population(frame, columns.fpc2, option="fpc2", group=psu, n=n)
    return SecondStage(unit=unit, psu=psu_of_unit, n=n, fraction=declared.fraction)


def _implied_weights(first: Floats, second: SecondStage | None, psu: Codes) -> Floats:
    """Return 1/(f₁f₂) of each response; a stage without a declared population counts as 1."""
    weights = 1 / np.where(first > 0, first, 1.0)
    if second is not None:
        within = second.fraction[psu]
        weights = weights / np.where(within > 0, within, 1.0)
    return np.asarray(weights, dtype=float)


def _refuse_subsampled(
    frame: pd.DataFrame, columns: DesignColumns, *, weights: Floats, all_taken: npt.NDArray[np.bool_]
) -> None:
    """Refuse zero variance between PSUs that were all taken while a response stands for more than itself."""
    if columns.psu is None or columns.fpc2 is not None or columns.ssu is not None:
        return
    bad = all_taken & (weights > 1 + 1e-9)
    if bad.any():
        raise DesignError(
            f"Cột {columns.fpc} (--fpc), {rows_named(frame, bad)}",
            expected="cỡ tổng thể cấp hai (fpc2) khi mọi cụm đều được chọn nhưng chỉ hỏi một phần mỗi cụm",
            got=f"tỷ lệ chọn cụm bằng 1, trọng số lớn hơn 1, không có ssu hoặc fpc2 (cụm: {columns.psu})",
            remedy="bỏ --fpc, hoặc dùng analysis.survey_design với ssu, fpc2: nếu không sai số chuẩn bằng 0",
        )
