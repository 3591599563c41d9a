"""How much variance is left after calibration? Linearised values replaced by their residuals on known totals."""

import numpy as np
import numpy.typing as npt

from analysis.estimate.variance import Adder, Variances, domain_variances, two_stage_variances
from analysis.survey.sample import Calibration, Sample

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

AT_ONCE = 4_000_000
"""Units × domains × statistics held in memory at a time: residuals reach every unit, whatever the domain."""


def calibrated_variances(
    sample: Sample, calibration: Calibration, z: Floats, *, at: Codes, total: Adder
) -> Variances:
    """Return the variance of sums of z by domain when the weights are calibrated.

    Parameters
    ----------
    sample : Sample
        The calibrated sample.
    calibration : Calibration
        Auxiliary values and the weights before.
    z : ndarray, rows × statistics
        Weighted linearised values of the responses ``at``.
    at : ndarray of int
        Responses inside a domain.
    total : Adder
        Adds them by domain.

    Returns
    -------
    Variances
        Those of w·(u - x'b), with u = z/w and b its regression on the auxiliaries with the weights before.

    Raises
    ------
    ValueError
        Where the rows of ``z`` and ``at`` differ in number.

    References
    ----------
    Deville & Särndal (1992), JASA 87, formula 3.4; Särndal, Swensson & Wretman (1992), result 6.6.1.

    Limits
    ------
    Asymptotic: with few responses for each auxiliary the residuals are too small. Collinear auxiliaries are solved
    by the least norm.
    """
    design, second = sample.design, sample.design.second
    unit = design.psu if second is None else second.unit
    units = len(design.stratum) if second is None else len(second.psu)
    x, base = calibration.x, calibration.base
    slope = np.linalg.pinv(x.T @ (base[:, None] * x), hermitian=True)
    fitted = Adder(unit, units)(design.weights[:, None] * x)
    pulled = (base[at] / design.weights[at])[:, None] * x[at]
    columns = z.shape[1]
    b = np.empty((x.shape[1], total.size, columns))
    for q in range(x.shape[1]):
        b[q] = total(pulled[:, [q]] * z)
    b = np.einsum("pq,qdk->pdk", slope, b)
    plain, corrected = np.empty((total.size, columns)), np.empty((total.size, columns))
    lonely = np.zeros(total.size, dtype=bool)
    chunk = max(1, AT_ONCE // max(1, units * columns))
    for start in range(0, total.size, chunk):
        stop = min(start + chunk, total.size)
        dense = _dense(z, unit[at], total.codes, units=units, chunk=(start, stop))
        dense -= np.einsum("uq,qdk->duk", fitted, b[:, start:stop])
        domain = np.repeat(np.arange(stop - start), units)
        everywhere = np.tile(np.arange(units), stop - start)
        flat = dense.reshape(-1, columns)
        compute = domain_variances if second is None else two_stage_variances
        found = compute(flat, domain, everywhere, design, domains=stop - start)
        plain[start:stop], corrected[start:stop], lonely[start:stop] = found
    empty = np.bincount(total.codes, minlength=total.size) == 0
    plain[empty] = corrected[empty] = np.nan
    return Variances(plain, corrected, lonely)


def _dense(z: Floats, unit: Codes, domain: Codes, *, units: int, chunk: tuple[int, int]) -> Floats:
    """Return the sums of z, domains of the chunk × units × statistics."""
    start, stop = chunk
    inside = (domain >= start) & (domain < stop)
    key = (domain[inside] - start) * units + unit[inside]
    sums = Adder(key, (stop - start) * units)(z[inside])
    return sums.reshape(stop - start, units, z.shape[1])
