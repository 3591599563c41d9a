"""Which column of a table of counts is which? English ids and the Vietnamese headings that units write."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final, Literal

from analysis.refusal import Refusal
from analysis.spreadsheet.sheet import SheetTable, column_letters, quoted

Field = Literal[
    "source",
    "unit",
    "unit_code",
    "period",
    "issued",
    "returned",
    "item",
    "level",
    "score",
    "count",
    "printed_percent",
]

HEADINGS: Final[dict[Field, tuple[str, ...]]] = {
    "source": ("nguồn", "nguồn số liệu", "đợt khảo sát", "cuộc khảo sát"),
    "unit": ("đơn vị", "tên đơn vị", "cơ quan", "cơ quan, đơn vị", "unit name"),
    "unit_code": ("mã đơn vị", "mã số đơn vị"),
    "period": ("kỳ", "kì", "kỳ báo cáo", "kỳ khảo sát"),
    "issued": ("phát ra", "số phiếu phát ra", "phiếu phát ra"),
    "returned": ("thu về", "số phiếu thu về", "phiếu thu về"),
    "item": ("tiêu chí", "nội dung", "nội dung đánh giá", "mục", "câu hỏi"),
    "level": ("mức", "mức độ", "mức đánh giá", "mức độ đánh giá", "phương án trả lời"),
    "score": ("điểm", "hài lòng", "hài lòng (1/0)"),
    "count": ("số phiếu", "số lượng", "số lượng phiếu", "số ý kiến"),
    "printed_percent": ("tỷ lệ in", "tỉ lệ in", "tỷ lệ", "tỉ lệ", "tỷ lệ (%)", "tỉ lệ (%)", "phần trăm"),
}
"""The headings of each column besides its own id; capitals and missing accents do not matter."""

REQUIRED: Final[tuple[Field, ...]] = ("unit", "item", "level", "count")

_IGNORED: Final = ("tt", "stt", "số tt", "số thứ tự", "ghi chú", "note")
_RECOGNISED: Final = 3
"""How many headings must be known for a row to be the heading and not a title or data."""


class UnknownHeadings(Refusal):
    """Columns of a table of counts that are missing, unknown or could be two things."""


def is_heading(cells: Sequence[str]) -> bool:
    """Tell whether a row of cells is the heading of a table of counts.

    Parameters
    ----------
    cells : sequence of str
        One row.

    Returns
    -------
    bool
        True where at least three different columns are recognised.
    """
    return len({field for cell in cells for field in _fields(cell)}) >= _RECOGNISED


def columns_of(table: SheetTable) -> dict[Field, int]:
    """Return the position of each column that the table has.

    Parameters
    ----------
    table : SheetTable
        Any table.

    Returns
    -------
    dict
        Position from 0 by column id; columns for numbering and remarks are left out.

    Raises
    ------
    UnknownHeadings
        If a needed column is missing, a heading is unknown, or one could mean two columns: nothing is guessed.
    """
    found: dict[Field, int] = {}
    for index, heading in enumerate(table.columns):
        # Any other unknown column is refused: a misspelt "Kỳ" passed over would throw periods together.
        if not heading or _spelled(heading, _IGNORED):
            continue
        field = _only_field(table.place, index, heading)
        if field in found:
            both = f"{quoted(table.columns[found[field]])} và {quoted(heading)}"
            raise UnknownHeadings(
                table.place,
                expected=f"một cột {quoted(_name(field))}",
                got=f"hai cột {both}, không rõ dùng cột nào",
                remedy="xóa hoặc đổi tên một trong hai cột",
            )
        found[field] = index
    missing = [field for field in REQUIRED if field not in found]
    if missing:
        seen = ", ".join(map(quoted, table.columns[:12]))
        raise UnknownHeadings(
            table.place,
            expected=f"các cột {_names(REQUIRED)}",
            got=f"thiếu cột {_names(missing)}; dòng tiêu đề đọc được: {seen}",
            remedy="thêm cột còn thiếu; mỗi dòng là số phiếu của một mức trong một tiêu chí của một đơn vị",
        )
    return found


def _only_field(place: str, index: int, heading: str) -> Field:
    fields = _fields(heading)
    if len(fields) == 1:
        return fields[0]
    got = f"{quoted(heading)} ở cột {column_letters(index)}"
    if not fields:
        raise UnknownHeadings(
            place,
            expected=f"các cột {_names(HEADINGS)}",
            got=got,
            remedy="đổi tên cột theo danh sách trên, hoặc xóa cột",
        )
    raise UnknownHeadings(
        place,
        expected="tên cột chỉ có một nghĩa",
        got=f"{got}, có thể là cột {_names(fields, ' hoặc ')}",
        remedy="viết tên cột đủ dấu",
    )


def _fields(heading: str) -> list[Field]:
    """Return the columns that a heading may mean: as written, else as written without some of the accents."""
    # "Mức" is the level although "Mục", its look-alike, is an item: what is written in full is not doubted.
    exact: list[Field] = [f for f, names in HEADINGS.items() if _key(heading) in {_key(n) for n in (f, *names)}]
    return exact or [field for field, names in HEADINGS.items() if _spelled(heading, names)]


def _spelled(heading: str, names: Iterable[str]) -> bool:
    return any(_leaves_out_accents(_key(heading), _key(name)) for name in names)


def _key(heading: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", heading).casefold()))


def _leaves_out_accents(written: str, name: str) -> bool:
    """Tell whether a text is a name with accents left out; a different accent is a different word (mục, mức)."""
    return len(written) == len(name) and all(
        a == b or (_parts(a)[0] == _parts(b)[0] and _parts(a)[1] <= _parts(b)[1])
        for a, b in zip(written, name, strict=True)
    )


def _parts(letter: str) -> tuple[str, frozenset[str]]:
    if letter == "đ":
        return "d", frozenset("đ")
    decomposed = unicodedata.normalize("NFD", letter)
    return decomposed[0], frozenset(decomposed[1:])


def _name(field: Field) -> str:
    name = HEADINGS[field][0]
    return name[:1].upper() + name[1:]


def _names(fields: Iterable[Field], joined_by: str = ", ") -> str:
    return joined_by.join(quoted(_name(field)) for field in fields)
