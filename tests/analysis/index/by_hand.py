"""What does docs/method.md say a unit's interval is? Its steps in plain loops, as a second way to the numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

Row = Mapping[str, object]
ALL_ITEMS = ("A1", "A2", "B1")


@dataclass
class Unit:
    """The sums of one unit and what follows from them, in the letters of docs/method.md."""

    p: float
    W: float
    M: float
    S1: float
    S2: float
    v: float
    own: float
    df: int
    g: float

    @property
    def binomial(self) -> float:
        return self.p * (1 - self.p) * self.M / self.W**2


def interval_by_hand(
    rows: Sequence[Row], items: Sequence[str], families: Sequence[Sequence[str]], code: str
) -> tuple[float, float, float, float]:
    """Return estimate, standard error and limits in percent; ``families`` are the units of each parent."""
    siblings = next(family for family in families if code in family)
    rho, df, able = pooled_rho([unit_sums(rows, items, sibling) for sibling in siblings])
    if df < 8 or able < 2:
        rho, df, able = pooled_rho([unit_sums(rows, items, c) for family in families for c in family])
        assert df >= 8
    u = unit_sums(rows, items, code)
    ratio = u.M * ((1 - rho) * u.S1 + rho * u.S2) / u.W**2
    if u.df > 0:
        observed = max(1.0, u.M * u.v * u.own / (u.p * (1 - u.p)))
        trust = u.g / (u.g + 8)
        ratio = float(np.exp(trust * np.log(observed) + (1 - trust) * np.log(ratio)))
    n, t = min(u.M / ratio, u.M), float(stats.t.ppf(0.975, u.g + 12))
    a = t * t / n
    half = float(np.sqrt(a * u.p * (1 - u.p) + a * a / 4))
    middle = u.p + a / 2
    return 100 * u.p, 100 * float(np.sqrt(u.v)), 100 * (middle - half) / (1 + a), 100 * (middle + half) / (1 + a)


def unit_sums(rows: Sequence[Row], items: Sequence[str], code: str) -> Unit:
    """Add up the answers of one unit, village by village."""
    stratum_of = {str(row["village"]): str(row["stratum"]) for row in rows}
    villages: dict[str, list[float]] = {}
    M = S1 = 0.0
    for row in rows:
        if row["unit_code"] != code or sum(row[i] != "" for i in ALL_ITEMS) < 0.5 * len(ALL_ITEMS):
            continue
        given, w = [int(str(row[i])) for i in items if row[i] != ""], float(str(row["w"]))
        cell = villages.setdefault(str(row["village"]), [0.0, 0.0])
        cell[0] += w * sum(answer >= 4 for answer in given)
        cell[1] += w * len(given)
        M += len(given)
        S1 += w * w * len(given)
    A, W = (sum(cell[k] for cell in villages.values()) for k in (0, 1))
    z = {village: (a - A / W * b) / W for village, (a, b) in villages.items()}
    used = [village for village, cell in villages.items() if cell[1] > 0]
    df = len(used) - len({stratum_of[village] for village in used})
    z2, z4 = (sum(x**power for x in z.values()) for power in (2, 4))
    S2 = sum(cell[1] ** 2 for cell in villages.values())
    g = min(df, z2**2 / z4) if z4 else 0.0
    own = 1.0
    if df == len(used) - 1 > 0:
        n, m = sum(h == stratum_of[used[0]] for h in stratum_of.values()), W**2 / S2
        own = m / (m - 1) * (n - 1) / n
    return Unit(A / W, W, M, S1, S2, linearised_variance(z, stratum_of), own, df, g)


def linearised_variance(z: Mapping[str, float], stratum_of: Mapping[str, str]) -> float:
    """Return the sum over strata of n/(n - 1) [Σz² - (Σz)²/n], n counting every village of the stratum."""
    variance = 0.0
    for stratum in set(stratum_of.values()):
        n = sum(h == stratum for h in stratum_of.values())
        inside = [z[village] for village in z if stratum_of[village] == stratum]
        variance += n / (n - 1) * (sum(x * x for x in inside) - sum(inside) ** 2 / n)
    return variance


def pooled_rho(units: Sequence[Unit]) -> tuple[float, int, int]:
    """Return the intraclass correlation that the units show together, their df and their number."""
    able = [unit for unit in units if unit.df >= 1]
    top = sum(u.df * (u.M * u.v * u.own - u.S1 * u.binomial) for u in able)
    bottom = sum(u.df * (u.S2 - u.S1) * u.binomial for u in able)
    found, known, doubt = min(max(top / bottom, 0.0), 1.0), sum(u.g for u in able), 1.5 / len(able)
    return (known * found + doubt) / (known + doubt), sum(u.df for u in able), len(able)
