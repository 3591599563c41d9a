"""What does a survey look like before there is one? Simulated answers of an imaginary province, from a seed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from questionnaires.library import load
from questionnaires.model import Choice, Kind, Question, Questionnaire

SIMULATED = "DỮ LIỆU MÔ PHỎNG"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ExampleUnit:
    """A unit of the imaginary province."""

    code: str
    name: str
    parent_code: str | None


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a unit was sampled: villages, forms a village, households a village, level of satisfaction."""

    unit: ExampleUnit
    region: str
    villages: int
    forms: int
    households: int
    level: float


PROVINCE = ExampleUnit("99", "Tỉnh Sông Mây", None)

_PLANS = tuple(
    _Plan(ExampleUnit(f"990{number:02}", name, PROVINCE.code), region, villages, forms, households, level)
    for number, (name, region, villages, forms, households, level) in enumerate(
        (
            ("Phường Bến Sông", "đô thị", 10, 14, 620, 1.25),
            ("Phường Chợ Mây", "đô thị", 9, 12, 540, 0.95),
            ("Phường Cầu Đá", "đô thị", 8, 15, 480, 1.45),
            ("Phường Vườn Cau", "đô thị", 7, 11, 510, 0.75),
            ("Xã Đồng Sen", "nông thôn", 9, 12, 260, 1.10),
            ("Xã Gò Nắng", "nông thôn", 8, 10, 210, 0.60),
            ("Xã Suối Trong", "nông thôn", 10, 9, 190, 1.30),
            ("Xã Rừng Thông", "nông thôn", 6, 12, 150, 0.85),
            ("Xã Bãi Ngang", "nông thôn", 7, 10, 240, 1.55),
            ("Xã Núi Vàng", "nông thôn", 5, 9, 120, 9.0),  # everybody satisfied with everything
            ("Xã Thung Lũng", "nông thôn", 3, 6, 90, 1.0),  # small: for orientation only
            ("Đặc khu Hòn Mây", "nông thôn", 2, 2, 40, 1.2),  # thin: withheld
        ),
        start=1,
    )
)


@dataclass(frozen=True, slots=True)
class ExampleProvince:
    """Units and responses of the imaginary province; the frame is in the form of a response file.

    Beside the items it has ``village_code`` (PSU), ``region`` (stratum) and ``weight`` (households a form stands
    for), and the mark ``simulated`` in every row.
    """

    units: tuple[ExampleUnit, ...]
    frame: pd.DataFrame
    questionnaire: Questionnaire


def generate(seed: int = 2026, questionnaire_id: str = "sipas-2024") -> ExampleProvince:
    """Simulate the answers of an imaginary province.

    Parameters
    ----------
    seed : int
        Same seed, same answers.
    questionnaire_id : str
        A built-in questionnaire whose index items are five-point items.

    Returns
    -------
    ExampleProvince
        About 1.000 responses of 12 units, in random order: villages, unequal weights, two modes, 3 % item
        non-response, forms that are not valid, one unit at 100 %, one small and one thin unit.

    Raises
    ------
    UnknownQuestionnaire
        For an id that is not built in.

    References
    ----------
    Cumulative logit with random effects of village and person: Agresti (2013), section 13.2.

    Limits
    ------
    Imaginary: no unit, number or difference says anything about a real place.
    """
    rng = np.random.default_rng(seed)
    questionnaire = load(questionnaire_id)
    frame = pd.concat([_unit_frame(plan, rng) for plan in _PLANS], ignore_index=True)
    frame = pd.concat([frame, _answers(frame, questionnaire, rng)], axis=1)
    frame = frame.drop(columns=["level", "effect"])
    frame = frame.iloc[rng.permutation(len(frame))].reset_index(drop=True)
    frame.insert(0, "response_id", [rng.bytes(16).hex() for _ in range(len(frame))])
    frame["simulated"] = SIMULATED
    return ExampleProvince((PROVINCE, *(plan.unit for plan in _PLANS)), frame, questionnaire)


def _unit_frame(plan: _Plan, rng: np.random.Generator) -> pd.DataFrame:
    sizes = np.maximum(rng.poisson(plan.forms, plan.villages), 2)
    if plan.forms == 2:
        sizes = np.full(plan.villages, plan.forms)
    households = rng.integers(plan.households // 2, plan.households * 2, plan.villages)
    village = np.repeat(np.arange(plan.villages), sizes)
    n = len(village)
    on_paper = rng.random(n) < 0.35
    effect = (rng.normal(0, 0.45, plan.villages))[village] + rng.normal(0, 0.9, n) + 0.5 * on_paper
    return pd.DataFrame(
        {
            "survey": "mau",
            "unit_code": plan.unit.code,
            "unit_name": plan.unit.name,
            "parent_code": PROVINCE.code,
            "parent_name": PROVINCE.name,
            "region": plan.region,
            "village_code": [f"{plan.unit.code}-{v + 1:02}" for v in village],
            "weight": np.round(households[village] / sizes[village], 2),
            "mode": np.where(on_paper, "paper", "phone"),
            "language": np.where(rng.random(n) < 0.02, "en", "vi"),
            "window": rng.choice(["2026-09-1", "2026-09-2", "2026-10-1", "2026-10-2"], n),
            "level": plan.level,
            "effect": effect,
        }
    )


def _answers(frame: pd.DataFrame, questionnaire: Questionnaire, rng: np.random.Generator) -> pd.DataFrame:
    items = {item.id for item in questionnaire.index_items()}
    columns: dict[str, npt.NDArray[np.object_]] = {}
    gave_up = rng.random(len(frame)) < 0.02
    latent = (frame["level"] + frame["effect"]).to_numpy(dtype=float)
    certain = frame["level"].to_numpy(dtype=float) > 5
    for number, question in enumerate(questionnaire.questions()):
        if question.kind is Kind.TEXT:
            continue
        if question.id in items:
            answers = _item_answers(question, latent + rng.normal(0, 0.35), rng)
            stopped = gave_up & (number > len(items) // 4)
        else:
            answers = _background_answers(question, rng, size=len(frame))
            stopped = gave_up
        silent = (rng.random(len(frame)) < 0.03) & ~certain
        if question.show_if is not None:
            silent |= ~np.isin(columns[question.show_if.item].astype(str), question.show_if.values)
        answers[silent | (stopped & ~certain)] = None
        columns[question.id] = answers
    return pd.DataFrame(columns)


def _item_answers(question: Question, latent: Floats, rng: np.random.Generator) -> npt.NDArray[np.object_]:
    codes = np.array([choice.value for choice in question.choices], dtype=object)
    cuts = np.array([-3.6, -2.4, -0.9, 1.1])
    level = (latent + rng.logistic(0, 0.8, len(latent)))[:, None] > cuts
    answers: npt.NDArray[np.object_] = codes[level.sum(axis=1)]
    if question.no_opinion is not None:
        rate = 0.18 if question.id.startswith("E") else 0.05
        answers[(rng.random(len(latent)) < rate) & (latent < 5)] = question.no_opinion.value
    return answers


def _background_answers(question: Question, rng: np.random.Generator, *, size: int) -> npt.NDArray[np.object_]:
    if question.kind is Kind.NUMBER:
        low, high = question.minimum or 0.0, question.maximum or 10.0
        return rng.integers(int(low), int(high) + 1, size).astype(str).astype(object)
    values = [choice.value for choice in question.every_choice()]
    if question.kind is Kind.MULTIPLE:
        picked = rng.random((size, len(values))) < rng.uniform(0.05, 0.5, len(values))
        joined = [";".join(v for v, yes in zip(values, row, strict=True) if yes) or None for row in picked]
        return np.array(joined, dtype=object)
    chosen = rng.choice(len(values), size, p=_shares(question.every_choice(), question, rng))
    answers: npt.NDArray[np.object_] = np.array(values, dtype=object)[chosen]
    return answers


def _shares(choices: tuple[Choice, ...], question: Question, rng: np.random.Generator) -> Floats:
    """Return how often each choice is picked; few people report harassment."""
    if question.sensitive:
        return np.array([0.94, *([0.06 / (len(choices) - 1)] * (len(choices) - 1))])
    return rng.dirichlet(np.full(len(choices), 3.0))
