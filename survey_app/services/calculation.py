"""How do a survey's answers become a result folder? Snapshot, index and reports, in a heavy process."""

import tempfile
from pathlib import Path
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.index import IndexRequest, index_table
from analysis.report.writer import FORMATS, write_reports
from analysis.responses import read_responses
from analysis.table import Basis
from questionnaires.codebook import codebook
from survey_app.services.definitions import questionnaire_of
from survey_app.services.snapshot import take_snapshot
from survey_app.store.models import Survey, SurveyUnit, Unit


def write_results(
    session: Session, survey_id: str, *, period: str | None, questionnaires: Path, out: Path
) -> tuple[Path, ...]:
    """Write every report of a survey; the folder appears finished or not at all."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-answers-", dir=out.parent) as scratch:
        path, _ = take_snapshot(session, survey_id, questionnaires=questionnaires, out=Path(scratch) / "snapshot")
        survey = session.get_one(Survey, survey_id)
        questionnaire = questionnaire_of(survey, questionnaires)
        request = IndexRequest(
            parent="parent_code" if _has_groups(session, survey_id) else None,
            basis=cast("Basis", survey.basis),
            period=period,
        )
        responses = read_responses([path], questionnaire, named_columns=request.named_columns())
        table = index_table(responses, questionnaire, request)
    return write_reports(table, out, formats=FORMATS, codebook=codebook(questionnaire))


def _has_groups(session: Session, survey_id: str) -> bool:
    """Say whether every unit has a unit above and these are several: one alone would repeat the whole."""
    query = (
        select(func.count(), func.count(Unit.parent_code), func.count(func.distinct(Unit.parent_code)))
        .join(SurveyUnit, SurveyUnit.unit_code == Unit.code)
        .where(SurveyUnit.survey_id == survey_id)
    )
    units, with_parent, parents = session.execute(query).one()
    return bool(units == with_parent and parents > 1)
