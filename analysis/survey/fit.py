"""How do totals and ratios vary over samples? Linearisation and replication behind one interface."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse

from analysis.estimate import linearise
from analysis.survey.residuals import calibrated_variances
from analysis.survey.sample import Domains, Replicates, Sample
from analysis.variance import Adder, Variances, cells_of, domain_variances, two_stage_variances

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Fit(Protocol):
    """Estimates (domains × statistics) with the variances of linear combinations of them."""

    @property
    def estimate(self) -> Floats:
        """Estimates, NaN in a domain without answers."""

    def variances(self, contrast: Floats) -> Variances:
        """Return the variances of ``estimate @ contrast``; ``contrast`` is statistics × combinations."""


def fit_totals(sample: Sample, values: Floats, rows: Bools, domains: Domains) -> Fit:
    """Estimate totals of columns (responses × statistics) over the responses in ``rows`` by domain."""
    return _fit(sample, values, None, rows, domains)


def fit_ratios(sample: Sample, values: Floats, counted: Floats, rows: Bools, domains: Domains) -> Fit:
    """Estimate Σw·values / Σw·counted (responses × statistics) over the responses in ``rows`` by domain."""
    return _fit(sample, values, counted, rows, domains)


def _fit(sample: Sample, values: Floats, counted: Floats | None, rows: Bools, domains: Domains) -> Fit:
    inside = rows & (domains.codes >= 0)
    at = np.flatnonzero(inside)
    weights = sample.design.weights[at][:, None]
    A = weights * values[at]
    B = None if counted is None else weights * counted[at]
    total = Adder(domains.codes[at], domains.size)
    if sample.replicates is not None:
        return ReplicateFit(*_replicate_estimates(sample.replicates, A, B, total, at), sample.replicates)
    if B is None:
        return TaylorFit(sample, total(A), A, at, total)
    ratio = linearise(A, B, total)
    # A domain without a denominator has no estimate; its zeros keep combinations of the other statistics finite.
    return TaylorFit(sample, ratio.estimate, np.nan_to_num(ratio.z, nan=0.0), at, total)


@dataclass(frozen=True, slots=True)
class TaylorFit:
    """Estimates with the linearised values ``z`` of the responses ``at``, whose domains ``total`` knows."""

    sample: Sample
    estimate: Floats
    z: Floats
    at: Codes
    total: Adder

    def variances(self, contrast: Floats) -> Variances:
        """Return the variances of ``estimate @ contrast``."""
        z = self.z @ contrast if contrast.shape != (1, 1) else self.z * contrast
        domain, domains = self.total.codes, self.total.size
        if self.sample.calibration is not None:
            return calibrated_variances(self.sample, self.sample.calibration, z, self.at, self.total)
        found = linear_variances(self.sample, z, self.at, domain, domains=domains)
        empty = np.bincount(domain, minlength=domains) == 0
        return Variances(
            np.where(empty[:, None], np.nan, found.plain),
            np.where(empty[:, None], np.nan, found.corrected),
            found.lonely,
        )


def linear_variances(sample: Sample, z: Floats, at: Codes, domain: Codes, *, domains: int) -> Variances:
    """Return the variance of sums of z by domain, over the responses ``at``, in one or two stages."""
    design = sample.design
    second = design.second
    unit = design.psu[at] if second is None else second.unit[at]
    if second is not None or design.clustered:
        units = len(design.stratum) if second is None else len(second.psu)
        domain, unit, cell = cells_of(domain, unit, units=units)
        z = Adder(cell, len(unit))(z)
    if second is not None:
        return two_stage_variances(z, domain, unit, design, domains=domains)
    return domain_variances(z, domain, unit, design, domains=domains)


@dataclass(frozen=True, slots=True)
class ReplicateFit:
    """Estimates with those of every replicate (domains × replicates × statistics)."""

    estimate: Floats
    replicated: Floats
    replicates: Replicates

    def variances(self, contrast: Floats) -> Variances:
        """Return the variances of ``estimate @ contrast``."""
        found = replicate_variances(self.replicated @ contrast, self.estimate @ contrast, self.replicates)
        return Variances(found, found, np.zeros(len(found), dtype=bool))


def replicate_variances(replicated: Floats, estimate: Floats, replicates: Replicates) -> Floats:
    """Return scale·Σ rscales (θ_r - centre)² over replicates (axis 1); a replicate without an estimate is left out."""
    known = np.isfinite(replicated)
    weight = np.where(known, replicates.rscales[None, :, None], 0.0)
    filled = np.where(known, replicated, 0.0)
    counted = known & (replicates.rscales > 0)[None, :, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(counted, filled, 0.0).sum(axis=1) / counted.sum(axis=1)
    centre = estimate if replicates.mse else mean
    return np.asarray(replicates.scale * (weight * (filled - centre[:, None, :]) ** 2).sum(axis=1), dtype=float)


def _replicate_estimates(
    replicates: Replicates, A: Floats, B: Floats | None, total: Adder, at: Codes
) -> tuple[Floats, Floats]:
    """Return the estimates of the full sample and of every replicate: one matrix product for each statistic."""
    unit = replicates.unit[at]

    def replicated(column: Floats) -> Floats:
        shape = (total.size, len(replicates.factors))
        sums = sparse.csr_array((column, (total.codes, unit)), shape=shape)
        return np.asarray(sums @ replicates.factors, dtype=float)

    numerator = np.stack([replicated(A[:, k]) for k in range(A.shape[1])], axis=2)
    empty = np.bincount(total.codes, minlength=total.size) == 0
    if B is None:
        numerator[empty] = np.nan
        return np.where(empty[:, None], np.nan, total(A)), numerator
    size = np.stack([replicated(B[:, k]) for k in range(B.shape[1])], axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = total(A) / total(B)
        replicated_ratio = np.where(size != 0, numerator / size, np.nan)
    return estimate, np.where(np.isnan(estimate)[:, None, :], 0.0, replicated_ratio)
