"""Claims about R's numbers: every row of the reference that is to be matched is matched."""

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest

from analysis import Survey
from analysis.design import DesignError
from tests.reference.golden import (
    Row,
    blank,
    designs,
    differences,
    expected,
    groups,
    refused_by_r,
    rows_of,
    survey,
)

NUMBERS = [("estimate", 1e-9), ("se", 1e-8), ("ci_low", 1e-7), ("ci_high", 1e-7), ("df", 1e-9)]
MODEL = [("estimate", 1e-6), ("se", 1e-6), ("ci_low", 1e-6), ("ci_high", 1e-6), ("df", 1e-9)]

Key = tuple[object, ...]


class Tables:
    """Result tables of one design, each computed once."""

    def __init__(self, sample: Survey) -> None:
        self.sample = sample
        self.known: dict[Key, pd.DataFrame] = {}

    def row(self, row: Row, compute: Callable[..., pd.DataFrame], *asked: object, **options: Any) -> Row:  # noqa: ANN401 - whatever the estimator takes
        by = None if blank(row["domain_var"]) else str(row["domain_var"])
        key = (compute.__name__, *asked, by, *options.values())
        if key not in self.known:
            self.known[key] = compute(*asked, by=by, **options)
        table = self.known[key]
        chosen = table if by is None else table[table[by] == row["domain"]]
        assert len(chosen) == 1
        found: Row = chosen.iloc[0].to_dict()
        return found


def compared(tables: Tables, row: Row) -> list[str]:
    """Compare one mean, total, ratio or proportion with its design effects and n."""
    sample, kind, method = tables.sample, row["statistic"], row["ci_method"]
    options = {"level": row["level"], "df": row["df_rule"]}
    if kind == "ratio":
        return differences(
            row, tables.row(row, sample.ratio, row["variable"], row["variable2"], **options), NUMBERS
        )
    if method != "t":
        # R's intervals for shares take the degrees of freedom of those who answered.
        found = tables.row(row, sample.proportion, row["variable"], method=method, level=row["level"])
        numbers = MODEL if method == "logit" else NUMBERS
        return differences(row, found, [*numbers, ("n", 0)], scale=1e-3)
    if kind == "proportion":
        options["method"] = "t"
    compute = getattr(sample, kind)
    found = dict(tables.row(row, compute, row["variable"], **options))
    compute = sample.mean if kind == "proportion" else compute
    options.pop("method", None)
    if not blank(row["deff_wr"]):
        found["deff_wr"] = tables.row(row, compute, row["variable"], **options, deff="with")["deff"]
    size = 1e-3 * max(1.0, abs(row["estimate"]))
    effects = [(column, 1e-8) for column in ("deff", "deff_wr") if not blank(row[column])]
    return differences(row, found, [*NUMBERS, *effects, ("n", 0)], scale=size)


def compared_refusal(tables: Tables, row: Row) -> list[str]:
    """A whole that needs a lonely stratum is refused; so is a domain, beside domains that are answered."""
    method = row["ci_method"] if row["statistic"] == "proportion" else ""
    options = {"method": method} if method else {}
    compute = getattr(tables.sample, row["statistic"])
    if blank(row["domain_var"]):
        with pytest.raises(DesignError, match="chỉ có một"):
            compute(row["variable"], **options)
        return []
    found = tables.row(row, compute, row["variable"], **options)
    refused = blank(found["estimate"]) and blank(found["se"]) and found["reason"] == "lonely_psu"
    return [] if refused else [f"{row['case_id']} {row['variable']} {row['domain']}: not refused"]


def compared_contrast(sample: Survey, row: Row) -> list[str]:
    """Compare one difference or change with its p-value and covariance."""
    if row["statistic"] == "change":
        found = sample.change(row["variable"], row["variable2"]).iloc[0].to_dict()
        return differences(row, found, [*NUMBERS, ("p_value", 1e-6)])
    a, b = str(row["domain"]).split(" - ")
    table = sample.difference(row["variable"], str(row["domain_var"]), a, None if b == "ALL" else b)
    found = table.iloc[0].to_dict()
    complaints = differences(row, found, NUMBERS, scale=float(row["se"]))
    complaints += differences(row, found, [("p_value", 1e-6)])
    if not blank(row["note"]):
        told = {**row, "covariance": float(str(row["note"]).removeprefix("cov="))}
        complaints += differences(told, found, [("covariance", 1e-8)], scale=float(row["se"]) ** 2)
    return complaints


def compared_index(tables: Tables, row: Row) -> list[str]:
    """Compare one index of items; R's is on the scale 0–100."""
    weights = tuple(float(w) for w in str(row["note"]).split(";")[0].removeprefix("weights=").split("/"))
    items = tuple(str(row["variable2"]).split("+"))
    found = dict(tables.row(row, tables.sample.index, items, weights=weights, combine="items"))
    found |= {column: 100 * found[column] for column in ("estimate", "se", "ci_low", "ci_high")}
    return differences(row, found, NUMBERS, scale=1e-3)


def compared_test(sample: Survey, row: Row) -> list[str]:
    """Compare one test of independence; the reference's lincom and saddlepoint are the same approximation."""
    statistic: Any = "lincom" if row["ci_method"] == "saddlepoint" else row["ci_method"]
    found = sample.chisq(row["variable"], row["variable2"], statistic=statistic).iloc[0].to_dict()
    return differences(row, found, [("estimate", 1e-8), ("df", 1e-8), ("df2", 1e-8), ("p_value", 1e-6)])


def compared_quantile(sample: Survey, row: Row) -> list[str]:
    """Compare one quantile with its interval."""
    found = sample.quantile(row["variable"], float(row["variable2"])).iloc[0].to_dict()
    return differences(row, found, NUMBERS)


def compared_weights(sample: Survey, row: Row) -> list[str]:
    """Compare one summary of the weights."""
    summary = sample.weight_summary().iloc[0].to_dict()
    tolerance = 1e-7 if "rake" in row["design"] else 1e-9
    return differences(row, {"estimate": summary[row["statistic"]]}, [("estimate", tolerance)])


def complaints_of(design: str, kind: str) -> Iterator[str]:
    tables = Tables(survey(design))
    by_sample = {
        "difference": compared_contrast,
        "change": compared_contrast,
        "chisq": compared_test,
        "quantile": compared_quantile,
        "weights": compared_weights,
    }
    for row in rows_of(design, kind):
        if refused_by_r(row):
            yield from compared_refusal(tables, row)
        elif kind in by_sample:
            yield from by_sample[kind](tables.sample, row)
        else:
            yield from (compared_index if kind == "composite" else compared)(tables, row)


@pytest.mark.parametrize(("design", "kind"), groups())
def test_every_number_of_r_is_matched(design: str, kind: str) -> None:
    assert list(complaints_of(design, kind)) == []


def test_the_reference_is_whole_and_every_design_of_it_is_compared() -> None:
    assert len(expected()) == 4109
    assert set(expected()["design"]) == set(designs())


def test_a_wrong_number_would_be_named() -> None:
    row = next(row for row in rows_of("srs_fpc", "mean") if row["variable"] == "api00")
    wrong = {**row, "se": row["se"] * (1 + 2e-8)}
    complaints = differences(wrong, row, NUMBERS)
    assert len(complaints) == 1
    assert complaints[0].startswith(f"{row['case_id']} api00")
