"""Claims about whole processes: the same table on one thread and on two, and no waiting for pandas."""

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from questionnaires.library import load
from tests.analysis.stream.samples import comma, parquet

ROOT = Path(__file__).parents[3]
SCORE = """
import sys
import pyarrow as pa
from analysis.__main__ import main
pa.set_cpu_count(int(sys.argv[1]))
pa.set_io_thread_count(int(sys.argv[1]))
main(sys.argv[2:], standalone_mode=False)
print("pandas" in sys.modules)
"""


def responses(n: int = 4000) -> pa.Table:
    units = pa.array([f"u{k % 37}" for k in range(n)])
    villages = pa.array([f"v{k % 37}-{k % 5}" for k in range(n)])
    items = load("sipas-2017").index.items
    answers = {
        item: pa.array(
            [None if (k + i) % 29 == 0 else 1 + (k * (i + 3) + k // 7) % 5 for k in range(n)], pa.int8()
        )
        for i, item in enumerate(items)
    }
    weights = pa.array([1 + (k % 11) / 7 for k in range(n)])
    ids = pa.array([f"{k:09}" for k in range(n)])
    return pa.table({"response_id": ids, "unit_code": units, "village": villages, "weight": weights, **answers})


def scored(file: Path, out: Path, *, threads: int, clusters: bool = True) -> subprocess.CompletedProcess[str]:
    design = ["--weights", "weight", *(["--psu", "village"] if clusters else [])]
    command = ["index", str(file), "--questionnaire", "sipas-2017", *design, "--format", "csv", "--out", str(out)]
    return subprocess.run(
        [sys.executable, "-c", SCORE, str(threads), *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin", "OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)},
    )


@pytest.mark.parametrize("clusters", [True, False])
@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_results_are_independent_of_the_number_of_threads(tmp_path: Path, kind: str, *, clusters: bool) -> None:
    file = tmp_path / f"responses.{kind}"
    table = responses() if clusters else responses().drop_columns(["village"])
    if kind == "csv":
        comma(file, table)
    else:
        parquet(file, table, rows=900)
    for threads in (1, 2):
        scored(file, tmp_path / str(threads), threads=threads, clusters=clusters)
    one, two = ((tmp_path / name / "index.csv").read_bytes() for name in ("1", "2"))
    assert one == two
    assert one.count(b"\n") == 1 + 38 * 28


def test_a_csv_and_a_parquet_of_the_same_rows_give_the_same_table(tmp_path: Path) -> None:
    table = responses()
    scored(comma(tmp_path / "responses.csv", table), tmp_path / "a", threads=1)
    scored(parquet(tmp_path / "responses.parquet", table), tmp_path / "b", threads=1)
    assert (tmp_path / "a/index.csv").read_bytes() == (tmp_path / "b/index.csv").read_bytes()


def test_scoring_does_not_wait_for_pandas(tmp_path: Path) -> None:
    done = scored(parquet(tmp_path / "responses.parquet", responses()), tmp_path / "out", threads=1)
    assert done.stdout.splitlines()[-1] == "False"


def test_a_data_frame_can_still_be_had_where_a_file_is_refused() -> None:
    code = """
import sys
import pyarrow as pa
from analysis.stream.pandas_free import spare_pandas
spare_pandas()
table = pa.table({"a": pa.array([1, None, 3])})
assert "pandas" not in sys.modules
print(len(table.to_pandas()), pa.Table.from_pandas(table.to_pandas()).num_rows)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["3", "3"]
