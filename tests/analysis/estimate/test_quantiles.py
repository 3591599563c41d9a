"""Claims about quantiles: scipy's to the last digits, without loading it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import special

from analysis.estimate.quantiles import ndtri, stdtrit

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("share", [0.5, 0.75, 0.9, 0.95, 0.975, 0.995])
def test_quantiles_equal_those_of_scipy(share: float) -> None:
    df = np.concatenate([np.arange(4.0, 400.0), np.linspace(8, 90, 777), [1e3, 3e4, 1e6, 1e9]])
    assert stdtrit(df, share) == pytest.approx(special.stdtrit(df, share), rel=1e-12)
    assert ndtri(share) == pytest.approx(special.ndtri(share), rel=1e-14)


@pytest.mark.parametrize(("df", "share"), [(1.0, 0.975), (3.5, 0.9), (8.0, 0.9995), (8.0, 0.2)])
def test_far_tails_and_few_degrees_are_asked_of_scipy(df: float, share: float) -> None:
    assert stdtrit(np.array([df, 20.0]), share) == pytest.approx(
        special.stdtrit(np.array([df, 20.0]), share), rel=1e-14
    )


def test_missing_degrees_stay_missing_and_the_shape_is_kept() -> None:
    found = stdtrit(np.array([[8.0, np.nan], [9.0, 8.0]]), 0.975)
    assert np.isnan(found).tolist() == [[False, True], [False, False]]
    assert found[0, 0] == found[1, 1]


def test_scoring_a_file_loads_neither_pandas_nor_scipy_nor_rich_nor_a_report_writer() -> None:
    heavy = {"pandas", "scipy", "rich", "docx", "xlsxwriter", "matplotlib"}
    code = f"import sys, analysis.commands.index; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
