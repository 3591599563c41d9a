"""What does the whole process cost? CPU time and memory beside reading alone, R survey, svy and samplics."""

import csv
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from benchmarks.statistics_files import QUESTIONNAIRE, communes

PEERS = Path(__file__).parent / "peers"
READ = """
import sys
import pyarrow.parquet as pq
path, *coded = sys.argv[1:]
with pq.ParquetFile(path, read_dictionary=coded, pre_buffer=False) as file:
    for part in file.iter_batches(batch_size=250_000, use_threads=False):
        pass
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds (user and system) and peak memory of a process; ``failed`` says why there is no result.

    Of several runs ``seconds`` is the least, ``median`` the median and ``megabytes`` the most.
    """

    seconds: float
    megabytes: float
    failed: str = ""
    median: float = math.nan

    def __str__(self) -> str:
        middle = "" if math.isnan(self.median) else f" (median {self.median:.2f})"
        return self.failed or f"{self.seconds:8.2f}{middle} CPU s {self.megabytes:6.0f} MB"


def measured(command: Sequence[str], *, patience: float, times: int = 1) -> Cost:
    """Run a process and return its cost; where it runs several times, once more before, to warm caches."""
    if times == 1:
        return _once(command, patience=patience)
    costs = [_once(command, patience=patience) for _ in range(times + 1)][1:]
    seconds = [cost.seconds for cost in costs]
    failed = next((cost.failed for cost in costs if cost.failed), "")
    return Cost(min(seconds), max(cost.megabytes for cost in costs), failed, statistics.median(seconds))


def _once(command: Sequence[str], *, patience: float) -> Cost:
    # Compiled modules are kept, as on every machine where somebody works: a machine that forbids it would compile
    # all of them at every start, which costs a fifth of a second and is no part of the work.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(Path(tempfile.gettempdir()) / "sipas-benchmark" / "compiled")
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, env=environment)
        end = time.monotonic() + patience
        while True:
            done, status, usage = os.wait4(process.pid, os.WNOHANG)
            if done:
                break
            if time.monotonic() > end:
                process.kill()
                os.wait4(process.pid, 0)
                process.returncode = -9
                return Cost(math.inf, 0, f"not finished after {patience:.0f} s")
            time.sleep(0.02)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip().splitlines()
            return Cost(math.inf, 0, f"failed: {said[-1] if said else process.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def made(kind: str, rows: int) -> str:
    """Return the path of a file, made by another process: the peak of a process is never below its parent's."""
    command = [sys.executable, "-m", "benchmarks.statistics_files", kind, str(rows)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def ours(rows: int, out: Path, *, clusters: bool, kind: str = "") -> list[str]:
    """Return the command whose cost is measured."""
    design = ["--weights", "weight", *(["--psu", "village"] if clusters else [])]
    file = made(kind or ("villages" if clusters else "responses"), rows)
    options = ["--questionnaire", QUESTIONNAIRE, "--by", "unit_code", *design, "--format", "csv"]
    return [sys.executable, "-m", "analysis", "index", file, *options, "--out", str(out)]


@click.command()
@click.option("--sizes", default="10000,100000,1000000,10000000", show_default=True, help="Rows, with commas.")
@click.option("--csv-sizes", default="1000000", show_default=True, help="Rows read from CSV.")
@click.option("--peer-sizes", default="10000,100000", show_default=True, help="Rows that the others get.")
@click.option("--patience", default=600.0, show_default=True, help="Seconds until another program is stopped.")
@click.option("--times", default=3, show_default=True, help="Runs of our process; the least counts.")
@click.option("--peer-python", type=click.Path(path_type=Path), help="A Python that has svy and samplics.")
def main(
    sizes: str, *, csv_sizes: str, peer_sizes: str, patience: float, times: int, peer_python: Path | None
) -> None:
    """Measure the whole process at several sizes, and others on the same rows in the same run."""
    click.echo(f"load {' '.join(f'{load:.2f}' for load in os.getloadavg())}, {os.cpu_count()} cores")
    found: dict[int, Cost] = {}
    for rows in _numbers(sizes):
        found[rows] = _sizes(rows, times=times)
    for rows in _numbers(csv_sizes):
        with tempfile.TemporaryDirectory() as name:
            own = measured(ours(rows, Path(name) / "out", clusters=True, kind="csv"), patience=3600, times=times)
        click.echo(f"\n{rows:,} rows from CSV\n  clusters   {own}".replace(",", "."))
    for rows in _numbers(peer_sizes):
        with tempfile.TemporaryDirectory() as name:
            own = found.get(rows) or measured(
                ours(rows, Path(name) / "own", clusters=True), patience=600, times=times
            )
            _others(rows, own, folder=Path(name), patience=patience, peer_python=peer_python)
    click.echo(f"load {' '.join(f'{load:.2f}' for load in os.getloadavg())}")


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",") if part]


def _sizes(rows: int, *, times: int) -> Cost:
    click.echo(f"\n{rows:,} rows, {communes(rows):,} communes".replace(",", "."))
    costs = []
    for clusters in (True, False):
        file = made("villages" if clusters else "responses", rows)
        with tempfile.TemporaryDirectory() as name:
            own = measured(ours(rows, Path(name) / "out", clusters=clusters), patience=3600, times=times)
        coded = ["unit_code", *(["village"] if clusters else [])]
        read = measured([sys.executable, "-c", READ, file, *coded], patience=3600, times=times)
        empty = measured([sys.executable, "-c", "import pyarrow.parquet"], patience=60, times=times)
        kind = "clusters  " if clusters else "responses "
        click.echo(f"  {kind} {own}   pyarrow reading alone {read.seconds - empty.seconds:5.2f} CPU s")
        costs.append(own)
    return costs[0]


def _others(rows: int, own: Cost, *, folder: Path, patience: float, peer_python: Path | None) -> None:
    click.echo(f"\n{rows:,} rows with clusters, against others".replace(",", "."))
    subprocess.run(ours(rows, folder / "ours", clusters=True), check=True, stdout=subprocess.DEVNULL)
    source = made("scored", rows)
    for name, command in _peers(peer_python):
        result = folder / f"{name}.csv"
        cost = measured([*command, source, str(result)], patience=patience)
        click.echo(
            f"  {name:9} {cost}"
            + ("" if cost.failed else f"   {cost.seconds / own.seconds:8.1f} × ours, ")
            + ("" if cost.failed else _agreement(folder / "ours" / "index.csv", result))
        )


def _peers(peer_python: Path | None) -> list[tuple[str, list[str]]]:
    peers = []
    if rscript := shutil.which("Rscript"):
        peers.append(("R survey", [rscript, str(PEERS / "survey.R")]))
    else:
        click.echo("  R survey is not here: apt-get install r-cran-survey")
    if peer_python is not None:
        peers += [(name, [str(peer_python), str(PEERS / f"with_{name}.py")]) for name in ("svy", "samplics")]
    return peers


def _agreement(own: Path, other: Path) -> str:
    """Say how far two results are apart where both have a number that is not withheld."""
    with own.open(encoding="utf-8-sig", newline="") as file:
        mine = {(row["unit_code"], row["score"]): row for row in csv.DictReader(file)}
    worst, compared = 0.0, 0
    with other.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            shown = mine[row["unit_code"], row["score"]]
            for column in ("estimate", "se"):
                if shown[column] and row[column] not in {"", "NA", "nan"}:
                    a, b = float(shown[column]) / 100, float(row[column])
                    worst, compared = max(worst, abs(a - b) / max(abs(a), 1e-300)), compared + 1
    return f"{compared:,} numbers, largest relative difference {worst:.0e}".replace(",", ".")


if __name__ == "__main__":
    main()
