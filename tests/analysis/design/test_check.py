"""Claims about design columns: what would give wrong standard errors is refused with where and what to do."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from analysis.design import DesignColumns, DesignError
from analysis.design.check import check_design


def frame(**columns: Sequence[object]) -> pd.DataFrame:
    data = pd.DataFrame(columns)
    data.index = pd.RangeIndex(2, 2 + len(data))
    return data


def test_without_design_columns_every_response_is_a_psu_of_one_stratum() -> None:
    design = check_design(frame(unit_code=["a", "b", "c"]), DesignColumns())
    assert design.psu.tolist() == [0, 1, 2]
    assert design.n_psu.tolist() == [3.0]
    assert design.weights.tolist() == [1.0, 1.0, 1.0]
    assert design.fraction.tolist() == [0.0]
    assert design.unweighted


def test_psus_are_counted_in_their_stratum_and_the_fpc_becomes_a_fraction() -> None:
    data = frame(h=["x"] * 4 + ["y"] * 2, v=["1", "1", "2", "2", "3", "4"], N=["8"] * 4 + ["4"] * 2)
    design = check_design(data, DesignColumns(strata="h", psu="v", fpc="N"))
    assert design.n_psu.tolist() == [2.0, 2.0]
    assert design.fraction.tolist() == [0.25, 0.5]
    fraction = check_design(data.assign(N=["0.25"] * 4 + ["0.5"] * 2), DesignColumns(strata="h", psu="v", fpc="N"))
    assert np.allclose(fraction.fraction, design.fraction)
    assert fraction.population.tolist() == [8.0, 4.0]


@pytest.mark.parametrize(
    ("columns", "data", "said"),
    [
        (DesignColumns(psu="thôn"), {"v": ["1", "2"]}, "--psu thôn"),
        (DesignColumns(weights="w"), {"w": ["1", "0"]}, "dòng 3"),
        (DesignColumns(weights="w"), {"w": ["1", "-2.5"]}, "lớn hơn 0"),
        (DesignColumns(weights="w"), {"w": ["1", None]}, "ô trống"),
        (DesignColumns(weights="w"), {"w": ["1", "nhiều"]}, "'nhiều'"),
        (DesignColumns(strata="h"), {"h": ["x", None]}, "dòng 3"),
        (DesignColumns(psu="v"), {"v": [None, "1"]}, "dòng 2"),
        (DesignColumns(strata="h", psu="v"), {"h": ["x", "x", "y", "y"], "v": ["1", "2", "1", "3"]}, "hai tầng"),
        (DesignColumns(strata="h"), {"h": ["x", "x", "y"]}, "'y' chỉ có một"),
        (DesignColumns(fpc="N"), {"N": ["1.5", "1.5"]}, "không nhỏ hơn mẫu"),
        (DesignColumns(fpc="N"), {"N": ["0", "0"]}, "lớn hơn 0"),
        (DesignColumns(fpc="N"), {"N": ["20", "30"]}, "duy nhất trong mỗi tầng"),
    ],
)
def test_a_bad_design_is_refused_with_place_and_remedy(
    columns: DesignColumns, data: dict[str, list[object]], said: str
) -> None:
    with pytest.raises(DesignError) as refusal:
        check_design(frame(**data), columns)
    assert said in str(refusal.value)
    for part in ("Cần có:", "Nhận được:", "Cách xử lý:"):
        assert part in str(refusal.value)
