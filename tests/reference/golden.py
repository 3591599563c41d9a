"""How is a row of R's numbers compared? Reading the reference files, building designs, naming what differs."""

import json
import math
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import ReplicateWeights, Survey, survey_design

HERE = Path(__file__).parent
NOT_COMPUTED = {"glm_coef"}
NOT_COMPUTED_INTERVALS = {"likelihood"}
WEIGHTS = {"sum", "sum_of_squares", "min", "max"}

Row = Mapping[str, Any]


@cache
def expected() -> pd.DataFrame:
    """Return the rows that are to be matched."""
    rows = pd.read_csv(HERE / "expected.csv", dtype={"domain": object})
    rows = rows[(rows["use"] == 1) & ~rows["statistic"].isin(NOT_COMPUTED)]
    rows = rows[~rows["ci_method"].isin(NOT_COMPUTED_INTERVALS)]
    return rows.assign(kind=rows["statistic"].where(~rows["variable"].eq("weights"), "weights"))


def groups() -> list[tuple[str, str]]:
    """Return every pair of design and kind of statistic that has rows."""
    pairs = expected()[["design", "kind"]].drop_duplicates()
    return [(str(design), str(kind)) for design, kind in pairs.itertuples(index=False)]


def rows_of(design: str, kind: str) -> list[Row]:
    """Return the rows of one group."""
    chosen = expected()
    found: list[Row] = chosen[(chosen["design"] == design) & (chosen["kind"] == kind)].to_dict("records")
    return found


@cache
def designs() -> dict[str, dict[str, Any]]:
    """Return the descriptions of all designs."""
    found: dict[str, dict[str, Any]] = json.loads((HERE / "designs.json").read_text(encoding="utf-8"))
    return found


@cache
def survey(design: str) -> Survey:
    """Build a design from its description."""
    told = designs()[design]
    if "base" in told:
        return adjusted(survey(told["base"]), told)
    frame = pd.read_csv(HERE / "data" / f"{told['dataset']}.csv")
    return survey_design(
        frame,
        strata=told.get("strata"),
        psu=told.get("ids"),
        weights=told.get("weights"),
        fpc=told.get("fpc"),
        nest=told.get("nest", False),
        lonely_psu=told.get("lonely_psu", "fail"),
        adjust_domain_lonely=told.get("adjust_domain_lonely", False),
        replicates=replicate_weights(told["replicate"]) if "replicate" in told else None,
    )


def replicate_weights(told: Mapping[str, Any]) -> ReplicateWeights:
    """Read replicate weights; the first column of the file is the sampling weight."""
    matrix = pd.read_csv(HERE / str(told["file"])).to_numpy(dtype=float)[:, 1:]
    return ReplicateWeights(
        columns=matrix, scale=told["scale"], rscales=told["rscales"], combined=told["combined"], mse=told["mse"]
    )


def adjusted(base: Survey, told: Mapping[str, Any]) -> Survey:
    """Calibrate a design as its description says."""
    if told["adjust"] == "poststratify":
        return base.poststratify(told["by"], told["totals"])
    if told["adjust"] == "rake":
        return base.rake(told["margins"], epsilon=told["epsilon"])
    totals = told["totals"]
    elementary = totals["(Intercept)"] - totals["stypeH"] - totals["stypeM"]
    known = {"stype": {"E": elementary, "H": totals["stypeH"], "M": totals["stypeM"]}, "api99": totals["api99"]}
    return base.calibrate(known, bounds=tuple(told["bounds"]) if "bounds" in told else None)


def blank(value: object) -> bool:
    """Return whether a cell of the reference is empty or NaN."""
    return isinstance(value, float) and math.isnan(value)


def refused_by_r(row: Row) -> bool:
    """Return whether R refused to answer."""
    return not blank(row["note"]) and str(row["note"]).startswith("error")


def differences(row: Row, found: Row, tolerances: Iterable[tuple[str, float]], *, scale: float = 0.0) -> list[str]:
    """Return what differs, with the name of the case; ``scale`` is the least size that a tolerance refers to."""
    complaints = []
    for column, tolerance in tolerances:
        wanted, got = float(row[column]), float(found[column])
        same = wanted == got or (math.isnan(wanted) and math.isnan(got))
        if not same and not abs(wanted - got) <= tolerance * max(abs(wanted), scale):
            complaints.append(
                f"{row['case_id']} {row['variable']} {row['domain']} {column}: R {wanted}, here {got}"
            )
    return complaints
