"""Are the number bands in labels read as people read them?"""

from math import inf

import pytest

from questionnaires.authoring.bands import band


@pytest.mark.parametrize(
    ("label", "low", "high"),
    [
        ("18 - 24", 18, 24),
        ("18–24 tuổi", 18, 24),
        ("Từ 18 đến 24 tuổi", 18, 24),
        ("18 tuổi đến 24 tuổi", 18, 24),
        ("18 to 24", 18, 24),
        ("Từ 10 đến dưới 50 người", 10, 49),
        ("Dưới 18 tuổi", -inf, 17),
        ("Under 18", -inf, 17),
        ("Đến 17 tuổi", -inf, 17),
        ("Trên 60 tuổi", 61, inf),
        ("Over 60", 61, inf),
        ("Từ 4 lần trở lên", 4, inf),
        ("02 lần trở lên", 2, inf),
        ("4 or more trips", 4, inf),
        ("60+", 60, inf),
        ("01 lần", 1, 1),
        ("1.000 - 4.999 lao động", 1000, 4999),
    ],
)
def test_a_band_has_both_its_ends(label: str, low: float, high: float) -> None:
    found = band(label)
    assert found is not None
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(
    "label", ["Khác", "Một lần", "Cấp 1 - 2", "1,5 - 2 triệu", "Rất hài lòng", "", "-", "24/7"]
)
def test_other_labels_are_no_bands(label: str) -> None:
    assert band(label) is None
