"""How would the estimate change in another sample? Replicate weights, given or made from the design."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.design import SurveyDesign
from analysis.refusal import Refusal
from analysis.survey.sample import Replicates, rank

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Kind = Literal["JK1", "JKn", "BRR", "Fay", "bootstrap"]


class UnusableReplicates(Refusal):
    """Replicate weights that do not fit the frame, or a method that does not fit the design."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicateWeights:
    """Replicate weights that came with the data.

    ``columns``: their columns in the frame, or an array responses × replicates. ``combined``: they contain the
    sampling weight (else they multiply it). Variance = scale·Σ rscales (θ_r - centre)²; ``mse``: the centre is the
    full-sample estimate, not the mean of the replicates.
    """

    columns: Sequence[str] | Floats
    scale: float
    rscales: Sequence[float] | Floats | float = 1.0
    combined: bool = True
    mse: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeReplicates:
    """Replicate weights to make from the design.

    ``rho``: Fay's factor in [0, 1). ``count`` and ``seed``: of the bootstrap. ``mse`` as in ``ReplicateWeights``.
    """

    kind: Kind
    rho: float = 0.5
    count: int = 500
    seed: int = 20260101
    mse: bool = False


def replicates_of(
    frame: pd.DataFrame, design: SurveyDesign, asked: ReplicateWeights | MadeReplicates | Kind
) -> Replicates:
    """Read or make replicate weights.

    Parameters
    ----------
    frame : DataFrame
        One row a response.
    design : SurveyDesign
        Weights, strata, PSUs and sampling fractions of the frame.
    asked : ReplicateWeights, MadeReplicates or the name of a method
        ``JK1`` (no strata), ``JKn``, ``BRR`` and ``Fay`` (two PSUs a stratum), ``bootstrap`` (Rao–Wu).

    Returns
    -------
    Replicates
        Factors of PSUs, or of responses where given weights are not constant in PSUs.

    Raises
    ------
    UnusableReplicates
        For missing columns, blank or negative weights, wrong lengths, strata that a method cannot use, a
        calibrated or two-stage design.

    References
    ----------
    Wolter (2007), chapters 3–5; Rao & Wu (1988), JASA 83, 231–241; Judkins (1990), JOS 6, 223–239 (Fay);
    Rust & Rao (1996).

    Limits
    ------
    Jackknife fails for quantiles and holds PSUs × PSUs in memory: take the bootstrap from about 10,000 PSUs on.
    BRR needs exactly two PSUs in every stratum. One stage.
    """
    if isinstance(asked, ReplicateWeights):
        return _given(frame, design, asked)
    made = MadeReplicates(kind=asked) if isinstance(asked, str) else asked
    if made.kind not in MAKERS:
        raise UnusableReplicates(
            "Tham số replicates",
            expected=f"một trong các phương pháp {', '.join(MAKERS)}",
            got=repr(made.kind),
            remedy="chọn một phương pháp trong danh sách",
        )
    if design.second is not None:
        raise UnusableReplicates(
            "Tham số replicates",
            expected="mẫu chọn một cấp (không có --ssu, --fpc2)",
            got="mẫu chọn hai cấp có hiệu chỉnh tổng thể hữu hạn",
            remedy="bỏ fpc, ssu và fpc2 (cụm coi như chọn có hoàn lại), hoặc bỏ replicates",
        )
    _refuse_single(design)
    return MAKERS[made.kind](design, made)


def _replicates(unit: Codes, factors: Floats, *, scale: float, rscales: Floats, mse: bool) -> Replicates:
    df = rank(factors) - 1.0
    return Replicates(unit=unit, factors=factors, scale=scale, rscales=rscales, mse=mse, df=df)


def _jk1(design: SurveyDesign, made: MadeReplicates) -> Replicates:
    if len(design.n_psu) > 1:
        raise UnusableReplicates(
            "Tham số replicates=JK1",
            expected="mẫu không phân tầng",
            got=f"{len(design.n_psu)} tầng",
            remedy="dùng JKn cho mẫu phân tầng",
        )
    n = int(design.n_psu[0])
    factors = np.full((n, n), n / (n - 1))
    np.fill_diagonal(factors, 0.0)
    scale = float((n - 1) / n * (1 - design.fraction[0]))
    return _replicates(design.psu, factors, scale=scale, rscales=np.ones(n), mse=made.mse)


def _jkn(design: SurveyDesign, made: MadeReplicates) -> Replicates:
    stratum, n = design.stratum, design.n_psu
    same = stratum[:, None] == stratum[None, :]
    factors = np.where(same, (n / np.maximum(n - 1, 1))[stratum][:, None], 1.0)
    np.fill_diagonal(factors, 0.0)
    rscales = ((n - 1) / n * (1 - design.fraction))[stratum]
    return _replicates(design.psu, factors, scale=1.0, rscales=rscales, mse=made.mse)


def _brr(design: SurveyDesign, made: MadeReplicates) -> Replicates:
    return _half_samples(design, made, rho=0.0)


def _fay(design: SurveyDesign, made: MadeReplicates) -> Replicates:
    if not 0 <= made.rho < 1:
        raise UnusableReplicates(
            "Tham số rho",
            expected="hệ số Fay từ 0 đến dưới 1",
            got=repr(made.rho),
            remedy="thường dùng 0,3 hoặc 0,5",
        )
    return _half_samples(design, made, rho=made.rho)


def _half_samples(design: SurveyDesign, made: MadeReplicates, *, rho: float) -> Replicates:
    if (design.n_psu != 2).any() or design.fraction.any():
        sizes = ", ".join(f"{int(n)}" for n in np.unique(design.n_psu)[:5])
        raise UnusableReplicates(
            f"Tham số replicates={made.kind}",
            expected="đúng hai cụm trong mỗi tầng, không có hiệu chỉnh tổng thể hữu hạn",
            got=f"số cụm của các tầng: {sizes}" + (", có fpc" if design.fraction.any() else ""),
            remedy="dùng JKn hoặc bootstrap, hoặc ghép các cụm thành từng đôi",
        )
    strata = len(design.n_psu)
    order = 1 << strata.bit_length()  # more than the strata: the first column is constant and serves none
    signs = _hadamard(order)[:, 1 : strata + 1]
    psus = np.argsort(design.stratum, kind="stable").reshape(-1, 2)
    factors = np.empty((len(design.stratum), order))
    factors[psus[:, 0]] = 1 + (1 - rho) * signs.T
    factors[psus[:, 1]] = 1 - (1 - rho) * signs.T
    scale = 1 / (order * (1 - rho) ** 2)
    return _replicates(design.psu, factors, scale=scale, rscales=np.ones(order), mse=made.mse)


def _hadamard(order: int) -> Floats:
    """Return a matrix of ±1 with orthogonal columns (Sylvester's); order is a power of 2."""
    matrix = np.ones((1, 1))
    while len(matrix) < order:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return matrix


def _bootstrap(design: SurveyDesign, made: MadeReplicates) -> Replicates:
    """Resample n - 1 of the n PSUs of each stratum with replacement and rescale (Rao & Wu)."""
    if made.count < 2:
        raise UnusableReplicates(
            "Tham số count",
            expected="từ 2 lần lấy mẫu lại trở lên (thường 200–1000)",
            got=repr(made.count),
            remedy="tăng count",
        )
    rng = np.random.default_rng(made.seed)
    factors = np.empty((len(design.stratum), made.count))
    for h, n in enumerate(design.n_psu.astype(int)):
        inside = np.flatnonzero(design.stratum == h)
        drawn = (
            rng.multinomial(n - 1, np.full(n, 1 / n), size=made.count).T if n > 1 else np.zeros((1, made.count))
        )
        shrink = float(np.sqrt(1 - design.fraction[h]))
        factors[inside] = 1 - shrink + shrink * (n / max(n - 1, 1)) * drawn if n > 1 else 1.0
    scale = 1 / made.count if made.mse else 1 / (made.count - 1)
    return _replicates(design.psu, factors, scale=scale, rscales=np.ones(made.count), mse=made.mse)


MAKERS: dict[str, Callable[[SurveyDesign, MadeReplicates], Replicates]] = {
    "JK1": _jk1,
    "JKn": _jkn,
    "BRR": _brr,
    "Fay": _fay,
    "bootstrap": _bootstrap,
}


def _refuse_single(design: SurveyDesign) -> None:
    bad = (design.n_psu == 1) & (design.fraction < 1)
    if bad.any():
        raise UnusableReplicates(
            "Tham số replicates",
            expected="mỗi tầng có từ hai cụm trở lên",
            got=f"{int(bad.sum())} tầng chỉ có một cụm",
            remedy="gộp tầng này với tầng gần giống nhất rồi chạy lại",
        )


def _given(frame: pd.DataFrame, design: SurveyDesign, asked: ReplicateWeights) -> Replicates:
    weights = _matrix(frame, asked)
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise UnusableReplicates(
            "Trọng số lặp lại (replicates)",
            expected="số không âm ở mọi phiếu",
            got=f"{int((~(weights >= 0)).sum())} ô trống hoặc âm",
            remedy="lấy lại tệp trọng số lặp lại đầy đủ",
        )
    count = weights.shape[1]
    rscales = (
        np.broadcast_to(np.asarray(asked.rscales, dtype=float), (count,)).copy() if _fits(asked, count) else None
    )
    if rscales is None or not asked.scale > 0:
        raise UnusableReplicates(
            "Tham số scale, rscales",
            expected=f"scale lớn hơn 0 và rscales là một số hoặc {count} số",
            got=f"scale={asked.scale!r}, {np.size(asked.rscales)} rscales",
            remedy="lấy scale và rscales từ tài liệu của bộ trọng số lặp lại",
        )
    factors = weights / design.weights[:, None] if asked.combined else weights
    unit, factors = _by_psu(design, factors)
    return _replicates(unit, factors, scale=asked.scale, rscales=rscales, mse=asked.mse)


def _fits(asked: ReplicateWeights, count: int) -> bool:
    return np.size(asked.rscales) in {1, count}


def _matrix(frame: pd.DataFrame, asked: ReplicateWeights) -> Floats:
    if isinstance(asked.columns, np.ndarray):
        weights = np.asarray(asked.columns, dtype=float)
    else:
        names = list(asked.columns)
        missing = [name for name in names if name not in frame.columns]
        if missing:
            raise UnusableReplicates(
                "Trọng số lặp lại (replicates)",
                expected="các cột có trong dữ liệu",
                got=f"không có cột {', '.join(map(str, missing[:5]))}",
                remedy="sửa tên cột trọng số lặp lại",
            )
        weights = frame[names].to_numpy(dtype=float)
    if weights.ndim != 2 or len(weights) != len(frame) or weights.shape[1] < 2:
        raise UnusableReplicates(
            "Trọng số lặp lại (replicates)",
            expected=f"ma trận {len(frame)} dòng, từ hai cột trở lên",
            got=f"ma trận kích thước {weights.shape}",
            remedy="mỗi phiếu một dòng, mỗi lần lặp một cột, theo đúng thứ tự dòng của dữ liệu",
        )
    return weights


def _by_psu(design: SurveyDesign, factors: Floats) -> tuple[Codes, Floats]:
    """Return one row of factors a PSU where they are constant in PSUs, else one a response."""
    if not design.clustered:
        return design.psu, factors
    of_psu = np.empty((len(design.stratum), factors.shape[1]))
    of_psu[design.psu] = factors
    if np.allclose(of_psu[design.psu], factors, rtol=1e-9, atol=0):
        return design.psu, of_psu
    return np.arange(len(factors)), factors
