"""Claims about strata with one PSU and about designs that must not be used."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from analysis import Survey, survey_design
from analysis.design import DesignError, LonelyPsu

LONELY = pd.DataFrame(
    {
        "h": ["a"] * 4 + ["b"] * 3 + ["c"],
        "y": [1.0, 4.0, 2.0, 6.0, 3.0, 8.0, 5.0, 7.0],
        "w": [2.0] * 4 + [3.0] * 3 + [5.0],
        "d": ["x", "x", "z", "z", "x", "x", "z", "x"],
    }
)


def lonely(option: LonelyPsu, *, adjust_domain: bool = False) -> Survey:
    return survey_design(LONELY, strata="h", weights="w", lonely_psu=option, adjust_domain_lonely=adjust_domain)


def parts(z: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return what strata a and b add to the variance."""
    a, b = (len(p) / (len(p) - 1) * float(((p - p.mean()) ** 2).sum()) for p in (z[:4], z[4:7]))
    return a, b


@pytest.mark.parametrize("option", ["certainty", "remove", "adjust", "average"])
def test_a_lonely_stratum_adds_what_its_rule_says(option: LonelyPsu) -> None:
    z = (LONELY["w"] * LONELY["y"]).to_numpy()
    a, b = parts(z)
    added = {"adjust": (z[7] - z.sum() / 8) ** 2, "average": (a + b) / 2}.get(option, 0.0)
    assert lonely(option).total("y")["se"][0] == pytest.approx((a + b + added) ** 0.5, rel=1e-12)


def test_under_fail_the_whole_is_refused_and_domains_without_the_stratum_are_answered() -> None:
    with pytest.raises(DesignError, match="'c' chỉ có một"):
        lonely("fail").mean("y")
    table = lonely("fail").mean("y", by="d").set_index("d")
    assert table.loc["x", "reason"] == "lonely_psu"
    assert table.loc["x", ["estimate", "se", "ci_low", "ci_high"]].isna().all()
    assert table.loc["z", "se"] == pytest.approx(lonely("average").mean("y", by="d")["se"][1], rel=1e-12)
    estimators: list[Callable[[Survey], object]] = [
        lambda s: s.change("y", "w"),
        lambda s: s.difference("y", "d", "x", "z"),
        lambda s: s.index(["y", "w"], combine="items"),
        lambda s: s.quantile("y", 0.5),
        lambda s: s.chisq("d", "h"),
    ]
    for estimate in estimators:
        with pytest.raises(DesignError, match="chỉ có một"):
            estimate(lonely("fail"))


@pytest.mark.parametrize("option", ["adjust", "average"])
def test_a_stratum_with_one_psu_in_the_domain_is_lonely_there_only_when_asked(option: LonelyPsu) -> None:
    only_one = LONELY.assign(d=["x", "x", "x", "x", "x", "z", "z", "z"])[:7]
    kept, asked = (
        survey_design(only_one, strata="h", weights="w", lonely_psu=option, adjust_domain_lonely=adjust)
        .total("y", by="d")
        .set_index("d")["se"]
        for adjust in (False, True)
    )
    z = (only_one["w"] * only_one["y"]).to_numpy()
    a = 4 / 3 * ((z[:4] - z[:4].mean()) ** 2).sum()
    b = 3 / 2 * (z[4] ** 2 - z[4] ** 2 / 3)
    centre = z[:5].sum() / 7
    alone = {"adjust": 3 / 2 * ((z[4] - centre) ** 2 + 2 * centre**2), "average": a}[option]
    assert kept["x"] == pytest.approx((a + b) ** 0.5, rel=1e-12)
    assert asked["x"] == pytest.approx((a + alone) ** 0.5, rel=1e-12)
    assert asked["z"] == pytest.approx(kept["z"], rel=1e-12)


def test_a_stratum_whose_only_psu_is_its_whole_population_is_not_lonely() -> None:
    data = LONELY.assign(N=[40] * 4 + [30] * 3 + [1], w=[10.0] * 7 + [1.0])
    table = survey_design(data, strata="h", weights="w", fpc="N").mean("y")
    assert table["se"][0] > 0
    assert table["reason"][0] == ""


def bad(**columns: list[object]) -> pd.DataFrame:
    base: dict[str, list[object]] = {
        "h": ["a", "a", "b", "b"],
        "v": [1, 2, 3, 4],
        "w": [2.0, 2, 2, 2],
        "y": [1, 2, 3, 4],
    }
    return pd.DataFrame(base | columns)


@pytest.mark.parametrize(
    ("columns", "options", "said"),
    [
        ({"h": ["a", "a", None, "b"]}, {"strata": "h"}, "mã có ở mọi phiếu"),
        ({"h": [1.0, 1.0, np.nan, 2.0]}, {"strata": "h"}, "dòng 2"),
        ({"w": [1.0, 0.0, 2.0, 2.0]}, {"weights": "w"}, "lớn hơn 0"),
        ({"w": [1.0, -1.0, 2.0, 2.0]}, {"weights": "w"}, "lớn hơn 0"),
        ({"w": [1.0, np.nan, 2.0, 2.0]}, {"weights": "w"}, "ô trống"),
        ({"N": [1.5] * 4}, {"fpc": "N"}, "không nhỏ hơn mẫu"),
        ({"N": [9, 8, 7, 7]}, {"strata": "h", "fpc": "N"}, "duy nhất trong mỗi tầng"),
        ({"N": [1.0] * 4}, {"psu": "v", "fpc": "N", "weights": "w"}, "fpc2"),
        ({"v": [1, 2, 1, 3]}, {"strata": "h", "psu": "v"}, "hai tầng"),
        ({}, {"psu": "thôn"}, "thôn"),
        ({}, {"ssu": "v"}, "không có --psu"),
        ({"v": [1, 1, 2, 2], "N": [9] * 4, "m": [1.5] * 4}, {"psu": "v", "fpc": "N", "fpc2": "m"}, "của cụm"),
        ({"v": [1, 1, 2, 2], "N": [9] * 4, "m": [8, 9, 8, 8]}, {"psu": "v", "fpc": "N", "fpc2": "m"}, "mỗi cụm"),
    ],
)
def test_a_bad_design_is_refused_with_where_expected_got_and_remedy(
    columns: dict[str, list[object]], options: dict[str, Any], said: str
) -> None:
    with pytest.raises(DesignError) as refusal:
        survey_design(bad(**columns), **options)
    assert said in str(refusal.value)
    for part in ("Cần có:", "Nhận được:", "Cách xử lý:"):
        assert part in str(refusal.value)


def test_the_remedies_work() -> None:
    assert survey_design(bad(v=[1, 2, 1, 3]), strata="h", psu="v", nest=True).mean("y")["df"][0] == 2
    census = bad(v=[1, 1, 2, 2], N=[1.0] * 4, m=[6, 6, 6, 6])
    second = survey_design(census, psu="v", fpc="N", weights="w", fpc2="m").mean("y")
    assert second["se"][0] > 0


def test_a_share_refused_for_a_lonely_stratum_has_no_limits_by_any_method() -> None:
    data = LONELY.assign(q=(LONELY["y"] > 3).astype(float))
    sample = survey_design(data, strata="h", weights="w")
    default, wilson = sample.proportion("q", by="d"), sample.proportion("q", by="d", method="wilson")
    for table in (default, wilson):
        row = table.set_index("d").loc["x"]
        assert row["reason"].startswith("lonely_psu")
        assert row[["estimate", "se", "ci_low", "ci_high"]].isna().all()


def test_a_village_with_one_person_of_many_is_refused_where_the_second_stage_counts() -> None:
    data = pd.DataFrame({"v": [1, 1, 2, 3, 3], "N": 9, "m": 5, "w": 2.0, "y": [1.0, 0, 1, 0, 1]})
    with pytest.raises(DesignError, match="cụm '2' chỉ có một"):
        survey_design(data, psu="v", fpc="N", fpc2="m").mean("y")
    whole_village = data.assign(m=[5, 5, 1, 5, 5])
    assert survey_design(whole_village, psu="v", fpc="N", fpc2="m").mean("y")["se"][0] > 0
    averaged = survey_design(data, psu="v", weights="w", fpc="N", fpc2="m", lonely_psu="average").mean("y")
    z = data["y"].sub(0.6).div(5)
    within = 3 / 9 * (1 - 2 / 5) * 2 * sum((part - part.mean()).pow(2).sum() for part in (z[:2], z[3:]))
    between = (1 - 3 / 9) * 3 / 2 * sum(z.groupby(data["v"]).sum() ** 2)
    assert averaged["se"][0] == pytest.approx((between + within * 3 / 2) ** 0.5, rel=1e-12)


def test_a_frame_without_rows_has_its_row_of_missing_numbers() -> None:
    table = survey_design(pd.DataFrame({"y": pd.Series([], dtype=float)})).mean("y")
    assert table["reason"].tolist() == ["no_answers"]
    assert (table["n"][0], table["df"][0]) == (0, 0)
