"""What does each stored code mean? One row a choice, taken from the questionnaire and written nowhere else."""

from collections.abc import Iterator
from dataclasses import dataclass

from questionnaires.model import Choice, Question, Questionnaire, Section


@dataclass(frozen=True, slots=True, kw_only=True)
class CodebookRow:
    """One choice of one question; a number or a text has one row without a value."""

    question_id: str
    section: str
    kind: str
    text_vi: str
    text_en: str
    value: str
    label_vi: str
    label_en: str
    score: float | None
    in_index: bool
    status: str
    bank_code: str


def codebook(questionnaire: Questionnaire) -> tuple[CodebookRow, ...]:
    """Return the meaning of every code of a questionnaire.

    Parameters
    ----------
    questionnaire
        Any loaded questionnaire.

    Returns
    -------
    tuple of CodebookRow
        In the order asked, the declared answer outside the scale (99) last of its question. ``section`` is the
        section's id; ``score`` is None and ``bank_code`` blank where there is none.
    """
    return tuple(
        _row(questionnaire, section, question, choice)
        for section in questionnaire.sections
        for question in section.questions
        for choice in _answers_of(question)
    )


def _answers_of(question: Question) -> Iterator[Choice | None]:
    if not question.choices:
        yield None
    yield from question.every_choice()


def _row(questionnaire: Questionnaire, section: Section, question: Question, choice: Choice | None) -> CodebookRow:
    return CodebookRow(
        question_id=question.id,
        section=section.id,
        kind=question.kind.value,
        text_vi=question.text.vi,
        text_en=question.text.en,
        value="" if choice is None else choice.value,
        label_vi="" if choice is None else choice.label.vi,
        label_en="" if choice is None else choice.label.en,
        score=None if choice is None else choice.score,
        in_index=question.id in questionnaire.index.items,
        status=question.status,
        bank_code=question.bank_code or "",
    )
