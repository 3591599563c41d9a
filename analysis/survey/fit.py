"""How do totals and ratios vary over samples? Linearisation and replication behind one interface."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from analysis.estimate.estimates import linearise
from analysis.estimate.variance import Adder, Variances, cells_of, domain_variances, two_stage_variances
from analysis.survey.residuals import calibrated_variances
from analysis.survey.sample import Replicates, Sample, Wanted

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


def fit(sample: Sample, wanted: Wanted) -> Fit:
    """Estimate totals or ratios by domain.

    Parameters
    ----------
    sample : Sample
        Its weights, and what its variances come from.
    wanted : Wanted
        Values, denominators (None for totals), responses that count and domains.

    Returns
    -------
    Fit
        Estimates on the scale of the values, domains × statistics.

    Raises
    ------
    ValueError
        Where the arrays do not have one row a response.

    References
    ----------
    Woodruff (1971), JASA 66, 411–414; Wolter (2007), chapters 3 and 6.

    Limits
    ------
    Variances are first order: exact for totals, asymptotic for ratios.
    """
    at = np.flatnonzero(wanted.inside)
    weights = sample.design.weights[at][:, None]
    A = weights * wanted.numerator[at]
    B = None if wanted.denominator is None else weights * wanted.denominator[at]
    total = Adder(wanted.domains.codes[at], wanted.domains.size)
    if sample.replicates is not None:
        sums = _Replicated(sample.replicates, total, sample.replicates.unit[at])
        return sums.totals(A) if B is None else sums.ratios(A, B)
    if B is None:
        return TaylorFit(sample, total(A), A, at=at, total=total)
    ratio = linearise(A, B, total)
    # A domain without a denominator has no estimate; its zeros keep combinations of the other statistics finite.
    return TaylorFit(sample, ratio.estimate, np.nan_to_num(ratio.z, nan=0.0), at=at, total=total)


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
            return calibrated_variances(self.sample, self.sample.calibration, z, at=self.at, total=self.total)
        found = _linear_variances(self.sample, z, at=self.at, domain=domain, domains=domains)
        empty = np.bincount(domain, minlength=domains) == 0
        return Variances(
            np.where(empty[:, None], np.nan, found.plain),
            np.where(empty[:, None], np.nan, found.corrected),
            found.lonely,
        )


def _linear_variances(sample: Sample, z: Floats, *, at: Codes, domain: Codes, domains: int) -> Variances:
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
    """Return scale·Σ rscales (θ_r - centre)² over replicates (axis 1), leaving out those without an estimate."""
    known = np.isfinite(replicated)
    weight = np.where(known, replicates.rscales[None, :, None], 0.0)
    filled = np.where(known, replicated, 0.0)
    counted = known & (replicates.rscales > 0)[None, :, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(counted, filled, 0.0).sum(axis=1) / counted.sum(axis=1)
    centre = estimate if replicates.mse else mean
    return np.asarray(replicates.scale * (weight * (filled - centre[:, None, :]) ** 2).sum(axis=1), dtype=float)


@dataclass(frozen=True, slots=True)
class _Replicated:
    """Sums of every replicate by domain: one matrix product for each statistic."""

    replicates: Replicates
    total: Adder
    unit: Codes

    def totals(self, A: Floats) -> ReplicateFit:
        """Return the totals, missing in a domain without responses."""
        empty = (self.total.count() == 0)[:, None]
        replicated = np.where(empty[:, None], np.nan, self._sums(A))
        return ReplicateFit(np.where(empty, np.nan, self.total(A)), replicated, self.replicates)

    def ratios(self, A: Floats, B: Floats) -> ReplicateFit:
        """Return the ratios; without a denominator an estimate is missing and its replicates are 0."""
        top, bottom = self._sums(A), self._sums(B)
        with np.errstate(divide="ignore", invalid="ignore"):
            estimate = self.total(A) / self.total(B)
            replicated = np.where(bottom != 0, top / bottom, np.nan)
        replicated = np.where(np.isnan(estimate)[:, None, :], 0.0, replicated)
        return ReplicateFit(estimate, replicated, self.replicates)

    def _sums(self, matrix: Floats) -> Floats:
        from scipy import sparse  # noqa: PLC0415 - a third of the import time, for replicates only

        shape = (self.total.size, len(self.replicates.factors))
        at = (self.total.codes, self.unit)
        columns = (sparse.csr_array((column, at), shape=shape) for column in matrix.T)
        return np.stack([np.asarray(sums @ self.replicates.factors) for sums in columns], axis=2)
