"""What does a sample add up to? Sums of domains and PSUs that add over files, row groups and machines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.design import LonelyPsu
from analysis.estimate.estimates import Estimates, estimate_sums
from analysis.estimate.variance import Strata
from analysis.reduce.domain_sums import ClusterSums, ResponseSums, ScoreClasses, added, pairs_of

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

Sums = ClusterSums | ResponseSums


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainKeys:
    """The finest domains, in the order of their codes: ``values`` of the columns ``columns``.

    ``names`` holds the names that stand in the first row of a domain, column by column; ``first`` is that row.
    """

    columns: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    names: dict[str, tuple[str | None, ...]]
    first: Codes

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The sums of a sample and what must be known beside them.

    ``received`` and ``valid`` count forms by domain; ``strata`` are the codes of the strata, ``psus`` those of the
    PSUs (empty where every response is one), ``n_psu`` (strata) counts PSUs of whole strata, ``declared`` is what
    the FPC column says (NaN without one). ``tallies`` counts values of columns that describe the survey.
    """

    keys: DomainKeys
    strata: tuple[str, ...]
    psus: tuple[str, ...]
    sums: Sums
    n_psu: Floats
    declared: Floats
    received: Codes
    valid: Codes
    equal_weights: bool
    weight: float
    tallies: dict[str, dict[str, int]]
    lonely_psu: LonelyPsu = "fail"

    @property
    def fraction(self) -> Floats:
        """The sampling fraction of the PSUs of each stratum, 0 without an FPC."""
        with np.errstate(invalid="ignore"):
            sampled = np.where(self.declared <= 1, self.declared, self.n_psu / self.declared)
        return np.where(np.isnan(self.declared), 0.0, sampled)

    @property
    def sampled(self) -> Strata:
        """The strata that the PSUs were sampled in."""
        return Strata(n=self.n_psu, unsampled=1 - self.fraction, lonely_psu=self.lonely_psu)

    def members(self, group: Codes, groups: int) -> Floats:
        """Return how many people the population of larger domains has, NaN where answers do not count people.

        They do where every response is drawn by itself, with equal weights, and the domain is one whole stratum.
        """
        if isinstance(self.sums, ClusterSums) or not self.equal_weights:
            return np.full(groups, np.nan)
        _, domain, stratum = pairs_of(group[self.sums.domain], self.sums.stratum)
        received = np.bincount(group, self.received, minlength=groups)
        one_stratum = np.bincount(domain, minlength=groups) == 1
        of_domain = np.zeros(groups, dtype=np.int64)
        of_domain[domain] = stratum
        whole = one_stratum & (self.n_psu[of_domain] == received)
        declared = self.declared[of_domain]
        size = np.where(declared <= 1, np.round(self.n_psu[of_domain] / declared), declared)
        return np.where(whole, size, np.nan)

    def at(self, group: Codes, groups: int) -> Estimates:
        """Return the estimates of larger domains: ``group`` gives each finest domain its own."""
        return estimate_sums(self.sums.at(group, groups), self.sampled)

    def counts(self, group: Codes, groups: int) -> tuple[Codes, Codes]:
        """Return received and valid forms of larger domains."""
        received, valid = (np.zeros(groups, dtype=np.int64) for _ in range(2))
        np.add.at(received, group, self.received)
        np.add.at(valid, group, self.valid)
        return received, valid

    def weighted_alike(self, group: Codes, groups: int) -> npt.NDArray[np.bool_]:  # noqa: ARG002 - see SucceededTotals
        """Say of larger domains whether nothing but the weights of the responses weighs their answers."""
        return np.ones(groups, dtype=bool)


def merged(first: Totals, second: Totals) -> Totals:
    """Add the sums of two parts of one sample, for example of two machines.

    Parameters
    ----------
    first, second : Totals
        Sums of different responses to one questionnaire, made with the same columns.

    Returns
    -------
    Totals
        Those of all responses; codes are matched by what they stand for.

    Raises
    ------
    ValueError
        Where one part has clusters and the other has none, or they differ in the columns of their domains or in
        what a lonely PSU adds.

    References
    ----------
    STATISTICS, "Decisions": both sets of sums add.

    Limits
    ------
    That no response is in both parts, and that no PSU lies in two strata, is checked inside each part only.
    """
    if _made_with(first) != _made_with(second):
        message = "totals: expected two parts made with the same columns; make both with the same options"
        raise ValueError(message)
    keys, domain = _merged_keys(first.keys, second.keys)
    strata, stratum = _union(first.strata, second.strata)
    psus, psu = _union(first.psus, second.psus)
    places = _Places(domain, stratum, psu, domains=len(keys), strata=len(strata))
    sums = _merged_sums(first.sums, second.sums, places)
    sizes = (len(strata), len(keys))
    return Totals(
        keys=keys,
        strata=strata,
        psus=psus,
        sums=sums,
        n_psu=_psus_of_strata(first, second, sums, places),
        declared=_declared(first, second, stratum, sizes[0]),
        received=_spread(first.received, domain[0], sizes[1]) + _spread(second.received, domain[1], sizes[1]),
        valid=_spread(first.valid, domain[0], sizes[1]) + _spread(second.valid, domain[1], sizes[1]),
        equal_weights=first.equal_weights and second.equal_weights and first.weight == second.weight,
        weight=first.weight,
        lonely_psu=first.lonely_psu,
        tallies={
            column: _counted(first.tallies.get(column, {}), second.tallies.get(column, {}))
            for column in {**first.tallies, **second.tallies}
        },
    )


def _made_with(part: Totals) -> tuple[tuple[str, ...], bool, LonelyPsu]:
    return part.keys.columns, isinstance(part.sums, ClusterSums), part.lonely_psu


@dataclass(frozen=True, slots=True)
class _Places:
    """The new codes of both parts' old ones, and how many there are."""

    domain: tuple[Codes, Codes]
    stratum: tuple[Codes, Codes]
    psu: tuple[Codes, Codes]
    domains: int
    strata: int


def _union(first: Sequence[str], second: Sequence[str]) -> tuple[tuple[str, ...], tuple[Codes, Codes]]:
    """Return the sorted values of both, and the new code of every old one."""
    values = tuple(sorted({*first, *second}))
    code = {value: at for at, value in enumerate(values)}
    new = tuple(np.array([code[value] for value in part], dtype=np.int64) for part in (first, second))
    return values, (new[0], new[1])


def _merged_keys(first: DomainKeys, second: DomainKeys) -> tuple[DomainKeys, tuple[Codes, Codes]]:
    values = tuple(sorted({*first.values, *second.values}))
    code = {value: at for at, value in enumerate(values)}
    maps = tuple(np.array([code[value] for value in part.values], dtype=np.int64) for part in (first, second))
    # rows of the second part come after all rows of the first
    later = int(first.first.max(initial=0)) + 1
    rows = np.full(len(values), np.iinfo(np.int64).max)
    np.minimum.at(rows, maps[0], first.first)
    np.minimum.at(rows, maps[1], second.first + later)
    names: dict[str, tuple[str | None, ...]] = {}
    for column in first.names:
        found: list[str | None] = [None] * len(values)
        for part, map_ in ((second, maps[1]), (first, maps[0])):
            for at, name in zip(map_.tolist(), part.names[column], strict=True):
                found[at] = name
        names[column] = tuple(found)
    return DomainKeys(columns=first.columns, values=values, names=names, first=rows), (maps[0], maps[1])


def _merged_sums(one: Sums, two: Sums, places: _Places) -> Sums:
    domain = np.concatenate([places.domain[0][one.domain], places.domain[1][two.domain]])
    stratum = np.concatenate([places.stratum[0][one.stratum], places.stratum[1][two.stratum]])
    if isinstance(one, ResponseSums) and isinstance(two, ResponseSums):
        scores = [_joined(a, b) for a, b in zip(one.scores, two.scores, strict=True)]
        return compact_responses(ResponseSums(domain=domain, stratum=stratum, scores=scores))
    if isinstance(one, ResponseSums) or isinstance(two, ResponseSums):
        message = "totals: clusters and responses cannot be added"
        raise TypeError(message)

    def by_domain(first: Floats, second: Floats) -> Floats:
        spread = [
            _spread(part, codes, places.domains)
            for part, codes in zip((first, second), places.domain, strict=True)
        ]
        return np.asarray(spread[0] + spread[1])

    joined = ClusterSums(
        domain=domain,
        psu=np.concatenate([places.psu[0][one.psu], places.psu[1][two.psu]]),
        stratum=stratum,
        A=np.concatenate([one.A, two.A]),
        B=np.concatenate([one.B, two.B]),
        M=by_domain(one.M, two.M),
        S1=by_domain(one.S1, two.S1),
        persons=by_domain(one.persons, two.persons),
    )
    return compact_clusters(joined)


def _joined(a: ScoreClasses, b: ScoreClasses) -> ScoreClasses:
    both = [np.concatenate(pair) for pair in zip(a.moments, b.moments, strict=True)]
    return ScoreClasses(a.x, a.m, (both[0], both[1], both[2], both[3]))


def compact_clusters(sums: ClusterSums) -> ClusterSums:
    """Return one cell for each domain and PSU, in their order: the order of all later additions.

    Parameters
    ----------
    sums : ClusterSums
        Cells in any order, some perhaps of one domain and PSU.

    Returns
    -------
    ClusterSums
        Cells in order.

    Raises
    ------
    ValueError
        Never.

    References
    ----------
    STATISTICS, "Design consequences": a fixed order makes the result independent of threads.

    Limits
    ------
    None.
    """
    keys = sums.domain * (int(sums.psu.max(initial=-1)) + 1) + sums.psu
    known, first, place = np.unique(keys, return_index=True, return_inverse=True)
    alone = len(known) == len(keys)
    return replace(
        sums,
        domain=sums.domain[first],
        psu=sums.psu[first],
        stratum=sums.stratum[first],
        # stored column by column, as all later additions want them
        A=sums.A.T[:, first].T if alone else added(sums.A, place, len(known)),
        B=sums.B.T[:, first].T if alone else added(sums.B, place, len(known)),
    )


def compact_responses(sums: ResponseSums) -> ResponseSums:
    """Return one cell for each domain and stratum, in their order.

    Parameters
    ----------
    sums : ResponseSums
        Cells in any order, some perhaps of one domain and stratum.

    Returns
    -------
    ResponseSums
        Cells in order.

    Raises
    ------
    ValueError
        Never.

    References
    ----------
    As ``compact_clusters``.

    Limits
    ------
    None.
    """
    strata = int(sums.stratum.max(initial=0)) + 1
    known, place = np.unique(sums.domain * strata + sums.stratum, return_inverse=True)
    scores = []
    for score in sums.scores:
        n, w1, w2, w4 = (added(moment, place, len(known)) for moment in score.moments)
        scores.append(ScoreClasses(score.x, score.m, (n, w1, w2, w4)))
    return ResponseSums(domain=known // strata, stratum=known % strata, scores=scores)


def _psus_of_strata(first: Totals, second: Totals, sums: Sums, places: _Places) -> Floats:
    if isinstance(sums, ClusterSums):
        _, at = np.unique(sums.psu, return_index=True)
        return np.bincount(sums.stratum[at], minlength=places.strata).astype(float)
    found = [
        np.bincount(codes, part.n_psu, minlength=places.strata)
        for part, codes in zip((first, second), places.stratum, strict=True)
    ]
    return np.asarray(found[0] + found[1], dtype=float)


def _declared(first: Totals, second: Totals, stratum: tuple[Codes, Codes], strata: int) -> Floats:
    declared = np.full(strata, np.nan)
    for part, codes in ((second, stratum[1]), (first, stratum[0])):
        declared[codes] = part.declared
    return declared


def _spread(values: npt.NDArray[Any], codes: Codes, size: int) -> npt.NDArray[Any]:
    spread = np.zeros((size, *values.shape[1:]), dtype=values.dtype)
    spread[codes] = values
    return spread


def _counted(first: dict[str, int], second: dict[str, int]) -> dict[str, int]:
    return {value: first.get(value, 0) + second.get(value, 0) for value in {**first, **second}}
