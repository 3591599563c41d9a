"""Which answers does a questionnaire accept? The one checker for form, kiosk, files and interfaces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from questionnaires.kinds import HANDLERS
from questionnaires.kinds.handler import JOIN
from questionnaires.model import Condition, Kind, Question, Questionnaire, Text
from questionnaires.text import clean

_UNKNOWN_QUESTION = Text(
    "Phiếu này không có câu hỏi mang mã này. Xin tải lại phiếu rồi gửi lại.",
    "This form has no question with this id. Please reload the form and send it again.",
)
_LONGEST_ID_SHOWN = 40


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """Why one answer was not accepted, in words for the person who gave it."""

    question_id: str
    message: Text


@dataclass(frozen=True, slots=True)
class CheckedAnswers:
    """What may be stored: codes and free texts by question id, and the problems that forbid storing.

    A question without an answer is in neither.
    """

    answers: dict[str, str]
    texts: dict[str, str]
    problems: tuple[AnswerProblem, ...]

    def nothing_answered(self) -> bool:
        """Return whether not one question has an accepted answer."""
        return not self.answers and not self.texts


def check_answers(questionnaire: Questionnaire, submitted: Mapping[str, Sequence[str]]) -> CheckedAnswers:
    """Return the answers in the form in which they are stored.

    Parameters
    ----------
    questionnaire
        What was asked.
    submitted
        Values by question id, as a form sends them: one for each ticked box. A multiple choice may also come as
        one stored answer ("loa;zalo"), a number with a decimal comma. Blank values are missing answers.

    Returns
    -------
    CheckedAnswers
        Only accepted answers; with problems nothing of it should be stored. Answers to questions that were not
        asked (``show_if``) are left out without a problem. Checking accepted answers again gives the same.
    """
    answers: dict[str, str] = {}
    texts: dict[str, str] = {}
    problems: list[AnswerProblem] = []
    for question in questionnaire.questions():
        values = _given(submitted.get(question.id, ()))
        if not values or not _is_asked(question.show_if, answers):
            continue
        checked = HANDLERS[question.kind].check(question, values)
        if isinstance(checked, Text):
            problems.append(AnswerProblem(question.id, checked))
        else:
            (texts if question.kind is Kind.TEXT else answers)[question.id] = checked
    return CheckedAnswers(answers, texts, (*problems, *_unknown(questionnaire, submitted)))


def check_code(question: Question, code: str) -> AnswerProblem | None:
    """Return what is wrong with one stored code, as it stands in a file.

    Parameters
    ----------
    question
        The question that the code answers.
    code
        "4", "loa;zalo" or "3.5"; blank is a missing answer and never wrong.

    Returns
    -------
    AnswerProblem or None
        None where the question accepts the code.
    """
    values = _given((code,))
    checked = HANDLERS[question.kind].check(question, values) if values else ""
    return AnswerProblem(question.id, checked) if isinstance(checked, Text) else None


def is_valid_form(questionnaire: Questionnaire, answers: Mapping[str, str]) -> bool:
    """Return whether enough items of the index are answered for a valid form (phiếu hợp lệ).

    Parameters
    ----------
    questionnaire
        ``valid_share`` says how large a share of its index items must be answered.
    answers
        Accepted codes by question id. A declared answer outside the scale counts as answered; blank does not.

    Returns
    -------
    bool
        True where at least ``valid_share`` of the items are answered.
    """
    items = questionnaire.index.items
    answered = sum(1 for item in items if answers.get(item, "").strip())
    # through the decimal text, so that 0.55 of 20 items is 11 and not a hair more
    return answered >= Fraction(str(questionnaire.valid_share)) * len(items)


def _given(values: Sequence[str]) -> tuple[str, ...]:
    """Return the cleaned values that are not blank, each once."""
    one_by_one = (values,) if isinstance(values, str) else values
    return tuple(dict.fromkeys(value for value in map(clean, one_by_one) if value))


def _is_asked(condition: Condition | None, answers: Mapping[str, str]) -> bool:
    if condition is None:
        return True
    given = answers.get(condition.item, "").split(JOIN)
    return any(value in condition.values for value in given)


def _unknown(questionnaire: Questionnaire, submitted: Mapping[str, Sequence[str]]) -> list[AnswerProblem]:
    known = {question.id for question in questionnaire.questions()}
    return [
        AnswerProblem(clean(name)[:_LONGEST_ID_SHOWN], _UNKNOWN_QUESTION)
        for name in submitted
        if name not in known
    ]
