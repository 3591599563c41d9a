"""Claims about made replicates: the jackknife made from a design is the one that R makes from it."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import survey_design
from analysis.survey.replicates import Kind
from tests.reference.golden import HERE, designs, survey


@pytest.mark.parametrize(
    ("design", "kind"), [("srs_jk1", "JK1"), ("srs_fpc_jk1", "JK1"), ("strat_jkn", "JKn"), ("clus1_jk1", "JK1")]
)
def test_the_jackknife_made_from_a_design_equals_the_weights_that_r_made(design: str, kind: Kind) -> None:
    told = designs()[design]
    frame = pd.read_csv(HERE / "data" / f"{told['dataset']}.csv")
    options: dict[str, Any] = {
        "strata": told.get("strata"),
        "psu": told.get("ids"),
        "weights": "pw",
        "fpc": told.get("fpc"),
    }
    made = survey_design(frame, **options, replicates=kind)
    given = survey(design)
    assert made.replicates is not None
    assert given.replicates is not None
    assert made.replicates.df == given.replicates.df
    ours, theirs = (np.sort(r.factors[r.unit], axis=1) for r in (made.replicates, given.replicates))
    assert ours == pytest.approx(theirs, rel=1e-12)
    for statistic in ("mean", "total"):
        one, other = (getattr(s, statistic)("api00", by="awards") for s in (made, given))
        pd.testing.assert_frame_equal(one, other, rtol=1e-9)
