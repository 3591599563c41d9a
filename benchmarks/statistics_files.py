"""What are the statistics measured on? Seeded files of a country: communes, villages, rows in random order."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet as pq

from questionnaires.library import load

QUESTIONNAIRE = "sipas-2017"
ROWS_A_COMMUNE = 301
VILLAGES_A_COMMUNE = 9
MOST_COMMUNES = 3321
MISSING = 0.03
_ROWS_AT_ONCE = 1_000_000
_SEED = 20261121


def folder() -> Path:
    """Return where the files wait for the next run."""
    path = Path(tempfile.gettempdir()) / "sipas-benchmark"
    path.mkdir(exist_ok=True)
    return path


def communes(rows: int) -> int:
    return min(max(rows // ROWS_A_COMMUNE, 1), MOST_COMMUNES)


def response_file(rows: int, *, clusters: bool) -> Path:
    """Return a Parquet file of responses, made once; without clusters it has no column of villages."""
    path = folder() / f"{'villages' if clusters else 'responses'}-{rows}.parquet"
    if not path.exists():
        part, writer = path.with_suffix(".part"), None
        for table in _tables(rows):
            shown = table if clusters else table.drop_columns(["village"])
            writer = writer or pq.ParquetWriter(part, shown.schema, compression="zstd")
            writer.write_table(shown, row_group_size=250_000)
        assert writer is not None
        writer.close()
        part.replace(path)
    return path


def response_csv(rows: int) -> Path:
    """Return the responses with villages as a CSV."""
    path = folder() / f"villages-{rows}.csv"
    if not path.exists():
        part, source = path.with_suffix(".part"), response_file(rows, clusters=True)
        with pq.ParquetFile(source) as file, pyarrow.csv.CSVWriter(part, file.schema_arrow) as writer:
            for batch in file.iter_batches():
                writer.write_batch(batch)
        part.replace(path)
    return path


def scored_csv(rows: int) -> Path:
    """Return the same responses as a CSV of satisfied (1), not satisfied (0) and missing, for other programs."""
    path = folder() / f"scored-{rows}.csv"
    if not path.exists():
        table = pq.read_table(response_file(rows, clusters=True)).drop_columns(["response_id"])
        for item in load(QUESTIONNAIRE).index.items:
            satisfied = pa.compute.greater_equal(table[item], 4).cast(pa.int8())
            table = table.set_column(table.column_names.index(item), item, satisfied)
        pyarrow.csv.write_csv(table, path)
    return path


def _tables(rows: int) -> Iterator[pa.Table]:
    rng = np.random.default_rng(_SEED)
    n_communes = communes(rows)
    n_villages = n_communes * VILLAGES_A_COMMUNE
    commune_of = rng.permutation(np.repeat(np.arange(n_communes), VILLAGES_A_COMMUNE))
    effect, weight = rng.normal(0, 0.5, n_villages), np.round(rng.uniform(1, 5, n_villages), 3)
    units = np.array([f"{unit:05}" for unit in range(n_communes)])
    villages = np.array([f"v{village:06}" for village in range(n_villages)])
    for start in range(0, rows, _ROWS_AT_ONCE):
        n = min(_ROWS_AT_ONCE, rows - start)
        village = rng.integers(0, n_villages, n)
        person = effect[village] + rng.normal(0, 0.8, n)
        columns: dict[str, pa.Array] = {
            "response_id": pa.array([f"{number:032x}" for number in range(start, start + n)]),
            "unit_code": pa.array(units[commune_of[village]]),
            "village": pa.array(villages[village]),
            "weight": pa.array(weight[village]),
        }
        for item in load(QUESTIONNAIRE).index.items:
            answer = np.clip(np.round(3.9 + person + rng.normal(0, 0.5, n)), 1, 5).astype(np.int8)
            columns[item] = pa.array(answer, mask=rng.random(n) < MISSING)
        yield pa.table(columns)


if __name__ == "__main__":
    kind, size = sys.argv[1:]
    csvs = {"scored": scored_csv, "csv": response_csv}
    print(csvs[kind](int(size)) if kind in csvs else response_file(int(size), clusters=kind == "villages"))
