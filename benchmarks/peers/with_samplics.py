"""How long do the 28 scores take with samplics? Arguments are the CSV of scores and the result."""

import sys

import pandas as pd
from samplics.estimation import TaylorEstimator
from samplics.utils.types import PopParam

source, result = sys.argv[1:]
frame = pd.read_csv(source, dtype={"unit_code": str, "village": str})
items = [name for name in frame.columns if name not in {"unit_code", "village", "weight"}]
factors = sorted({item[0] for item in items})
members = {**{f: [i for i in items if i[0] == f] for f in factors}, "overall": items}
rows: list[dict[str, object]] = []


def keep(score: str, estimator: TaylorEstimator, unit: str | None) -> None:
    points, errors = estimator.point_est, estimator.stderror
    if unit is not None:
        points, errors = {unit: points}, {unit: errors}
    rows.extend({"score": score, "unit_code": key, "estimate": points[key], "se": errors[key]} for key in points)


for score in [*items, *members]:
    if score in members:
        x, m = frame[members[score]].sum(axis=1), frame[members[score]].notna().sum(axis=1)
    else:
        x, m = frame[score], None
    for domain in (frame["unit_code"], None):
        estimator = TaylorEstimator(PopParam.mean if m is None else PopParam.ratio)
        estimator.estimate(
            y=x, x=m, samp_weight=frame["weight"], psu=frame["village"], domain=domain, remove_nan=m is None
        )
        keep(score, estimator, "ALL" if domain is None else None)
pd.DataFrame(rows).to_csv(result, index=False)
