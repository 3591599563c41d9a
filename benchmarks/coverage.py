"""Does the default interval hold the true share in 95 of 100 samples? A simulation with the functions in use."""

import time
from datetime import UTC, datetime
from pathlib import Path

import click
import numpy as np

from benchmarks.coverage_cases import FAMILIES, Family
from benchmarks.coverage_methods import DEFAULT, PUBLISHED, VARIANTS, default_interval
from benchmarks.coverage_page import Result, Run, page, summary, thousands
from benchmarks.coverage_tally import measure

REPLICATIONS = 40_000
SEED = 20261121


@click.command()
@click.option(
    "--replications",
    type=click.IntRange(min=100),
    default=REPLICATIONS,
    show_default=True,
    help="Số lần lặp của các trường hợp chính. Replications of the main cases.",
)
@click.option("--seed", type=int, default=SEED, show_default=True, help="Hạt giống ngẫu nhiên. Seed.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Ghi đầy đủ kết quả vào tệp này. Write the whole page to this file.",
)
def main(replications: int, seed: int, out: Path | None) -> None:
    """Mô phỏng mức bao phủ của khoảng tin cậy mặc định (khoảng bảy phút).

    Simulate the coverage of the default interval and of the published ones (about seven minutes).
    """
    results = tuple(_measure(family, replications=replications, seed=seed) for family in FAMILIES)
    run = Run(_made(replications, seed), results)
    click.echo("\n".join(summary(run)))
    if out is not None:
        out.write_text(page(run), encoding="utf-8")


def _measure(family: Family, *, replications: int, seed: int) -> Result:
    click.echo(f"{time.process_time():4.0f} s  {family.name} …", err=True)
    methods = {DEFAULT: default_interval, **VARIANTS, **(PUBLISHED if family.required else {})}
    effort = max(1, round(family.effort * replications))
    return Result(
        family,
        tuple(measure(s, methods, replications=effort, seed=seed) for s in family.scenarios()),
    )


def _made(replications: int, seed: int) -> str:
    day = datetime.now(tz=UTC).strftime("%d/%m/%Y")
    return (
        f"Made on {day} by `python -m benchmarks.coverage` with seed {seed} and {thousands(replications)} "
        f"replications of the main cases (numpy {np.__version__}, {time.process_time():.0f} CPU seconds)."
    )


if __name__ == "__main__":
    main()
