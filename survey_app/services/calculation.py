"""How do a survey's answers become a result folder? Snapshot, index and reports, in a heavy process."""

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.index import IndexRequest, index_table
from analysis.report.writer import FORMATS, write_reports
from analysis.responses import read_responses
from analysis.table import Basis
from analysis.unit_map_file import read_unit_map
from questionnaires.codebook import codebook
from survey_app.services.definitions import questionnaire_of
from survey_app.services.snapshot import take_snapshot
from survey_app.services.succession import MapLine, lines_of_survey, present_units, write_map
from survey_app.store.models import Survey, SurveyUnit, Unit


def write_results(
    session: Session, survey_id: str, *, period: str | None, today: date, questionnaires: Path, out: Path
) -> tuple[Path, ...]:
    """Write every report of a survey by the units of today; the folder appears finished or not at all."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-answers-", dir=out.parent) as scratch:
        path, _ = take_snapshot(session, survey_id, questionnaires=questionnaires, out=Path(scratch) / "snapshot")
        survey = session.get_one(Survey, survey_id)
        questionnaire = questionnaire_of(survey, questionnaires)
        lines = lines_of_survey(session, survey_id, today)
        unit_map = Path(scratch) / "unit-map.csv"
        write_map(lines, unit_map)
        request = IndexRequest(
            parent="parent_code" if _has_groups(session, survey_id, lines) else None,
            basis=cast("Basis", survey.basis),
            period=period,
            unit_map=read_unit_map(unit_map) if lines else None,
        )
        responses = read_responses([path], questionnaire, named_columns=request.named_columns())
        table = index_table(responses, questionnaire, request)
    return write_reports(table, out, formats=FORMATS, codebook=codebook(questionnaire))


def _has_groups(session: Session, survey_id: str, lines: Sequence[MapLine]) -> bool:
    """Say whether every present unit has a unit above and these are several: one alone would repeat the whole."""
    asked = session.scalars(select(SurveyUnit.unit_code).where(SurveyUnit.survey_id == survey_id)).all()
    present = {code for codes in present_units(asked, lines).values() for code in codes}
    parents = set(session.scalars(select(Unit.parent_code).where(Unit.code.in_(sorted(present)))))
    return None not in parents and len(parents) > 1
