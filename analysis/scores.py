"""What is an answer worth? Items, factors and the index of a questionnaire as numbers on the scale 0–1."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.responses import ItemColumn, Responses
from analysis.table import Measure, Score
from questionnaires.model import IndexDefinition, Question, Questionnaire, Rule

Floats = npt.NDArray[np.float64]

OVERALL = "overall"
"""The id of the index as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSet:
    """The scores of a questionnaire over responses.

    ``values`` and ``answered`` are responses × scores: the sum of the values on [0, 1] of a response's valid
    answers to the items of the score, and their number; both 0 for a form that is not valid. ``low`` and ``high``
    (scores) put an estimate back on its measure. ``valid`` marks valid forms, ``single_item`` one-item scores.
    """

    scores: tuple[Score, ...]
    values: Floats
    answered: Floats
    valid: npt.NDArray[np.bool_]
    low: Floats
    high: Floats
    single_item: npt.NDArray[np.bool_]
    measure: Measure


def score_set(responses: Responses, questionnaire: Questionnaire) -> ScoreSet:
    """Score every response on every item, factor and the index.

    Parameters
    ----------
    responses : Responses
        Checked responses.
    questionnaire : Questionnaire
        Its index says which items count and by which rule.

    Returns
    -------
    ScoreSet
        Items in the index's order, then factors, then ``overall``.

    Raises
    ------
    KeyError
        Where an index item has no column (``read_responses`` refuses such a file).

    References
    ----------
    docs/method.md: criterion (n₄ + n₅)/n_valid; factor and index pool the answers of their items.

    Limits
    ------
    A form with fewer than ``valid_share`` of the index items answered counts in no score.
    """
    index, items = questionnaire.index, questionnaire.index_items()
    per_item = [_item_values(responses.items[item.id], item, index) for item in items]
    given = np.column_stack([responses.items[item.id].codes >= 0 for item in items])
    valid = given.mean(axis=1) >= questionnaire.valid_share
    values = np.column_stack(per_item)
    counted = (~np.isnan(values) & valid[:, None]).astype(float)
    values = np.where(counted > 0, values, 0.0)
    scores, members = _scores(questionnaire, items)
    low, high = _bounds(index, items, members)
    return ScoreSet(
        scores=scores,
        values=values @ members,
        answered=counted @ members,
        valid=valid,
        low=low,
        high=high,
        single_item=members.sum(axis=0) == 1,
        measure=measure_of(questionnaire),
    )


def measure_of(questionnaire: Questionnaire) -> Measure:
    """Return the measure of a questionnaire's index.

    Parameters
    ----------
    questionnaire : Questionnaire
        Any.

    Returns
    -------
    Measure
        Percent for shares; the items' scale for means; 0 to the greatest sum for points.

    Raises
    ------
    ValueError
        Never for a questionnaire that the loader accepts.

    References
    ----------
    DOMAIN, sections 2 and 3.

    Limits
    ------
    None.
    """
    index, items = questionnaire.index, questionnaire.index_items()
    if index.rule is Rule.SHARE:
        return Measure("percent", 0.0, 100.0)
    low, high = _range(items[0])
    if index.rule is Rule.POINTS:
        return Measure("points", low * len(items), high * len(items))
    return Measure("score", low, high)


def _item_values(column: ItemColumn, item: Question, index: IndexDefinition) -> Floats:
    score_of = {choice.value: choice.score for choice in item.every_choice()}
    return column.lookup([_value(score_of[value], item, index) for value in column.stored])


def _value(score: float | None, item: Question, index: IndexDefinition) -> float:
    if score is None:
        return np.nan
    if index.rule is Rule.SHARE:
        return float(index.satisfied_from is not None and score >= index.satisfied_from)
    low, high = _range(item)
    return (score - low) / (high - low)


def _range(item: Question) -> tuple[float, float]:
    scores = [choice.score for choice in item.choices if choice.score is not None]
    return min(scores), max(scores)


def _scores(questionnaire: Questionnaire, items: tuple[Question, ...]) -> tuple[tuple[Score, ...], Floats]:
    """Return the scores and the matrix items × scores that says which items each score pools."""
    ids = [item.id for item in items]
    scores = [Score(item.id, "item", item.text) for item in items]
    columns = [np.eye(len(ids))]
    for factor in questionnaire.factors():
        inside = np.array([[float(item in {q.id for q in factor.questions})] for item in ids])
        if inside.any():
            scores.append(Score(factor.id, "factor", factor.title))
            columns.append(inside)
    scores.append(Score(OVERALL, "index", questionnaire.index.name))
    columns.append(np.ones((len(ids), 1)))
    return tuple(scores), np.hstack(columns)


def _bounds(index: IndexDefinition, items: tuple[Question, ...], members: Floats) -> tuple[Floats, Floats]:
    if index.rule is Rule.SHARE:
        return np.zeros(members.shape[1]), np.full(members.shape[1], 100.0)
    low, high = _range(items[0])
    times = members.sum(axis=0) if index.rule is Rule.POINTS else np.ones(members.shape[1])
    return low * times, high * times
