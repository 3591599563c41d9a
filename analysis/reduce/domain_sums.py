"""What stands behind the variance of a score in a domain? Sums of linearised values, of clusters or responses."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainSums:
    """Everything that an estimate needs, domains × scores unless said otherwise.

    ``p`` = ΣA/ΣB (NaN without answers), ``W`` = ΣB, ``M`` answers, ``persons`` responses with an answer, ``S1`` =
    Σw² over answers, ``S2`` = ΣB² over PSUs, ``psus`` PSUs with answers, ``z4`` = Σz⁴ over PSUs. ``pair_domain``
    and ``pair_stratum`` are the pairs of domain and stratum that occur; ``pair_z``, ``pair_z2`` and ``pair_size``
    (pairs × scores) add z, z² and B over their PSUs.
    """

    p: Floats
    W: Floats
    M: Floats
    persons: Floats
    S1: Floats
    S2: Floats
    psus: Floats
    z4: Floats
    pair_domain: Codes
    pair_stratum: Codes
    pair_z: Floats
    pair_z2: Floats
    pair_size: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSums:
    """Sums of clusters: ``A`` and ``B`` are cells × scores, a cell being one PSU in one domain.

    ``M``, ``S1`` and ``persons`` are domains × scores; ``stratum`` is that of the cell's PSU.
    """

    domain: Codes
    psu: Codes
    stratum: Codes
    A: Floats
    B: Floats
    M: Floats
    S1: Floats
    persons: Floats

    def at(self, group: Codes, groups: int) -> DomainSums:
        """Add domains to larger ones: ``group`` gives each domain its own; a PSU in two of them becomes one."""
        domain, psu, stratum, A, B = group[self.domain], self.psu, self.stratum, self.A, self.B
        keys = domain * (int(psu.max(initial=-1)) + 1) + psu
        known, first, place = np.unique(keys, return_index=True, return_inverse=True)
        if len(known) < len(keys):
            A, B = added(A, place, len(known)), added(B, place, len(known))
            domain, stratum = domain[first], stratum[first]
        W = added(B, domain, groups)
        with np.errstate(divide="ignore", invalid="ignore"):
            p = np.where(W > 0, added(A, domain, groups) / W, np.nan)
            z = np.where(B > 0, (A - _spread(p, domain) * B) / _spread(W, domain), 0.0)
        pair, pair_domain, pair_stratum = pairs_of(domain, stratum)
        pairs, z2 = len(pair_domain), z * z
        return DomainSums(
            p=p,
            W=W,
            M=added(self.M, group, groups),
            persons=added(self.persons, group, groups),
            S1=added(self.S1, group, groups),
            S2=added(B * B, domain, groups),
            psus=added((B > 0).astype(float), domain, groups),
            z4=added(z2 * z2, domain, groups),
            pair_domain=pair_domain,
            pair_stratum=pair_stratum,
            pair_z=added(z, pair, pairs),
            pair_z2=added(z2, pair, pairs),
            pair_size=added(B, pair, pairs),
        )


@dataclass(frozen=True, slots=True)
class ScoreClasses:
    """The classes of one score: ``x`` and ``m`` of each, and sums of w⁰, w, w² and w⁴, cells × classes."""

    x: Floats
    m: Floats
    moments: tuple[Floats, Floats, Floats, Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseSums:
    """Sums where every response is a PSU: one entry of ``scores`` a score, a cell being one domain × stratum.

    A response's (wx, wm) takes few values but for its weight, so sums of powers of the weights by (x, m) hold its
    first moments, cross-products and fourth-order moments, without the cancellation that these suffer from.
    """

    domain: Codes
    stratum: Codes
    scores: Sequence[ScoreClasses]

    def at(self, group: Codes, groups: int) -> DomainSums:
        """Add domains to larger ones: ``group`` gives each domain its own."""
        pair, pair_domain, pair_stratum = pairs_of(group[self.domain], self.stratum)
        columns = [_of_score(score, pair, pair_domain, groups) for score in self.scores]
        return DomainSums(
            pair_domain=pair_domain,
            pair_stratum=pair_stratum,
            **{name: np.column_stack([column[name] for column in columns]) for name in columns[0]},
        )


def _of_score(score: ScoreClasses, pair: Codes, pair_domain: Codes, groups: int) -> dict[str, Floats]:
    x, m = score.x, score.m
    used = np.flatnonzero(m > 0)
    x, m = x[used], m[used]
    n, w1, w2, w4 = (added(moment[:, used], pair, len(pair_domain)) for moment in score.moments)

    def total(column: Floats) -> Floats:
        return np.bincount(pair_domain, column, minlength=groups).astype(float)

    W = total(w1 @ m)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.where(W > 0, total(w1 @ x) / W, np.nan)
        z = np.nan_to_num((x - p[pair_domain, None] * m) / W[pair_domain, None])
    z2 = z * z
    return {
        "p": p,
        "W": W,
        "M": total(n @ m),
        "persons": total(n.sum(axis=1)),
        "S1": total(w2 @ m),
        "S2": total(w2 @ (m * m)),
        "psus": total(n.sum(axis=1)),
        "z4": total((w4 * z2 * z2).sum(axis=1)),
        "pair_z": (w1 * z).sum(axis=1),
        "pair_z2": (w2 * z2).sum(axis=1),
        "pair_size": w1 @ m,
    }


def _spread(matrix: Floats, domain: Codes) -> Floats:
    """Return the row of its domain for each cell, stored column by column."""
    return np.ascontiguousarray(matrix.T)[:, domain].T


def pairs_of(domain: Codes, stratum: Codes) -> tuple[Codes, Codes, Codes]:
    """Return the pair of each row, and the domain and stratum of each pair that occurs.

    Parameters
    ----------
    domain, stratum : ndarray of int
        Codes from 0.

    Returns
    -------
    tuple of ndarray
        Pair of each row; domain and stratum of each pair, in their order.

    Raises
    ------
    ValueError
        Where the lengths differ.

    References
    ----------
    None: bookkeeping.

    Limits
    ------
    None.
    """
    strata = int(stratum.max(initial=0)) + 1
    keys, pair = np.unique(domain * strata + stratum, return_inverse=True)
    return pair, keys // strata, keys % strata


def added(matrix: Floats, codes: Codes, size: int) -> Floats:
    """Add rows of a matrix by code.

    Parameters
    ----------
    matrix : ndarray, rows × columns
        What is added.
    codes : ndarray of int, shape (rows,)
        Codes from 0 to ``size`` - 1.
    size : int
        Number of rows of the result.

    Returns
    -------
    ndarray, size × columns
        Sums, in the order of the rows.

    Raises
    ------
    ValueError
        Where the lengths differ.

    References
    ----------
    None: bookkeeping.

    Limits
    ------
    Sums in the order of the rows, in pairs where many rows share a code.
    """
    result = np.zeros((matrix.shape[1], size))
    if len(codes):
        # column by column: long runs of memory add up three times as fast as short rows
        columns = matrix.T
        if (np.diff(codes) < 0).any():
            order = np.argsort(codes, kind="stable")
            codes, columns = codes[order], columns[:, order]
        starts = np.flatnonzero(np.diff(codes, prepend=-1))
        result[:, codes[starts]] = np.add.reduceat(np.ascontiguousarray(columns), starts, axis=1)
    return result.T
