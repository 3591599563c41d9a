"""How do tests of the analysis get responses? A small questionnaire and frames built in one line."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from questionnaires.model import Choice, IndexDefinition, Kind, Mode, Question, Questionnaire, Rule, Section, Text


def text(words: str) -> Text:
    return Text(words, words)


SCALE = tuple(Choice(str(score), text(f"mức {score}"), float(score)) for score in range(1, 6))
POINTS = tuple(Choice(str(score), text(f"{score} điểm"), float(score)) for score in range(3))
NO_OPINION = Choice("99", text("không có ý kiến"))


def item(item_id: str, choices: tuple[Choice, ...] = SCALE) -> Question:
    return Question(
        id=item_id, kind=Kind.LIKERT, text=text(item_id), status="test", choices=choices, no_opinion=NO_OPINION
    )


def questionnaire(
    factors: Mapping[str, Sequence[str]], *, rule: Rule = Rule.SHARE, choices: tuple[Choice, ...] = SCALE
) -> Questionnaire:
    sections = tuple(
        Section(id=name, title=text(name), questions=tuple(item(i, choices) for i in items), factor=True)
        for name, items in factors.items()
    )
    ids = tuple(question.id for section in sections for question in section.questions)
    index = IndexDefinition(
        name=text("Chỉ số"), items=ids, rule=rule, satisfied_from=4.0 if rule is Rule.SHARE else None
    )
    return Questionnaire(
        id="test", title=text("test"), sections=sections, index=index, modes=(Mode.PHONE,), hash="0" * 64
    )


ONE_ITEM = questionnaire({"A": ["A1"]})
TWO_FACTORS = questionnaire({"A": ["A1", "A2"], "B": ["B1"]})


def write_csv(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    """Write rows as a response file; ``response_id`` is added where it is missing."""
    numbered = [{"response_id": f"r{number}", **row} for number, row in enumerate(rows, start=1)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(numbered[0]))
        writer.writeheader()
        writer.writerows(numbered)
    return path
