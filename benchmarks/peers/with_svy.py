"""How long do the 28 scores take with svy? Arguments are the CSV of scores and the result."""

import sys

import polars as pl
import svy

source, result = sys.argv[1:]
frame = pl.read_csv(source, schema_overrides={"unit_code": pl.String, "village": pl.String})
items = [name for name in frame.columns if name not in {"unit_code", "village", "weight"}]
factors = sorted({item[0] for item in items})
members = {**{f: [i for i in items if i[0] == f] for f in factors}, "overall": items}
frame = frame.with_columns(
    *(
        pl.sum_horizontal(pl.col(i).is_not_null().cast(pl.Int64) for i in own).alias(f"m_{s}")
        for s, own in members.items()
    ),
    *(pl.sum_horizontal(pl.col(i).fill_null(0) for i in own).alias(f"x_{s}") for s, own in members.items()),
)
sample = svy.Sample(frame, svy.Design(psu="village", wgt="weight"))
rows: list[dict[str, object]] = []


def keep(score: str, estimate: "svy.Estimate", *, whole: bool) -> None:
    for part in estimate.estimates:
        unit = "ALL" if whole else part.by_level[0]
        rows.append({"score": score, "unit_code": str(unit), "estimate": part.est, "se": part.se})


for item in items:
    keep(item, sample.estimation.mean(item, by="unit_code", drop_nulls=True), whole=False)
    keep(item, sample.estimation.mean(item, drop_nulls=True), whole=True)
for score in members:
    keep(score, sample.estimation.ratio(f"x_{score}", f"m_{score}", by="unit_code"), whole=False)
    keep(score, sample.estimation.ratio(f"x_{score}", f"m_{score}"), whole=True)
pl.DataFrame(rows).write_csv(result)
