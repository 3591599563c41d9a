"""How do a survey's answers become a result folder? Snapshot, index and reports, in a heavy process."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis import periods
from analysis.index import IndexRequest, index_table
from analysis.index.unit_map_file import read_unit_map
from analysis.part import part_of
from analysis.report.writer import FORMATS, write_reports
from analysis.responses import read_responses
from analysis.table import Basis, IndexTable
from questionnaires.codebook import codebook
from questionnaires.model import Questionnaire
from survey_app.services.definitions import questionnaire_of
from survey_app.services.organisation.succession import MapLine, lines_of_survey, present_units, write_map
from survey_app.services.organisation.tree import below
from survey_app.services.snapshot import take_snapshot
from survey_app.store.models import Survey, SurveyUnit, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """What of a survey is wanted: a period or all of its time, and units with all below them or every unit.

    Numbers are those of the units that there are ``today``, old ones counted for those that continue them.
    ``finished`` is a folder with the whole's results of the same question, so that they are not computed again.
    """

    period: str | None = None
    units: tuple[str, ...] = ()
    finished: Path | None = None
    today: date = field(default_factory=periods.today)


def write_results(
    session: Session, survey_id: str, extent: Extent, *, questionnaires: Path, out: Path
) -> tuple[Path, ...]:
    """Write every report of a survey; the folder appears finished or not at all.

    The numbers of some units are cut out of those of the whole, so that an office reads what its superior reads.
    """
    survey = session.get(Survey, survey_id)
    if survey is not None and extent.finished is not None:
        questionnaire = questionnaire_of(survey, questionnaires)
        table = IndexTable.from_json((extent.finished / "index.json").read_text(encoding="utf-8"))
    else:
        table, questionnaire = _compute(session, survey_id, extent, questionnaires=questionnaires, out=out)
    if extent.units:
        table = part_of(table, below(session, *extent.units))
    return write_reports(table, out, formats=FORMATS, codebook=codebook(questionnaire))


def _compute(
    session: Session, survey_id: str, extent: Extent, *, questionnaires: Path, out: Path
) -> tuple[IndexTable, Questionnaire]:
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-answers-", dir=out.parent) as scratch:
        path, _ = take_snapshot(session, survey_id, questionnaires=questionnaires, out=Path(scratch) / "snapshot")
        survey = session.get_one(Survey, survey_id)
        questionnaire = questionnaire_of(survey, questionnaires)
        lines = lines_of_survey(session, survey_id, extent.today)
        unit_map = Path(scratch) / "unit-map.csv"
        write_map(lines, unit_map)
        request = IndexRequest(
            parent="parent_code" if _has_groups(session, survey_id, lines) else None,
            basis=cast("Basis", survey.basis),
            period=extent.period,
            unit_map=read_unit_map(unit_map) if lines else None,
        )
        responses = read_responses([path], questionnaire, named_columns=request.named_columns())
        return index_table(responses, questionnaire, request), questionnaire


def _has_groups(session: Session, survey_id: str, lines: Sequence[MapLine]) -> bool:
    """Say whether every present unit has a unit above and these are several: one alone would repeat the whole."""
    asked = session.scalars(select(SurveyUnit.unit_code).where(SurveyUnit.survey_id == survey_id)).all()
    present = {code for codes in present_units(asked, lines).values() for code in codes}
    parents = set(session.scalars(select(Unit.parent_code).where(Unit.code.in_(sorted(present)))))
    return None not in parents and len(parents) > 1
