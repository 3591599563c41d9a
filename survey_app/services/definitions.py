"""Which questionnaire does a survey ask, word for word as when it was set up?"""

from pathlib import Path

from questionnaires import library
from questionnaires.model import Questionnaire
from survey_app.store.models import Survey


class QuestionnaireChanged(RuntimeError):
    """The file of a questionnaire is no longer the one that the survey was set up with."""

    def __init__(self, survey: Survey, found: str) -> None:
        super().__init__(
            f"Đợt khảo sát “{survey.id}” dùng mẫu phiếu “{survey.questionnaire_id}” bản {survey.questionnaire_hash[:12]}…, "
            f"nhưng tệp hiện có là bản {found[:12]}…. Khôi phục tệp cũ, hoặc mở đợt khảo sát mới với mẫu phiếu mới."
        )


def questionnaire_of(survey: Survey, folder: Path | None) -> Questionnaire:
    """Return the questionnaire of a survey; raise QuestionnaireChanged where its file was touched since."""
    questionnaire = library.load(survey.questionnaire_id, folder)
    if questionnaire.hash != survey.questionnaire_hash:
        raise QuestionnaireChanged(survey, questionnaire.hash)
    return questionnaire
