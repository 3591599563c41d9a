"""How do responses leave the database? As one Parquet file a survey, in the form that ``analysis`` reads."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from questionnaires.model import Kind, Questionnaire
from survey_app.store.engine import let_take_long
from survey_app.store.models import Response, Survey, Unit

ROWS_A_GROUP = 20_000
_COLUMNS = (
    "response_id",
    "survey",
    "unit_code",
    "unit_name",
    "parent_code",
    "parent_name",
    "mode",
    "language",
    "window",
    "simulated",
)
SIMULATED = "DỮ LIỆU MÔ PHỎNG"
"""The mark that imaginary answers carry in every row, so that no later table can lose it."""


def write_responses(
    session: Session, survey_id: str, *, questionnaire: Questionnaire, notes: Mapping[str, str], path: Path
) -> int:
    """Write the responses of a survey and return how many there are; ``notes`` go into the file's metadata.

    The rows stand in the order of their ids. Ids are random, so the order says nothing about time, and the same
    responses always give the same file. Comments are not among them.
    """
    let_take_long(session.connection())
    items = [question.id for question in questionnaire.questions() if question.kind is not Kind.TEXT]
    schema = pa.schema([(name, pa.string()) for name in (*_COLUMNS, *items)], metadata=dict(notes))
    parent = aliased(Unit)
    query = (
        select(Response, Unit.name, Unit.parent_code, parent.name, Survey.simulated)
        .join(Survey, Survey.id == Response.survey_id)
        .join(Unit, Unit.code == Response.unit_code)
        .outerjoin(parent, parent.code == Unit.parent_code)
        .where(Response.survey_id == survey_id)
        .order_by(Response.id)
        .execution_options(yield_per=ROWS_A_GROUP)
    )
    written = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as file:
        for rows in session.execute(query).partitions():
            file.write_table(_table(rows, items, schema))
            written += len(rows)
            session.expunge_all()
    return written


def _table(rows: Sequence[Any], items: Sequence[str], schema: pa.Schema) -> pa.Table:
    columns = {
        "response_id": [r.id for r, *_ in rows],
        "survey": [r.survey_id for r, *_ in rows],
        "unit_code": [r.unit_code for r, *_ in rows],
        "unit_name": [name for _, name, *_ in rows],
        "parent_code": [code for _, _, code, *_ in rows],
        "parent_name": [name for _, _, _, name, _ in rows],
        "mode": [r.mode for r, *_ in rows],
        "language": [r.language for r, *_ in rows],
        "window": [r.window for r, *_ in rows],
        "simulated": [SIMULATED if imaginary else None for *_, imaginary in rows],
        **{item: [r.answers.get(item) for r, *_ in rows] for item in items},
    }
    return pa.table(columns, schema=schema)
