"""Which cases must the default interval hold in, and which lie beyond them? The families of scenarios."""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.coverage_populations import (
    ITEMS,
    Rates,
    beta,
    graded_items,
    logit_normal,
    one_item,
    persons_in_villages,
    pooled_items,
    two_kinds,
)
from benchmarks.coverage_samples import Draw, Scenario, Unit

VILLAGE_ICC = (0.04, 0.15, 0.30)
PERSON_ICC = (0.10, 0.30, 0.60)
DESIGNS = ((3, 10), (6, 5), (9, 4), (9, 33), (20, 15))
SHARES = (0.5, 0.8, 0.9, 0.97)
RESPONDENTS = (10, 15, 20, 31, 50, 100, 150)
INDEX_SHARES = (0.84, 0.90, 0.94, 0.98)

ONE_PSU = (Unit(1, 10, 0.5), Unit(1, 33, 0.8), Unit(1, 15, 0.9), Unit(1, 10, 0.97))
PROVINCE = (*(Unit(m, k, p) for m, k in DESIGNS for p in SHARES), *ONE_PSU)
DISTRICT = (
    Unit(3, 10, 0.8),
    Unit(6, 5, 0.5),
    Unit(9, 4, 0.97),
    Unit(9, 33, 0.9),
    Unit(1, 10, 0.8),
    Unit(1, 33, 0.9),
)
KIOSKS = tuple(Unit(n, ITEMS, p) for n in RESPONDENTS for p in INDEX_SHARES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Scenarios that differ in the intraclass correlation only.

    ``required``: the target holds here; else the family shows what happens elsewhere. ``effort`` is the part of
    the replications that is spent on it, ``detailed`` whether every case is printed.
    """

    name: str
    draw: Draw
    units: tuple[Unit, ...] = PROVINCE
    correlations: tuple[float, ...] = VILLAGE_ICC
    own_strata: bool = False
    alone: bool = False
    weight_spread: float = 0.0
    required: bool = False
    detailed: bool = False
    effort: float = 0.25

    def scenarios(self) -> Iterator[Scenario]:
        """Yield a scenario per correlation."""
        for icc in self.correlations:
            yield Scenario(
                name=f"{self.name}, ICC {icc:.2f}".replace(".", ","),
                units=self.units,
                icc=icc,
                draw=self.draw,
                own_strata=self.own_strata,
                alone=self.alone,
                weight_spread=self.weight_spread,
            )


def _villages(rates: Rates, words: str, *, detailed: bool) -> tuple[Family, Family]:
    draw = one_item(rates)
    return (
        Family(
            name=f"Villages, {words}; units are domains of one stratum",
            draw=draw,
            required=True,
            detailed=detailed,
            effort=1.0,
        ),
        Family(
            name=f"Villages, {words}; every unit is a stratum",
            draw=draw,
            own_strata=True,
            required=True,
            detailed=detailed,
            effort=1.0,
        ),
    )


def _index(rates: Rates, words: str, *, detailed: bool) -> Family:
    return Family(
        name=f"Pooled index without clusters, {words}",
        draw=pooled_items(rates),
        units=KIOSKS,
        correlations=PERSON_ICC,
        required=True,
        detailed=detailed,
        effort=0.5,
    )


UNEVEN = one_item(beta, size_spread=0.5)

FAMILIES = (
    *_villages(beta, "beta-binomial", detailed=True),
    *_villages(logit_normal, "logit-normal", detailed=False),
    _index(beta, "beta-binomial persons", detailed=True),
    _index(logit_normal, "logit-normal persons", detailed=False),
    Family(name="Pooled index, items of graded difficulty", draw=graded_items, units=KIOSKS, correlations=(0.30,)),
    Family(name="Pooled index of persons in villages (person ICC 0,3)", draw=persons_in_villages),
    Family(name="Villages, good and bad ones only (two points)", draw=one_item(two_kinds)),
    Family(name="Villages of uneven size (CV 0,5)", draw=UNEVEN),
    Family(name="Villages of uneven size, every unit a stratum", draw=UNEVEN, own_strata=True),
    Family(name="Villages of uneven size and weight (CV 0,5 each)", draw=UNEVEN, weight_spread=0.5),
    Family(name="Few siblings: four units and two of one PSU", draw=one_item(beta), units=DISTRICT),
    Family(name="No sibling: each unit alone in its file", draw=one_item(beta), own_strata=True, alone=True),
    Family(
        name="No sibling: each kiosk alone in its file",
        draw=pooled_items(logit_normal),
        units=KIOSKS,
        correlations=PERSON_ICC,
        own_strata=True,
        alone=True,
    ),
    Family(name="Two communes in a file", draw=one_item(beta), units=(Unit(9, 33, 0.97), Unit(9, 33, 0.9))),
    Family(
        name="Two kiosks in a file",
        draw=pooled_items(logit_normal),
        units=(Unit(31, ITEMS, 0.98), Unit(31, ITEMS, 0.94)),
        correlations=PERSON_ICC,
    ),
)
