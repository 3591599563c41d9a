"""What is each response worth, row by row? A second way to the sums that are streamed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.index.scores import score_plan
from analysis.responses import Responses
from analysis.table import Score
from questionnaires.model import Question, Questionnaire, Rule

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ScoreSet:
    """``values`` and ``answered`` are responses × scores, both 0 for a form that is not valid."""

    scores: tuple[Score, ...]
    values: Floats
    answered: Floats
    valid: npt.NDArray[np.bool_]
    single_item: npt.NDArray[np.bool_]


def score_set(responses: Responses, asked: Questionnaire) -> ScoreSet:
    """Score every response on every item, factor and the index."""
    items = asked.index_items()
    columns = [responses.items[item.id] for item in items]
    worth = [
        column.lookup([value_of(item, code, asked) for code in column.stored])
        for column, item in zip(columns, items, strict=True)
    ]
    values = np.column_stack(worth)
    valid = np.column_stack([column.codes >= 0 for column in columns]).mean(axis=1) >= asked.valid_share
    counted = (~np.isnan(values) & valid[:, None]).astype(float)
    scores = score_plan(asked).scores
    factor_of = {question.id: section.id for section in asked.sections for question in section.questions}
    members = np.array(
        [[float(score.id in {item.id, factor_of[item.id], "overall"}) for score in scores] for item in items]
    )
    worth_of_row = np.where(counted > 0, values, 0.0) @ members
    return ScoreSet(scores, worth_of_row, counted @ members, valid, members.sum(axis=0) == 1)


def value_of(item: Question, code: str, asked: Questionnaire) -> float:
    """Return an answer's value on [0, 1], NaN where it has none."""
    score = next(choice.score for choice in item.every_choice() if choice.value == code)
    if score is None:
        return float("nan")
    if asked.index.rule is Rule.SHARE:
        return float(score >= (asked.index.satisfied_from or 0))
    known = [choice.score for choice in item.choices if choice.score is not None]
    return (score - min(known)) / (max(known) - min(known))
