"""Claims about ``python -m analysis``: files in, reports out, bad input refused and nothing written."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from analysis.__main__ import main
from questionnaires.library import load
from tests.analysis.builders import write_csv

ROOT = Path(__file__).parents[2]
ITEMS: dict[str, object] = dict.fromkeys(load("sipas-2024").index.items, 4)
REAL_COUNTS = ROOT / "tests/analysis/counts/real_counts.csv"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    assert run("example", "--out", folder).exit_code == 0
    return folder


def design(example: Path) -> list[object]:
    return [
        example / "responses.csv",
        *("--questionnaire", "sipas-2024", "--parent", "parent_code", "--basis", "probability"),
        *("--strata", "region", "--psu", "village_code", "--weights", "weight"),
    ]


def test_a_file_of_responses_becomes_every_report_in_one_process(example: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "analysis", "index", *map(str, design(example)), "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in out.iterdir()) == [
        "chart-overall.png",
        "chart-overall.svg",
        "datapackage.json",
        "index.csv",
        "index.docx",
        "index.json",
        "index.xlsx",
    ]
    assert "n = " in done.stdout
    assert "dưới 5 phiếu, không công bố: Đặc khu Hòn Mây" in done.stdout
    table = pd.read_csv(out / "index.csv", dtype={"unit_code": str}, encoding="utf-8-sig")
    whole = table[(table["unit_code"] == "ALL") & (table["score"] == "overall")].iloc[0]
    assert 80 < whole["ci_low"] < whole["estimate"] < whole["ci_high"] < 95
    assert json.loads((out / "index.json").read_text(encoding="utf-8"))["simulated"] is True


def test_csv_and_parquet_give_the_same_table(example: Path, tmp_path: Path) -> None:
    for kind in ("csv", "parquet"):
        files = [example / f"responses.{kind}", *design(example)[1:]]
        done = run("index", *files, "--format", "csv", "--out", tmp_path / kind)
        assert done.exit_code == 0, done.output
    assert (tmp_path / "csv/index.csv").read_bytes() == (tmp_path / "parquet/index.csv").read_bytes()


def test_only_the_formats_asked_for_are_written(example: Path, tmp_path: Path) -> None:
    done = run("index", *design(example), "--format", "csv,json", "--out", tmp_path)
    assert done.exit_code == 0, done.output
    assert sorted(p.name for p in tmp_path.iterdir()) == ["datapackage.json", "index.csv", "index.json"]


def test_published_counts_are_scored_and_reconciled(tmp_path: Path) -> None:
    done = run("counts", REAL_COUNTS, "--format", "csv", "--out", tmp_path)
    assert done.exit_code == 0, done.output
    table = pd.read_csv(tmp_path / "index.csv", encoding="utf-8-sig").round(2)
    numbers = {
        row.score: (row.estimate, row.ci_low, row.ci_high)
        for row in table.itertuples()
        if row.status != "suppressed"
    }
    assert numbers["Mức độ hài lòng"] == (83.87, 67.37, 92.91)
    assert numbers["Thái độ phục vụ, hướng dẫn"] == (97.53, 97.02, 97.96)
    assert numbers["Thái độ tiếp nhận, trả kết quả"] == (97.70, 97.20, 98.11)
    assert "4.350" in done.output
    assert "thiếu 10" in done.output
    assert "47,04" in done.output


@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        ([{"unit_code": "u", "A1": 9}], [], "dòng 2"),
        ([{"unit_code": "u", "A99": 4}], [], "A99"),
        ([{"unit_code": "u", "w": 0}], ["--weights", "w"], "lớn hơn 0"),
        ([{"unit_code": "u", "w": ""}], ["--weights", "w"], "ô trống"),
        ([{"unit_code": "u"}], ["--psu", "village"], "--psu village"),
        ([{"unit_code": "u"}], ["--by", "commune"], "commune"),
        ([{"unit_code": "u"}], ["--period", "quý 3"], "2026-Q3"),
        ([{"unit_code": "u"}], ["--questionnaire", "sipas-1999"], "sipas-2024"),
        ([{"response_id": "1", "unit_code": "u"}, {"response_id": "1", "unit_code": "u"}], [], "lặp lại"),
    ],
)
def test_bad_input_is_refused_with_status_2_and_nothing_is_written(
    tmp_path: Path, rows: list[dict[str, object]], options: list[str], said: str
) -> None:
    path = write_csv(tmp_path / "r.csv", [{**ITEMS, **row} for row in rows])
    out = tmp_path / "out"
    done = run("index", path, "--questionnaire", "sipas-2024", "--format", "csv", *options, "--out", out)
    assert done.exit_code == 2, done.output
    assert said in done.stderr
    assert "Cách xử lý:" in done.stderr
    assert not out.exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["r.csv"]


def test_the_same_file_without_the_fault_is_accepted(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "r.csv", [{**ITEMS, "unit_code": "u", "w": 2}, {**ITEMS, "unit_code": "u", "w": 1}]
    )
    options = ["--questionnaire", "sipas-2024", "--format", "csv", "--weights", "w", "--out", tmp_path / "out"]
    assert run("index", path, *options).exit_code == 0


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    done = run("counts", REAL_COUNTS, "--format", "pdf", "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "xlsx" in done.stderr
    assert not (tmp_path / "out").exists()


def test_old_units_are_counted_for_those_that_continue_them_and_the_screen_says_so(
    example: Path, tmp_path: Path
) -> None:
    unit_map = tmp_path / "map.csv"
    unit_map.write_text(
        "old_code,new_code,new_name,effective_date\n99001,99002,Phường Chợ Mây,01/07/2025\n", encoding="utf-8"
    )
    done = run("index", *design(example), "--unit-map", unit_map, "--format", "csv", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "có số liệu của đơn vị trước sắp xếp ngày 01/07/2025: " in done.output
    run("index", *design(example), "--format", "csv", "--out", tmp_path / "apart")
    table, apart = (
        pd.read_csv(tmp_path / name / "index.csv", dtype={"unit_code": str}, encoding="utf-8-sig")
        for name in ("out", "apart")
    )
    both = apart[apart["unit_code"].isin(["99001", "99002"]) & (apart["score"] == "overall")]["n_responses"].sum()
    assert "99001" not in set(table["unit_code"])
    merged = table[(table["unit_code"] == "99002") & (table["score"] == "overall")].iloc[0]
    assert (merged["n_responses"], merged["status"], merged["reason"]) == (both, "flagged", "successor@2025-07-01")
