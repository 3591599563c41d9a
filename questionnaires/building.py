"""Which questionnaire does a TOML document describe? Reading alone; whether it is a good one, `authoring` says."""

import re
from collections.abc import Mapping

from questionnaires.complaint import Fault
from questionnaires.kinds import HANDLERS, AnswerSpace, Scales
from questionnaires.kinds.choice import read_choices
from questionnaires.model import (
    Condition,
    IndexDefinition,
    Kind,
    Mode,
    Question,
    Questionnaire,
    Rule,
    Section,
)
from questionnaires.reading import Table, described

_QUESTIONNAIRE_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DEFAULTS = ("kind", "scale", "no_opinion", "status")


def build(document: Mapping[str, object], *, stem: str, digest: str, faults: list[Fault]) -> Questionnaire:
    """Return the questionnaire of a document; it is to be thrown away where faults were added.

    Parameters
    ----------
    document
        The parsed TOML file.
    stem
        The file's name without its ending, which must be the questionnaire's id.
    digest
        SHA-256 of the file, in hexadecimal.
    faults
        Every fault found is added here.

    Returns
    -------
    Questionnaire
        With empty texts and choices in the place of what could not be read.
    """
    table = Table(document, where="phần đầu tệp", faults=faults)
    scales = _read_scales(table)
    sections = tuple(_read_section(section, scales) for section in table.tables("sections", "phần"))
    questionnaire = Questionnaire(
        id=_read_id(table, stem),
        title=table.text("title"),
        sections=sections,
        index=_read_index(table.table("index"), sections),
        modes=_read_modes(table),
        hash=digest,
        valid_share=_read_valid_share(table),
        note=table.optional_text("note"),
    )
    table.close()
    return questionnaire


def _read_id(table: Table, stem: str) -> str:
    name = table.string("id")
    if name and not (_QUESTIONNAIRE_ID.fullmatch(name) and len(name) <= 60):
        table.fault(
            "id",
            expected="mã mẫu phiếu gồm chữ thường không dấu, chữ số và gạch nối, tối đa 60 ký tự",
            got=described(name),
            remedy='đặt lại mã, ví dụ "sipas-2024"',
        )
    elif name and name != stem:
        table.fault(
            "id",
            expected=f'đúng tên tệp, "{stem}"',
            got=described(name),
            remedy="sửa mã hoặc đổi tên tệp cho khớp",
        )
    return name


def _read_modes(table: Table) -> tuple[Mode, ...]:
    known = {mode.value: mode for mode in Mode}
    names = table.strings("modes")
    for name in names:
        if name not in known:
            table.fault(
                "modes",
                expected=f"các hình thức khảo sát trong số {', '.join(known)}",
                got=described(name),
                remedy="chọn lại hình thức khảo sát",
            )
    return tuple(known[name] for name in names if name in known)


def _read_valid_share(table: Table) -> float:
    if not table.has("valid_share"):
        return 0.5
    share = table.number("valid_share")
    if not 0 < share <= 1:
        table.fault(
            "valid_share",
            expected="tỷ lệ lớn hơn 0 và không quá 1",
            got=described(share),
            remedy="đặt tỷ lệ, ví dụ 0.5",
        )
    return share


def _read_scales(table: Table) -> Scales:
    if not table.has("scales"):
        return {}
    scales = table.table("scales")
    read = {}
    for name in scales.names():
        scale = scales.table(name)
        read[name] = read_choices(scale)
        scale.close()
    return read


def _read_index(table: Table, sections: tuple[Section, ...]) -> IndexDefinition:
    rule = table.word("rule", [rule.value for rule in Rule])
    index = IndexDefinition(
        name=table.text("name"),
        items=_read_index_items(table, sections),
        rule=Rule(rule or Rule.SHARE),
        satisfied_from=table.number("satisfied_from") if table.has("satisfied_from") else None,
    )
    table.close()
    return index


def _read_index_items(table: Table, sections: tuple[Section, ...]) -> tuple[str, ...]:
    if table.has("sections") == table.has("items"):
        came = "cả hai khóa" if table.has("items") else "không có khóa nào"
        table.fault(
            "sections",
            expected="sections (các phần) hoặc items (các câu hỏi)",
            got=came,
            remedy='giữ một khóa, ví dụ sections = ["A", "B"]',
        )
        return ()
    if table.has("items"):
        return table.strings("items")
    by_id = {section.id: section for section in sections}
    names = table.strings("sections")
    for name in names:
        if name not in by_id:
            known = ", ".join(by_id) or "(chưa có phần nào)"
            table.fault(
                "sections", expected=f"mã phần trong số {known}", got=described(name), remedy="sửa mã phần"
            )
    return tuple(question.id for name in names if name in by_id for question in by_id[name].questions)


def _read_section(table: Table, scales: Scales) -> Section:
    name = table.string("id")
    if name:
        table.where = f"phần {name}"
    shared = _read_defaults(table)
    questions = (_read_question(question, shared, scales) for question in table.tables("questions", "câu hỏi"))
    section = Section(
        id=name,
        title=table.text("title"),
        questions=tuple(question for question in questions if question is not None),
        factor=table.boolean("factor", default=False),
    )
    table.close()
    return section


def _read_defaults(table: Table) -> Mapping[str, object]:
    if not table.has("defaults"):
        return {}
    defaults = table.table("defaults")
    shared = {key: defaults.raw(key) for key in _DEFAULTS if defaults.has(key)}
    defaults.close()
    return shared


def _read_question(table: Table, shared: Mapping[str, object], scales: Scales) -> Question | None:
    name = table.string("id")
    if name:
        table.where = f"câu hỏi {name}"
    table.adopt({key: shared[key] for key in ("kind", "status") if key in shared})
    kind = table.word("kind", [kind.value for kind in Kind])
    if not kind:
        return None
    answers = _read_answers(table, Kind(kind), shared, scales)
    question = Question(
        id=name,
        kind=Kind(kind),
        text=table.text("text"),
        status=table.sentence("status"),
        bank_code=table.sentence("bank_code") if table.has("bank_code") else None,
        help=table.optional_text("help"),
        choices=answers.choices,
        no_opinion=answers.no_opinion,
        minimum=answers.minimum,
        maximum=answers.maximum,
        max_length=answers.max_length,
        show_if=_read_condition(table.table("show_if")) if table.has("show_if") else None,
        sensitive=table.boolean("sensitive", default=False),
    )
    table.close()
    return question


def _read_answers(table: Table, kind: Kind, shared: Mapping[str, object], scales: Scales) -> AnswerSpace:
    handler = HANDLERS[kind]
    # a question with choices of its own leaves the section's scale, and a comment leaves both
    left = {"scale"} if table.has("choices") else set()
    table.adopt({key: shared[key] for key in shared if key in handler.keys - left})
    return handler.read(table, scales)


def _read_condition(table: Table) -> Condition:
    condition = Condition(item=table.string("item"), values=table.strings("in"))
    table.close()
    return condition
