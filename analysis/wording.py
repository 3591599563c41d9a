"""How are numbers, and everything that must be said beside them, put into words? Vietnamese first, English second.

Page, Word, Excel and chart use these words, so that one number never reads differently in two places.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from babel.numbers import get_decimal_symbol, get_group_symbol

from analysis.dated_words import DatedWords
from analysis.table import Basis, IndexRow, Measure, MeasureKind, Status
from questionnaires.model import Language, Text

_WORDS: Final[Mapping[str, Any]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _texts(table: str) -> Mapping[str, Text]:
    return MappingProxyType({code: Text(**words) for code, words in _WORDS[table].items()})


SIMULATED: Final = Text(**_WORDS["simulated"])
"""The mark of imaginary data, in every output."""

REASONS: Final = DatedWords(_texts("reasons"))
"""Every code of ``IndexRow.reason`` in a few words, for a cell. The order is that of importance."""

EXPLANATIONS: Final = DatedWords(_texts("explanations"))
"""Every code of ``REASONS`` as a sentence, for the notes under a table."""

STATUSES: Final = _texts("statuses")
"""Every value of ``IndexRow.status`` in words."""

BASES: Final = _texts("bases")
"""Every value of ``IndexRow.basis`` in words."""

MODES: Final = _texts("modes")
"""The modes of survey in words."""

WITHHELD: Final[Mapping[Status, str]] = MappingProxyType({"suppressed": "…", "missing": "–"})
"""What stands in a cell whose number is withheld or does not exist."""

_BASIS_SENTENCES: Final = _texts("basis_sentences")
_METHOD: Final = _texts("method")

# A measure's decimals: of the estimate, of the interval. Points are published with one decimal (TT 01/2018), but
# with one decimal an interval within 0–2 points would often collapse to a single figure, so it keeps two.
_DECIMALS: Final[Mapping[MeasureKind, tuple[int, int]]] = MappingProxyType(
    {"percent": (2, 2), "score": (2, 2), "points": (1, 2)}
)

_PERIODS: Final = tuple((re.compile(form["pattern"]), Text(form["vi"], form["en"])) for form in _WORDS["periods"])
_SIGNS: Final = {
    language: str.maketrans({",": get_group_symbol(language.value), ".": get_decimal_symbol(language.value)})
    for language in Language
}
_ROMAN: Final = ("", "I", "II", "III", "IV")


def number(value: float, decimals: int = 2, language: Language = Language.VI) -> str:
    """Return a number as printed: "1.234,50" in Vietnamese, "1,234.50" in English.

    Parameters
    ----------
    value
        Any finite number.
    decimals
        Digits after the decimal sign, 0 or more.
    language
        Whose signs to use.

    Returns
    -------
    str
        Rounded half away from zero on 15 significant digits, as Excel shows the same number, so that page and
        spreadsheet never differ in the last digit.
    """
    step = Decimal(1).scaleb(-decimals)
    rounded = Decimal(f"{value:.15g}").quantize(step, rounding=ROUND_HALF_UP)
    return f"{rounded + 0:,f}".translate(_SIGNS[language])


def percent(value: float, language: Language = Language.VI, decimals: int = 2) -> str:
    """Return a percentage 0–100 as printed: "84,09%", without a space.

    Parameters
    ----------
    value, language, decimals
        As in ``number``; percent 0–100.

    Returns
    -------
    str
        The rounded percentage with its sign.
    """
    return number(value, decimals, language) + "%"


def count(value: int, language: Language = Language.VI) -> str:
    """Return a whole number as printed: "36.525".

    Parameters
    ----------
    value, language
        As in ``number``.

    Returns
    -------
    str
        The number with separated thousands.
    """
    return number(value, 0, language)


def interval(low: float, high: float, decimals: int = 2, language: Language = Language.VI) -> str:
    """Return an interval as printed: "67,37–92,91".

    Parameters
    ----------
    low, high
        Its ends, on the scale of the estimate.
    decimals, language
        As in ``number``.

    Returns
    -------
    str
        Both ends, joined by an en dash without spaces.
    """
    return f"{number(low, decimals, language)}–{number(high, decimals, language)}"


def date_text(day: date) -> str:
    """Return a day as dd/MM/yyyy, in both languages.

    Parameters
    ----------
    day
        Any day.

    Returns
    -------
    str
        "05/02/2026".
    """
    return f"{day:%d/%m/%Y}"


def period_text(period: str) -> Text:
    """Return a period's id in words: "2026-Q3" is "quý III năm 2026".

    Parameters
    ----------
    period
        An id of DESIGN's periods, or any other text.

    Returns
    -------
    Text
        The words; an id of no known form is returned as it stands.
    """
    for pattern, text in _PERIODS:
        match = pattern.fullmatch(period)
        if match:
            found = {key: value.lstrip("0") for key, value in match.groupdict().items()}
            roman = _ROMAN[int(found.get("q", "0"))]
            return Text(text.vi.format(roman=roman, **found), text.en.format(roman=roman, **found))
    return Text(period, period)


def decimals_of(measure: Measure) -> tuple[int, int]:
    """Return the decimals of an estimate and of its interval on this measure.

    Parameters
    ----------
    measure
        The table's scale.

    Returns
    -------
    tuple of int
        Digits after the decimal sign: (estimate, interval). Points have (1, 2), everything else (2, 2).
    """
    return _DECIMALS[measure.kind]


def measure_unit(measure: Measure) -> Text:
    """Return the unit of a measure: "%" or "điểm".

    Parameters
    ----------
    measure
        The table's scale.

    Returns
    -------
    Text
        What stands in "Đơn vị tính".
    """
    return Text("%", "%") if measure.kind == "percent" else Text("điểm", "points")


def estimate_text(row: IndexRow, measure: Measure, language: Language = Language.VI, *, unit: bool = True) -> str:
    """Return the estimate of a row as printed: "84,09%", "4,21 điểm", "1,7 điểm", "…" or "–".

    Parameters
    ----------
    row
        The row; a withheld or missing estimate gives the sign of its status.
    measure
        The table's scale: percent and score have two decimals, points one.
    language
        Whose signs and words to use.
    unit
        Whether the unit stands behind the number (it does not in a column that names it).

    Returns
    -------
    str
        The number in words of the field.
    """
    if row.estimate is None:
        return WITHHELD.get(row.status, WITHHELD["missing"])
    figure = number(row.estimate, decimals_of(measure)[0], language)
    space = "" if measure.kind == "percent" else " "
    return figure + space + measure_unit(measure).in_language(language) if unit else figure


def interval_text(row: IndexRow, measure: Measure, language: Language = Language.VI) -> str:
    """Return the interval of a row as printed: "67,37–92,91", empty where there is none.

    Parameters
    ----------
    row
        The row; ends that do not exist or are withheld give an empty text.
    measure, language
        As in ``estimate_text``.

    Returns
    -------
    str
        Both ends without a unit.
    """
    if row.ci_low is None or row.ci_high is None:
        return ""
    return interval(row.ci_low, row.ci_high, decimals_of(measure)[1], language)


def interval_name(basis: Basis, level: float) -> Text:
    """Return what the interval is called: a confidence interval only where people did not choose themselves.

    Parameters
    ----------
    basis
        How people came to answer.
    level
        Confidence level in (0, 1).

    Returns
    -------
    Text
        "Khoảng tin cậy 95%", or "Khoảng dao động ngẫu nhiên 95%" for voluntary responses.
    """
    en = f"{level * 100:.6g}%"
    vi = en.replace(".", ",")
    if basis == "voluntary":
        return Text(f"Khoảng dao động ngẫu nhiên {vi}", f"{en} random fluctuation interval")
    return Text(f"Khoảng tin cậy {vi}", f"{en} confidence interval")


def basis_sentence(basis: Basis, level: float) -> Text:
    """Return what the interval stands for on this basis, and what it leaves out.

    Parameters
    ----------
    basis, level
        As in ``interval_name``.

    Returns
    -------
    Text
        One sentence, to stand under every table with intervals.
    """
    name, sentence = interval_name(basis, level), _BASIS_SENTENCES[basis]
    return Text(sentence.vi.format(name=name.vi), sentence.en.format(name=name.en))


def reason_codes(reason: str) -> tuple[str, ...]:
    """Return the codes of a row's reason in the order of importance, unknown ones last.

    Parameters
    ----------
    reason
        Codes joined by ``;``, may be empty.

    Returns
    -------
    tuple of str
        Each code once.
    """
    codes = dict.fromkeys(code.strip() for code in reason.split(";") if code.strip())
    return tuple(sorted(codes, key=REASONS.place))


def reason_text(reason: str, language: Language = Language.VI) -> str:
    """Return a row's reason in a few words: "Cỡ mẫu nhỏ, chỉ để tham khảo".

    Parameters
    ----------
    reason
        Codes joined by ``;``; a code without words stands as it is.
    language
        Whose words to use.

    Returns
    -------
    str
        The words with a capital first letter, joined by "; ", empty without a reason.
    """
    words = "; ".join(REASONS.get(code, Text(code, code)).in_language(language) for code in reason_codes(reason))
    return words[:1].upper() + words[1:]


def mode_text(modes: Sequence[tuple[str, int]]) -> Text:
    """Return how many responses came by which mode: "ki-ốt 1.204 phiếu; điện thoại 560 phiếu".

    Parameters
    ----------
    modes
        (mode, number of responses); a mode without a name stands as it is.

    Returns
    -------
    Text
        Empty where nothing is known.
    """
    named = [(MODES.get(mode, Text(mode, mode)), n) for mode, n in modes]
    return Text(
        "; ".join(f"{name.vi} {count(n)} phiếu" for name, n in named),
        "; ".join(f"{name.en} {count(n, Language.EN)} responses" for name, n in named),
    )


def mode_caution(modes: Sequence[tuple[str, int]]) -> Text | None:
    """Return the caution that belongs to results which pool several modes of survey.

    Parameters
    ----------
    modes
        (mode, number of responses).

    Returns
    -------
    Text or None
        None where all responses came by one mode.
    """
    if sum(n > 0 for _, n in modes) < 2:
        return None
    return Text(**_WORDS["mode_caution"])


def method_statement(methods: Iterable[str], basis: Basis, level: float) -> Text:
    """Return the statement of method that stands under a table.

    Parameters
    ----------
    methods
        Values of ``IndexRow.method``, ``rule/combination/interval``, e.g. ``share/pooled/modified-wilson``.
    basis, level
        As in ``interval_name``.

    Returns
    -------
    Text
        One short paragraph; a part without a sentence is named by its code.
    """
    name = interval_name(basis, level)
    parts: dict[str, None] = {}
    for method in methods:
        rule, combination, kind = (*method.split("/"), "", "")[:3]
        parts |= dict.fromkeys(part for part in (rule, f"{rule}/{combination}", f"//{kind}") if part.strip("/"))
    sentences = [_METHOD.get(part, _by_code(part)) for part in parts]
    return Text(
        " ".join(sentence.vi.format(name=name.vi) for sentence in sentences),
        " ".join(sentence.en.format(name=name.en) for sentence in sentences),
    )


def _by_code(part: str) -> Text:
    code = part.strip("/").replace("{", "").replace("}", "")
    return Text(f"Phương pháp: {code}.", f"Method: {code}.")
