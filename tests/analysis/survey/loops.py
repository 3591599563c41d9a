"""What do the formulas give when they are done by hand, row by row? Nothing here is shared with the package."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pandas as pd


def clustered_sample(seed: int = 3, *, missing: float = 0.1) -> pd.DataFrame:
    """Three strata, villages of unequal size whose codes repeat across strata, five communes, two items."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, object]] = []
    for stratum, villages in (("a", 6), ("b", 4), ("c", 3)):
        for village in range(villages):
            level, persons = rng.normal(0, 0.6), int(rng.integers(2, 7))
            place = {"stratum": stratum, "village": village, "commune": f"{stratum}{village // 2}"}
            place |= {"N": {"a": 20, "b": 12, "c": 9}[stratum], "M": 30 + village}
            rows += [{**place, "person": p, **_answers(rng, level, missing)} for p in range(persons)]
    return pd.DataFrame(rows)


def _answers(rng: np.random.Generator, level: float, missing: float) -> dict[str, float]:
    return {
        "w": rng.uniform(1, 5),
        "y": round(level + rng.normal(5, 2), 3) if rng.random() > missing else np.nan,
        "q": float(rng.random() < 0.7) if rng.random() > missing else np.nan,
        "size": float(rng.integers(1, 9)),
    }


def ratio(frame: pd.DataFrame, top: str, bottom: Sequence[float], chosen: Sequence[bool]) -> float:
    """Return Σw·top/Σw·bottom over the chosen rows with an answer."""
    above = below = 0.0
    for row, size, inside in zip(frame.to_dict("records"), bottom, chosen, strict=True):
        if inside and not np.isnan(row[top]):
            above += row["w"] * row[top]
            below += row["w"] * size
    return above / below


def linearised(frame: pd.DataFrame, top: str, chosen: Sequence[bool]) -> list[float]:
    """Return w·(y - mean)/Σw of every row, 0 outside."""
    mean = ratio(frame, top, [1.0] * len(frame), chosen)
    rows = frame.to_dict("records")
    inside = [c and not np.isnan(row[top]) for row, c in zip(rows, chosen, strict=True)]
    size = sum(row["w"] for row, c in zip(rows, inside, strict=True) if c)
    return [row["w"] * (row[top] - mean) / size if c else 0.0 for row, c in zip(rows, inside, strict=True)]


def one_stage(frame: pd.DataFrame, z: Sequence[float], *, fpc: bool = False) -> float:
    """Return Σ_h (1 - f) n/(n - 1) Σ(z - mean)² over the villages of each stratum."""
    variance = 0.0
    for _, stratum in frame.assign(z=z).groupby("stratum"):
        villages = [part["z"].sum() for _, part in stratum.groupby("village")]
        n, mean = len(villages), sum(villages) / len(villages)
        left = 1 - n / stratum["N"].iloc[0] if fpc else 1.0
        variance += left * n / (n - 1) * sum((v - mean) ** 2 for v in villages)
    return variance


def two_stage(frame: pd.DataFrame, z: Sequence[float]) -> float:
    """Return the first stage with FPC, and f₁(1 - f₂)m/(m - 1)Σ(z - mean)² of the persons in each village."""
    data = frame.assign(z=z)
    variance = one_stage(frame, z, fpc=True)
    for _, stratum in data.groupby("stratum"):
        taken = stratum["village"].nunique() / stratum["N"].iloc[0]
        for _, village in stratum.groupby("village"):
            m, mean = len(village), village["z"].mean()
            within = m / (m - 1) * sum((value - mean) ** 2 for value in village["z"])
            variance += taken * (1 - m / village["M"].iloc[0]) * within
    return variance


def counts(frame: pd.DataFrame, chosen: Sequence[bool]) -> dict[str, int]:
    """Return how many villages each stratum has among the chosen rows."""
    found: dict[str, set[int]] = defaultdict(set)
    for row, inside in zip(frame.to_dict("records"), chosen, strict=True):
        if inside:
            found[row["stratum"]].add(row["village"])
    return {stratum: len(villages) for stratum, villages in found.items()}
