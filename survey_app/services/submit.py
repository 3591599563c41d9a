"""How is a form kept exactly once, and so that nobody can tell whose it was? In one transaction."""

import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from questionnaires.answers import AnswerProblem, CheckedAnswers, check_answers
from questionnaires.model import Mode, Questionnaire
from survey_app.services.surveys import Place
from survey_app.store.models import Comment, Response, Submission
from survey_app.store.once import store_once


class AnswersRefused(ValueError):
    """Some answers are none of those that can be given; ``problems`` says which and why."""

    def __init__(self, problems: tuple[AnswerProblem, ...]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


class NothingAnswered(ValueError):
    """Not one question was answered."""


class FormAlreadyUsed(ValueError):
    """A form with this id was received before, with other answers; the first is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """How a form was answered: all that is kept beside its answers."""

    mode: Mode
    language: str
    window: str


def check(questionnaire: Questionnaire, submitted: Mapping[str, Sequence[str]]) -> CheckedAnswers:
    """Return what was answered; raise AnswersRefused or NothingAnswered."""
    checked = check_answers(questionnaire, submitted)
    if checked.problems:
        raise AnswersRefused(checked.problems)
    if not checked.answers and not checked.texts:
        raise NothingAnswered
    return checked


def submit(
    session: Session, place: Place, checked: CheckedAnswers, *, how: Circumstances, form_id: str, pepper: str
) -> bool:
    """Keep a form; say whether it was new, raise FormAlreadyUsed where its id came with other answers before.

    The caller commits. Every row gets a random id of its own, so that answers, comments and the note that the form
    was received have nothing in common.
    """
    key = hmac.digest(pepper.encode(), b"form " + form_id.encode(), "sha256").hex()
    fingerprint = hmac.digest(form_id.encode(), _canonical(place, checked), "sha256").hex()
    if not store_once(session, Submission, key=key, fingerprint=fingerprint):
        known = session.get_one(Submission, key)
        if not hmac.compare_digest(known.fingerprint, fingerprint):
            raise FormAlreadyUsed
        return False
    where = {"survey_id": place.survey.id, "unit_code": place.unit.code, "window": how.window}
    session.add(
        Response(id=random_id(), mode=how.mode, language=how.language, answers=dict(checked.answers), **where)
    )
    session.add_all(
        Comment(id=random_id(), question_id=question, text=text, **where)
        for question, text in checked.texts.items()
    )
    session.flush()
    return True


def random_id() -> str:
    """Return 128 random bits as 32 characters."""
    return secrets.token_hex(16)


def _canonical(place: Place, checked: CheckedAnswers) -> bytes:
    """Return the same bytes for the same answers, in whatever order and language they were sent."""
    body = [place.survey.id, place.unit.code, sorted(checked.answers.items()), sorted(checked.texts.items())]
    return json.dumps(body, ensure_ascii=False).encode()
