"""Which tables of counts do the tests send? Rows with everything filled in that a test does not care about."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from analysis.counts import CountSheet, read_counts

REAL = Path(__file__).with_name("real_counts.csv")

COLUMNS = ("source", "unit_code", "unit", "period", "issued", "returned", "item", "level", "score", "count")
ROW: Mapping[str, object] = {"source": "Khảo sát", "unit": "Xã A", "period": "2026-Q1", "item": "Thái độ"}


def levels(*counts: object, **columns: object) -> list[dict[str, object]]:
    """Return one item with the given counts: satisfied, neutral, dissatisfied, and whatever columns are named."""
    names = ("Hài lòng", "Bình thường", "Không hài lòng", "Mức 4", "Mức 5")
    return [
        {**ROW, "level": name, "score": int(i == 0), "count": number, **columns}
        for i, (name, number) in enumerate(zip(names, counts, strict=False))
    ]


def write(path: Path, rows: Iterable[Mapping[str, object]]) -> Path:
    """Write the rows as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, (*COLUMNS, "printed_percent"))
        writer.writeheader()
        writer.writerows(rows)
    return path


def sheet(folder: Path, rows: Iterable[Mapping[str, object]]) -> CountSheet:
    """Write the rows and read them back."""
    return read_counts(write(folder / "bang.csv", rows))
