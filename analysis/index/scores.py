"""What is an answer worth? Items, factors and the index of a questionnaire as numbers on the scale 0–1."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, lcm

import numpy as np
import numpy.typing as npt

from analysis.reduce.accumulate import Pooling
from analysis.refusal import Refusal
from analysis.table import Measure, Score
from questionnaires.model import IndexDefinition, Question, Questionnaire, Rule

Floats = npt.NDArray[np.float64]

OVERALL = "overall"
"""The id of the index as a whole."""


class UnevenScores(Refusal):
    """Scores of choices that lie on no common grid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorePlan:
    """How the answers to a questionnaire are counted, before any of them is seen.

    ``classes`` gives, by item and stored value, the numerator on the common grid of ``pooling``; ``low`` and
    ``high`` (scores) put an estimate back on its measure; ``single_item`` marks one-item scores.
    """

    scores: tuple[Score, ...]
    classes: Mapping[str, Mapping[str, int]]
    pooling: Pooling
    low: Floats
    high: Floats
    single_item: npt.NDArray[np.bool_]
    measure: Measure


_MOST_STEPS = 120


def score_plan(questionnaire: Questionnaire) -> ScorePlan:
    """Return how the answers to a questionnaire are counted.

    Parameters
    ----------
    questionnaire : Questionnaire
        Its index says which items count and by which rule.

    Returns
    -------
    ScorePlan
        Items in the index's order, then factors, then ``overall``.

    Raises
    ------
    UnevenScores
        Where the scores of the choices need a grid of more than 120 steps.

    References
    ----------
    docs/method.md: criterion (n₄ + n₅)/n_valid; factor and index pool the answers of their items.

    Limits
    ------
    A form with fewer than ``valid_share`` of the index items answered counts in no score.
    """
    index, items = questionnaire.index, questionnaire.index_items()
    worth = {
        item.id: {choice.value: _exact_value(choice.score, item, index) for choice in item.every_choice()}
        for item in items
    }
    known = [value for values in worth.values() for value in values.values() if value is not None]
    steps = lcm(*(value.denominator for value in known))
    if steps > _MOST_STEPS:
        raise UnevenScores(
            f"Mẫu phiếu {questionnaire.id}",
            expected=f"điểm của các lựa chọn cách đều nhau, không quá {_MOST_STEPS} bậc",
            got=f"{steps} bậc",
            remedy="sửa điểm của các lựa chọn trong mẫu phiếu",
        )
    scores, members = _scores(questionnaire, items)
    low, high = _bounds(index, items, members)
    return ScorePlan(
        scores=scores,
        classes={
            item: {code: steps + 1 if value is None else int(value * steps) for code, value in values.items()}
            for item, values in worth.items()
        },
        pooling=Pooling(
            items=len(items),
            steps=steps,
            members=tuple(tuple(np.flatnonzero(column).tolist()) for column in members.T[len(items) :]),
            needed=ceil(Fraction(str(questionnaire.valid_share)) * len(items)),
        ),
        low=low,
        high=high,
        single_item=members.sum(axis=0) == 1,
        measure=measure_of(questionnaire),
    )


def _exact_value(score: float | None, item: Question, index: IndexDefinition) -> Fraction | None:
    if score is None:
        return None
    if index.rule is Rule.SHARE:
        return Fraction(index.satisfied_from is not None and score >= index.satisfied_from)
    low, high = (Fraction(str(bound)) for bound in _range(item))
    return (Fraction(str(score)) - low) / (high - low)


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
