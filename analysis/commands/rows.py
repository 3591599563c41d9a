"""Which rows stand in a table that somebody sent? ``python -m analysis rows``: CSV or Excel in, JSON out."""

import json
from pathlib import Path

import click

from analysis.commands.reporting import FILE
from analysis.spreadsheet import limit_this_process, read_table


@click.command()
@click.argument("file", type=FILE)
@click.option("--guarded", is_flag=True, help="Giới hạn bộ nhớ và thời gian xử lý: dùng cho tệp do người lạ gửi.")
@click.option("--out", required=True, type=FILE, metavar="FILE", help="Tệp JSON nhận các dòng.")
def rows(file: Path, *, guarded: bool, out: Path) -> None:
    """Đọc một bảng CSV hoặc Excel và ghi các ô thành văn bản, kèm số dòng như trong tệp."""
    if guarded:
        limit_this_process()
    table = read_table(file)
    found = {
        "place": table.place,
        "sha256": table.sha256,
        "columns": table.columns,
        "rows": [(row.number, row.cells) for row in table.rows],
    }
    out.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
