"""Which mistakes of authors are refused, and which are only pointed out? The rules, gathered by when they run."""

from collections.abc import Iterator

from questionnaires.authoring import choices, indices, privacy, structure, wording
from questionnaires.complaint import Fault
from questionnaires.model import Questionnaire


def refusals_of_questions(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Yield what is wrong with single questions; safe to ask of a questionnaire that was read with faults.

    Parameters
    ----------
    questionnaire
        As read, complete or not.

    Yields
    ------
    Fault
        Each a reason to refuse the file.
    """
    for question in questionnaire.questions():
        for rule in (*choices.QUESTION_REFUSALS, *privacy.QUESTION_REFUSALS):
            yield from rule(question)
    for question in choices.first_of_each_scale(questionnaire):
        for rule in choices.SCALE_REFUSALS:
            yield from rule(question)


def refusals_of_the_whole(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Yield what is wrong with the questionnaire as a whole: ids, conditions, index, modes.

    Parameters
    ----------
    questionnaire
        Read without faults.

    Yields
    ------
    Fault
        Each a reason to refuse the file.
    """
    for rule in (*structure.REFUSALS, *indices.REFUSALS, *privacy.REFUSALS):
        yield from rule(questionnaire)


def warnings(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Yield what an author should look at again.

    Parameters
    ----------
    questionnaire
        Read without faults and not refused.

    Yields
    ------
    Fault
        None of them a reason to refuse the file.
    """
    for rule in (*choices.WARNINGS, *privacy.WARNINGS, *wording.WARNINGS):
        yield from rule(questionnaire)
