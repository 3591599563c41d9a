"""Can the index be computed, and would it mean what it says? Rules about items, scores and the threshold."""

from collections.abc import Callable, Iterator

from questionnaires.complaint import Fault
from questionnaires.model import Kind, Question, Questionnaire, Rule

_SCORED_KINDS = (Kind.LIKERT, Kind.SINGLE)


def _items(questionnaire: Questionnaire) -> Iterator[Question]:
    by_id = {question.id: question for question in questionnaire.questions()}
    return (by_id[item] for item in questionnaire.index.items if item in by_id)


def _known_items(questionnaire: Questionnaire) -> Iterator[Fault]:
    known = {question.id for question in questionnaire.questions()}
    for item in questionnaire.index.items:
        if item not in known:
            yield Fault(
                where="phần đầu tệp, khóa index.items",
                expected="mã câu hỏi có trong mẫu phiếu",
                got=f'"{item}"',
                remedy="sửa mã hoặc bỏ khỏi danh sách",
            )


def _scored_kinds(questionnaire: Questionnaire) -> Iterator[Fault]:
    for question in _items(questionnaire):
        if question.kind not in _SCORED_KINDS:
            yield Fault(
                where=f"câu hỏi {question.id}, khóa kind",
                expected='câu của chỉ số thuộc loại "likert" hoặc "single" có điểm',
                got=f'loại "{question.kind}"',
                remedy="chuyển câu ra khỏi chỉ số hoặc đổi loại câu",
            )


def _scored_choices(questionnaire: Questionnaire) -> Iterator[Fault]:
    # a scale shared by several items is told of once
    first_with = {question.choices: question for question in reversed(tuple(_items(questionnaire)))}
    for question in reversed(first_with.values()):
        if question.kind in _SCORED_KINDS and any(choice.score is None for choice in question.choices):
            missing = ", ".join(choice.value for choice in question.choices if choice.score is None)
            yield Fault(
                where=f"câu hỏi {question.id}, khóa choices",
                expected="mỗi phương án có điểm (score), vì câu thuộc chỉ số",
                got=f"phương án {missing} không có điểm",
                remedy="thêm score cho phương án, ở câu hỏi hoặc ở thang đo",
            )


def _one_scale(questionnaire: Questionnaire) -> Iterator[Fault]:
    if questionnaire.index.rule is Rule.POINTS:
        return
    first: Question | None = None
    for question in _items(questionnaire):
        first = first or question
        if _scores(question) != _scores(first):
            yield Fault(
                where=f"câu hỏi {question.id}",
                expected=f"cùng thang đo với câu {first.id}, vì chỉ số gộp câu trả lời của các câu",
                got=f"thang {len(question.choices)} mức {_shown(question)}, câu {first.id}: {_shown(first)}",
                remedy="dùng một thang đo cho mọi câu của chỉ số hoặc bỏ câu khỏi chỉ số",
            )


def _scores(question: Question) -> frozenset[tuple[str, float | None]]:
    return frozenset((choice.value, choice.score) for choice in question.choices)


def _shown(question: Question) -> str:
    return ", ".join(
        f"{choice.value} = {choice.score:g}" for choice in question.choices if choice.score is not None
    )


def _satisfied_from(questionnaire: Questionnaire) -> Iterator[Fault]:
    index = questionnaire.index
    where = "phần đầu tệp, khóa index.satisfied_from"
    if index.rule is not Rule.SHARE:
        if index.satisfied_from is not None:
            yield Fault(
                where=where,
                expected='khóa này chỉ đi với rule = "share"',
                got=f'rule = "{index.rule}"',
                remedy="bỏ khóa hoặc đổi cách tính",
            )
        return
    if index.satisfied_from is None:
        yield Fault(
            where=where,
            expected="mức điểm thấp nhất được coi là hài lòng",
            got="không có khóa này",
            remedy="thêm khóa, ví dụ satisfied_from = 4",
        )
        return
    yield from _threshold_on_scale(questionnaire, index.satisfied_from, where)


def _threshold_on_scale(questionnaire: Questionnaire, threshold: float, where: str) -> Iterator[Fault]:
    for question in _items(questionnaire):
        scores = [choice.score for choice in question.choices if choice.score is not None]
        # at or below the lowest score everybody would count as satisfied
        if scores and not min(scores) < threshold <= max(scores):
            yield Fault(
                where=where,
                expected=f"mức lớn hơn {min(scores):g} và không quá {max(scores):g} (thang của câu {question.id})",
                got=f"số {threshold:g}",
                remedy="đặt lại mức trong thang đo",
            )
            return


REFUSALS: tuple[Callable[[Questionnaire], Iterator[Fault]], ...] = (
    _known_items,
    _scored_kinds,
    _scored_choices,
    _one_scale,
    _satisfied_from,
)
