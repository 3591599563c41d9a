"""How does somebody get answers to try the analysis on? ``python -m analysis example``."""

from pathlib import Path

import click

from analysis.commands.reporting import OUT, say, step
from analysis.example import generate
from analysis.wording import count


@click.command()
@click.option("--seed", default=2026, show_default=True, help="Cùng số thì cùng dữ liệu.")
@OUT
def example(seed: int, out: Path) -> None:
    """Tạo dữ liệu mô phỏng của một tỉnh tưởng tượng (responses.csv, responses.parquet)."""
    with step("Tạo dữ liệu mô phỏng …"):
        frame = generate(seed).frame
    out.mkdir(parents=True, exist_ok=True)
    frame.to_csv(out / "responses.csv", index=False)
    frame.to_parquet(out / "responses.parquet", index=False)
    say(f"{count(len(frame))} phiếu mô phỏng: {out / 'responses.csv'}, {out / 'responses.parquet'}")
