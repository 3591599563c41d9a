"""How is a tally table reconciled and scored? ``python -m analysis counts``."""

from pathlib import Path

import click

from analysis.commands.reporting import BASIS, FILE, FORMAT, LEVEL, OUT, say_cautions, step, write
from analysis.counts import counts_table, read_counts
from analysis.spreadsheet import limit_this_process
from analysis.table import Basis


@click.command()
@click.argument("file", type=FILE)
@BASIS
@LEVEL
@click.option("--guarded", is_flag=True, help="Giới hạn bộ nhớ và thời gian xử lý: dùng cho tệp do người lạ gửi.")
@FORMAT
@OUT
def counts(file: Path, *, formats: tuple[str, ...], out: Path, guarded: bool, basis: Basis, level: float) -> None:
    """Đối soát bảng tổng hợp số phiếu (CSV, Excel) và tính tỷ lệ với khoảng tin cậy."""
    if guarded:
        limit_this_process()
    with step(f"Đọc và đối soát {file.name} …"):
        table = counts_table(read_counts(file), basis=basis, level=level)
    write(table, out, formats, None)
    say_cautions(table)
