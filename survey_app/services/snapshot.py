"""What exactly was analysed? A copy of a survey's responses as a file, with what it takes to recognise it."""

import json
import shutil
import tempfile
from collections.abc import Sequence
from hashlib import file_digest
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.services.definitions import questionnaire_of
from survey_app.services.surveys import UnknownSurvey
from survey_app.store.frames import write_responses
from survey_app.store.models import Survey


def take_snapshot(session: Session, survey_id: str | None, *, questionnaires: Path, out: Path) -> list[Path]:
    """Write one Parquet file and one manifest for a survey, or for each; a folder is never left half written."""
    surveys = surveys_named(session, survey_id)
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        for survey in surveys:
            _write(session, survey, questionnaires=questionnaires, folder=unfinished)
        return _publish(unfinished, out)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def surveys_named(session: Session, survey_id: str | None) -> Sequence[Survey]:
    """Return the survey of this id, or each where none is named; raise UnknownSurvey."""
    if survey_id is None:
        return session.scalars(select(Survey).order_by(Survey.id)).all()
    survey = session.get(Survey, survey_id)
    if survey is None:
        known = ", ".join(session.scalars(select(Survey.id).order_by(Survey.id))) or "chưa có đợt nào"
        raise UnknownSurvey(f"Không có đợt khảo sát “{survey_id}”. Các đợt hiện có: {known}.")
    return [survey]


def _write(session: Session, survey: Survey, *, questionnaires: Path, folder: Path) -> None:
    questionnaire = questionnaire_of(survey, questionnaires)
    notes = {
        "survey": survey.id,
        "questionnaire": questionnaire.id,
        "questionnaire_hash": questionnaire.hash,
        "basis": survey.basis,
        "simulated": "true" if survey.simulated else "false",
    }
    path = folder / f"{survey.id}.parquet"
    rows = write_responses(session, survey.id, questionnaire=questionnaire, notes=notes, path=path)
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    manifest = {
        "file": path.name,
        "rows": rows,
        "sha256": digest,
        **notes,
        "simulated": survey.simulated,
        "title_vi": survey.title_vi,
        "title_en": survey.title_en,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    (folder / f"{survey.id}.manifest.json").write_text(text, encoding="utf-8")


def _publish(finished: Path, out: Path) -> list[Path]:
    """Move the files to where they are expected, each in one step, the manifest after the file it names."""
    out.mkdir(exist_ok=True)
    names = sorted((path.name for path in finished.iterdir()), key=lambda name: (name.endswith(".json"), name))
    return [(finished / name).replace(out / name) for name in names]
