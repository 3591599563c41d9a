"""Which questionnaire does a survey ask, word for word? The very file that it was set up with."""

from pathlib import Path

from questionnaires import library
from questionnaires.model import Questionnaire
from survey_app.store.models import Survey

# What was read once under its hash stays the right one, whatever becomes of the file.
_by_hash: dict[str, Questionnaire] = {}


class QuestionnaireChanged(RuntimeError):
    """The file of a questionnaire is no longer the one that the survey was set up with."""

    def __init__(self, survey: Survey, found: str) -> None:
        super().__init__(
            f"Đợt khảo sát “{survey.id}”: cần mẫu phiếu “{survey.questionnaire_id}” bản "
            f"{survey.questionnaire_hash[:12]}…, nhưng tệp hiện có là bản {found[:12]}…. "
            "Khôi phục tệp cũ, hoặc mở đợt khảo sát mới với mẫu phiếu mới."
        )


def questionnaire_of(survey: Survey, folder: Path | None) -> Questionnaire:
    """Return the questionnaire of a survey; raise QuestionnaireChanged where its file was touched since."""
    known = _by_hash.get(survey.questionnaire_hash)
    if known is not None and known.id == survey.questionnaire_id:
        return known
    questionnaire = library.load(survey.questionnaire_id, folder)
    if questionnaire.hash != survey.questionnaire_hash:
        raise QuestionnaireChanged(survey, questionnaire.hash)
    _by_hash[questionnaire.hash] = questionnaire
    return questionnaire
