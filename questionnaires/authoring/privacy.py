"""Does a questionnaire ask too much? Rules about personal data, sensitive questions and shared screens."""

import re
from collections.abc import Callable, Iterator

from questionnaires.complaint import Fault
from questionnaires.model import Kind, Mode, Question, Questionnaire

_TYPED_IN = (Kind.TEXT, Kind.NUMBER)
_PERSONAL = {
    "họ tên": r"\bhọ(,| và)? ?(chữ đệm,? ?(và )?)?tên\b|\bquý danh\b"
    r"|\btên (đầy đủ )?(của )?(ông|bà|anh|chị|quý|người trả lời)|\b(full|your|first|last|family) name\b",
    "số điện thoại": r"\bsố (điện thoại|máy)\b|\bđiện thoại (liên hệ|của)\b|^điện thoại\b|\bsđt\b"
    r"|\bphone\b|\bmobile number\b|\bzalo của\b",
    "thư điện tử": r"\be-?mail\b|thư điện tử",
    "số căn cước hoặc giấy tờ tùy thân": r"\bcccd\b|\bcmnd\b|căn cước|chứng minh nhân dân|hộ chiếu|số định danh"
    r"|\bpassport\b|\b(identity|id) (card|number)\b|\bnational id\b",
    "mã hồ sơ": r"\bmã (số )?(hồ sơ|biên nhận)|\bsố (hồ sơ|biên nhận|phiếu hẹn)\b"
    r"|\b(dossier|file|application|receipt) (code|number)\b",
    "ngày sinh": r"\bngày(, tháng, năm| tháng năm)? sinh\b|\bdate of birth\b|\bbirth ?date\b",
    "địa chỉ": r"\bđịa chỉ\b|\bsố nhà\b|\b(home|street|your) address\b",
}
_PERSONAL_PATTERNS = {
    name: re.compile(pattern, re.IGNORECASE | re.MULTILINE) for name, pattern in _PERSONAL.items()
}
# "Xin không ghi họ tên, số điện thoại." asks for nothing
_WARNED_OFF = re.compile(
    r"(không|đừng|chớ) (nên )?(ghi|viết|nêu|điền|để lại)[^.!?\n]*"
    r"|(do not|don't|don’t|never|please avoid) [^.!?\n]*",
    re.IGNORECASE,
)
_WARNS_VI = re.compile(r"(không|đừng) (nên )?(ghi|viết|nêu|điền)[^.!?\n]*\btên\b[^.!?\n]*\bsố\b", re.IGNORECASE)
_WARNS_EN = re.compile(
    r"(do not|don't|don’t|never|without)[^.!?\n]*\bnames?\b[^.!?\n]*\bnumbers?\b", re.IGNORECASE
)
_DELICATE = re.compile(
    r"sách nhiễu|phiền hà|nhũng nhiễu|ngoài quy định|không chính thức|hối lộ|bồi dưỡng cho"
    r"|\bbribe|informal (payment|charge|cost)",
    re.IGNORECASE,
)
_ETHNICITY = re.compile(r"\bdân tộc\b|\bethnic", re.IGNORECASE)


def _texts(question: Question) -> Iterator[str]:
    for text in (question.text, question.help):
        if text is not None:
            yield text.vi
            yield text.en


def _personal_data(question: Question) -> Iterator[Fault]:
    if question.kind not in _TYPED_IN:
        return
    for key, text in (("text", question.text), ("help", question.help)):
        asked = "" if text is None else _WARNED_OFF.sub("", f"{text.vi}\n{text.en}")
        for name, pattern in _PERSONAL_PATTERNS.items():
            found = pattern.search(asked)
            if found:
                yield Fault(
                    where=f"câu hỏi {question.id}, khóa {key}",
                    expected="phiếu ẩn danh, không hỏi thông tin nhận ra người trả lời",
                    got=f'câu hỏi xin {name} ("{found[0]}")',
                    remedy="bỏ câu hỏi này; ai muốn được trả lời thì gửi qua Cổng Dịch vụ công quốc gia",
                )


def _sensitive_on_kiosk(questionnaire: Questionnaire) -> Iterator[Fault]:
    if Mode.KIOSK not in questionnaire.modes:
        return
    for question in questionnaire.questions():
        if question.sensitive or _is_delicate(question):
            yield Fault(
                where=f"câu hỏi {question.id}, khóa sensitive",
                expected="không hỏi về phiền hà, sách nhiễu, chi phí ngoài quy định trên màn hình dùng chung",
                got='mẫu phiếu có hình thức "kiosk"',
                remedy='bỏ câu này hoặc bỏ "kiosk" khỏi modes',
            )


def _is_delicate(question: Question) -> bool:
    return any(_DELICATE.search(text) for text in _texts(question))


def _unmarked_sensitive(questionnaire: Questionnaire) -> Iterator[Fault]:
    for question in questionnaire.questions():
        if _is_delicate(question) and not question.sensitive:
            yield Fault(
                where=f"câu hỏi {question.id}, khóa sensitive",
                expected="câu về phiền hà, sách nhiễu, chi phí ngoài quy định được đánh dấu nhạy cảm",
                got="câu chưa đánh dấu",
                remedy="thêm sensitive = true",
            )


def _ethnicity(questionnaire: Questionnaire) -> Iterator[Fault]:
    for question in questionnaire.questions():
        if any(_ETHNICITY.search(text) for text in _texts(question)):
            yield Fault(
                where=f"câu hỏi {question.id}",
                expected="không hỏi dân tộc nếu không thật cần, vì là dữ liệu cá nhân nhạy cảm",
                got="câu hỏi về dân tộc",
                remedy="bỏ câu này; nếu giữ, phải có căn cứ và thông báo rõ cho người trả lời",
            )


def _comment_without_warning(questionnaire: Questionnaire) -> Iterator[Fault]:
    for question in questionnaire.questions():
        if question.kind is not Kind.TEXT:
            continue
        texts = tuple(_texts(question))
        if not (any(map(_WARNS_VI.search, texts)) and any(map(_WARNS_EN.search, texts))):
            yield Fault(
                where=f"câu hỏi {question.id}, khóa help",
                expected="lời nhắc bằng hai ngôn ngữ: không ghi tên, số điện thoại, số giấy tờ",
                got="chưa có lời nhắc",
                remedy='thêm vào help, ví dụ "Xin không ghi tên, số điện thoại hoặc số giấy tờ."',
            )


QUESTION_REFUSALS: tuple[Callable[[Question], Iterator[Fault]], ...] = (_personal_data,)
REFUSALS: tuple[Callable[[Questionnaire], Iterator[Fault]], ...] = (_sensitive_on_kiosk,)
WARNINGS: tuple[Callable[[Questionnaire], Iterator[Fault]], ...] = (
    _unmarked_sensitive,
    _ethnicity,
    _comment_without_warning,
)
