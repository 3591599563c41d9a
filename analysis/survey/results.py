"""How does a result look? One table for every estimator, with the reason where a number is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.design import DesignError
from analysis.design.check import refuse_single_psu
from analysis.design.columns import rows_named, values_named
from analysis.estimate.intervals import Limits, t_quantile
from analysis.estimate.variance import Variances
from analysis.survey.sample import Domains, Replicates, Sample, rank

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

DfRule = Literal["design", "domain", "answers"]
DeffRule = Literal["without", "with"]


@dataclass(slots=True, kw_only=True)
class Result:
    """The columns of a result table, one entry a domain (NaN where unknown)."""

    estimate: Floats
    se: Floats
    low: Floats
    high: Floats
    df: Floats
    deff: Floats
    n: Floats
    reason: npt.NDArray[np.object_]

    def table(self, domains: Domains, extra: Mapping[str, object] | None = None) -> pd.DataFrame:
        """Return the table: names of the domain, the numbers, further columns, the reason last."""
        columns: dict[str, object] = {**domains.names, "estimate": self.estimate, "se": self.se}
        columns |= {"ci_low": self.low, "ci_high": self.high, "df": self.df, "deff": self.deff}
        columns |= {"n": self.n.astype(np.int64), **(extra or {}), "reason": self.reason}
        return pd.DataFrame(columns)


def t_limits(estimate: Floats, se: Floats, df: Floats, level: float) -> Limits:
    """Return estimate ± t(df)·se, NaN where df is not positive."""
    half = t_quantile(level, np.where(df > 0, df, np.nan)) * se
    return Limits(estimate - half, estimate + half)


def degrees_of_freedom(sample: Sample, domains: Domains, rule: DfRule, answered: Bools) -> Floats:
    """Return the degrees of freedom of each domain.

    Parameters
    ----------
    sample : Sample
        The sample.
    domains : Domains
        The domains.
    rule : {"design", "domain", "answers"}
        PSUs minus strata of the whole design, of the responses in the domain, or of those with an answer. With
        replicates: rank of the replicate weights of these responses minus 1.
    answered : ndarray of bool
        Responses with an answer.

    Returns
    -------
    ndarray
        One number a domain, 0 where there is a single PSU.

    Raises
    ------
    ValueError
        For an unknown rule.

    References
    ----------
    Korn & Graubard (1999), Analysis of Health Surveys, section 5.2; Rust & Rao (1996), section 2.

    Limits
    ------
    A rule of thumb for the precision of a variance, too large where PSUs are very unequal. With replicates every
    domain needs a matrix rank.
    """
    if rule not in {"design", "domain", "answers"}:
        message = f"df: expected design, domain or answers, got {rule!r}; choose one of them"
        raise ValueError(message)
    if rule == "design":
        return np.full(domains.size, sample.df)
    rows = (domains.codes >= 0) & (answered if rule == "answers" else True)
    codes = domains.codes[rows]
    if sample.replicates is not None:
        inside = (np.unique(sample.replicates.unit[rows][codes == d]) for d in range(domains.size))
        return np.array([_replicated_df(sample.replicates, units) for units in inside])
    design = sample.design
    psus = _distinct(codes, design.psu[rows], domains.size, len(design.stratum), single=not design.clustered)
    strata = _distinct(codes, design.stratum[design.psu[rows]], domains.size, len(design.n_psu), single=False)
    return psus - strata


def _replicated_df(replicates: Replicates, units: npt.NDArray[np.int64]) -> float:
    if len(units) == len(replicates.factors):
        return replicates.df
    return max(rank(replicates.factors[units]) - 1, 0.0)


def _distinct(
    codes: npt.NDArray[np.int64], inner: npt.NDArray[np.int64], size: int, inner_size: int, *, single: bool
) -> Floats:
    """Return how many different inner codes each code has; ``single``: every row has its own."""
    if single:
        return np.bincount(codes, minlength=size).astype(float)
    if inner_size == 1:
        return (np.bincount(codes, minlength=size) > 0).astype(float)
    keys = np.unique(codes * inner_size + inner)
    return np.bincount(keys // inner_size, minlength=size).astype(float)


def refuse_lonely(sample: Sample, variances: Variances, wanted: Bools) -> Bools:
    """Return the domains that a lonely PSU leaves without a standard error; raise where that is all of them.

    Under "fail" an explicit stratum with one PSU is refused where an estimate needs it; a domain that does not
    touch the stratum is answered.
    """
    design = sample.design
    none = np.zeros(len(wanted), dtype=bool)
    if design.lonely_psu != "fail" or sample.replicates is not None or not variances.lonely.any():
        return none
    if design.declared and wanted.any() and not (wanted & ~variances.lonely).any():
        stratum = design.stratum[design.psu]
        if design.columns.strata is not None:
            refuse_single_psu(sample.frame, design.columns, stratum_of_row=stratum, n_psu=design.n_psu)
        _refuse_single_unit(sample)
    return np.asarray(variances.lonely)


def _refuse_single_unit(sample: Sample) -> None:
    second = sample.design.second
    if second is None:
        return
    bad = ((second.n == 1) & (second.fraction < 1))[sample.design.psu]
    column = str(sample.design.columns.psu)
    raise DesignError(
        f"Cột {column} (--psu), {rows_named(sample.frame, bad)}",
        expected="từ hai đơn vị cấp hai trở lên trong mỗi cụm không được hỏi hết",
        got=f"cụm {values_named(sample.frame, column, bad)} chỉ có một",
        remedy='gộp cụm này với cụm bên cạnh, bỏ fpc, hoặc chọn lonely_psu="average"',
    )


def reasons(*, unanswered: Bools, lonely: Bools, one_psu: Bools, no_variation: Bools) -> npt.NDArray[np.object_]:
    """Return why a number is missing or says little: the first of the facts that holds, else an empty text."""
    facts = [unanswered, lonely, one_psu, no_variation]
    if not any(fact.any() for fact in facts):
        return np.full(len(unanswered), "", dtype=object)
    words = ["no_answers", "lonely_psu", "one_psu", "no_variation"]
    return np.select(facts, words, default="").astype(object)
