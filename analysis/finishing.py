"""What do the sums of a domain say? Estimates and their variances from sums, however these were come by."""

import numpy as np
import numpy.typing as npt

from analysis.estimate import Estimates, snap_to_bounds
from analysis.reduce.domain_sums import DomainSums

Floats = npt.NDArray[np.float64]


def estimate_sums(sums: DomainSums, *, n_psu: Floats, fraction: Floats) -> Estimates:
    """Estimate every score of every domain from its sums.

    Parameters
    ----------
    sums : DomainSums
        Of domains × scores.
    n_psu : ndarray, shape (strata,)
        PSUs of each whole stratum, those without the domain included.
    fraction : ndarray, shape (strata,)
        Sampling fraction of the PSUs, 0 without a finite population correction.

    Returns
    -------
    Estimates
        On the scale 0–1; NaN for domains without answers.

    Raises
    ------
    IndexError
        Where a pair names a stratum without a size.

    References
    ----------
    Särndal, Swensson & Wretman (1992), result 5.6.2 (ratio); Lumley (2010), section 2.3 (domains):
    Var = Σ_h (1 - f_h) n_h/(n_h - 1) [Σz² - (Σz)²/n_h] with z = (A - pB)/W and n_h of the whole stratum.

    Limits
    ------
    Linearisation is poor with few PSUs: use the interval, not ± 2 se.
    """
    n = n_psu[sums.pair_stratum][:, None]
    unsampled = (1 - fraction)[sums.pair_stratum][:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.where(n > 1, n / (n - 1) * (sums.pair_z2 - sums.pair_z**2 / n), 0.0)
    spread = np.maximum(spread, 0.0)
    variance, variance_fpc = _total(sums, spread), _total(sums, spread * unsampled)
    df = sums.psus - _total(sums, (sums.pair_size > 0).astype(float))
    with np.errstate(divide="ignore", invalid="ignore"):
        g = np.where(sums.z4 > 0, np.minimum(df, _total(sums, sums.pair_z2) ** 2 / sums.z4), 0.0)
        phi = np.where(variance > 0, variance_fpc / variance, _phi_at_zero(sums, n, unsampled))
    return Estimates(
        p=snap_to_bounds(sums.p),
        variance=variance,
        variance_fpc=variance_fpc,
        phi=phi,
        W=sums.W,
        S1=sums.S1,
        S2=sums.S2,
        M=sums.M,
        persons=sums.persons,
        df=np.maximum(df, 0.0),
        g=g,
    )


def _total(sums: DomainSums, matrix: Floats) -> Floats:
    """Add pairs to their domains; pairs stand in the order of their domains, and every domain has one."""
    starts = np.searchsorted(sums.pair_domain, np.arange(len(sums.p)))
    return np.asarray(np.add.reduceat(matrix, starts, axis=0))


def _phi_at_zero(sums: DomainSums, n: Floats, unsampled: Floats) -> Floats:
    """Return the part of the variance that an FPC would leave, where the data show no variance at all."""
    size = sums.pair_size**2 / n
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(_total(sums, size * unsampled) / _total(sums, size))
