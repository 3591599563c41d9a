"""How is one TOML table read? So that every wrong key or value becomes a fault with its place and remedy."""

import difflib
import math
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TypeVar

from questionnaires.complaint import Fault
from questionnaires.model import Text
from questionnaires.text import clean

_Value = TypeVar("_Value")

_TYPE_NAMES: dict[type, str] = {
    str: "một chuỗi trong ngoặc kép",
    bool: "true hoặc false",
    int: "một số nguyên",
    float: "một số",
    list: "một danh sách",
    dict: "một bảng",
}
_VOLUNTARY = (
    "bỏ khóa này: mọi câu hỏi đều tự nguyện. Bắt buộc ghi họ tên, thư điện tử, số điện thoại là lỗi thường gặp ở "
    "các mẫu phiếu; phiếu này không được hỏi những thông tin đó"
)


def described(value: object) -> str:
    """Return a short Vietnamese description of a TOML value, for the "what came" part of a fault."""
    if isinstance(value, bool):
        return f"giá trị {str(value).lower()}"
    if isinstance(value, str):
        return f'chuỗi "{value if len(value) <= 60 else value[:60] + "…"}"'
    if isinstance(value, int | float):
        return f"số {value}" if abs(value) < 1e15 or isinstance(value, float) else "số quá lớn"
    if isinstance(value, list):
        return f"danh sách {len(value)} phần tử"
    return "một bảng" if isinstance(value, dict) else f"giá trị ngày giờ {value}"


class Table:
    """One TOML table being read; every key must be asked for, and what is wrong is added to ``faults``.

    A wrong or missing value is replaced by an empty one, so that reading goes on and all faults are found in one
    go; a caller that got faults throws the result away.
    """

    def __init__(self, data: Mapping[str, object], *, where: str, faults: list[Fault], path: str = "") -> None:
        self.where = where
        self.faults = faults
        self._data = data
        self._path = path
        self._asked: set[str] = set()

    def has(self, key: str) -> bool:
        """Return whether the key is there, and count it as known."""
        self._asked.add(key)
        return key in self._data

    def raw(self, key: str) -> object:
        """Return the value of a key that is there, unread."""
        return self._data[key]

    def adopt(self, defaults: Mapping[str, object]) -> None:
        """Take from the defaults what the table does not say itself."""
        self._data = {**defaults, **self._data}

    def fault(self, key: str, *, expected: str, got: str, remedy: str) -> None:
        """Add a fault about one key of this table."""
        where = f"{self.where}, khóa {self._path}{key}"
        self.faults.append(Fault(where=where, expected=expected, got=got, remedy=remedy))

    def string(self, key: str) -> str:
        """Return a string, or "" with a fault."""
        return self._typed(key, str, "")

    def word(self, key: str, allowed: Sequence[str]) -> str:
        """Return one of the allowed words, or "" with a fault."""
        word = self.string(key)
        if word and word not in allowed:
            choices = ", ".join(allowed)
            self.fault(
                key, expected=f"một trong các giá trị {choices}", got=described(word), remedy="chọn lại giá trị"
            )
        return word if word in allowed else ""

    def sentence(self, key: str) -> str:
        """Return a text that is shown to people: not blank, NFC, without invisible characters."""
        text = self.string(key)
        if key in self._data and isinstance(self._data[key], str):
            self._check_sentence(key, text)
        return text

    def text(self, key: str) -> Text:
        """Return a text in both languages."""
        if not isinstance(self._data.get(key), dict):
            self._not_bilingual(key)
            return Text("", "")
        both = self.table(key)
        text = Text(both.sentence("vi"), both.sentence("en"))
        both.close()
        return text

    def optional_text(self, key: str) -> Text | None:
        """Return a text in both languages, or None where the key is absent."""
        return self.text(key) if self.has(key) else None

    def boolean(self, key: str, *, default: bool) -> bool:
        """Return true or false, or the default where the key is absent."""
        return self._typed(key, bool, default) if self.has(key) else default

    def integer(self, key: str) -> int:
        """Return a whole number, or 0 with a fault."""
        return self._typed(key, int, 0)

    def number(self, key: str) -> float:
        """Return a finite number, or 0 with a fault."""
        value = self._data.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            self._asked.add(key)
            return float(value) if abs(value) < 10**15 else self._out_of_reach(key, value)
        number = self._typed(key, float, 0.0)
        return number if math.isfinite(number) else self._out_of_reach(key, number)

    def strings(self, key: str) -> tuple[str, ...]:
        """Return a list of at least one string, each once; what is wrong is left out with a fault."""
        entries = self._typed(key, list, [])
        words = [entry for entry in entries if isinstance(entry, str)]
        if key in self._data and isinstance(self._data[key], list) and (not entries or len(words) < len(entries)):
            self.fault(
                key,
                expected="danh sách có ít nhất một chuỗi và chỉ gồm chuỗi",
                got=described(self._data[key]),
                remedy='viết các giá trị trong ngoặc kép, ví dụ ["A", "B"]',
            )
        if len(set(words)) < len(words):
            repeated = next(word for word in words if words.count(word) > 1)
            self.fault(key, expected="mỗi giá trị một lần", got=f'"{repeated}" hai lần', remedy="bỏ giá trị trùng")
        return tuple(dict.fromkeys(words))

    def table(self, key: str) -> "Table":
        """Return the table under a key; an empty one with a fault where there is none."""
        data = self._typed(key, dict, {})
        # A missing table is one fault, not one more for each key that it lacks.
        faults = self.faults if isinstance(self._data.get(key), dict) else []
        return Table(data, where=self.where, faults=faults, path=f"{self._path}{key}.")

    def tables(self, key: str, noun: str) -> "list[Table]":
        """Return a list of at least one table; ``noun`` names one of them in the faults ("phương án")."""
        entries = self._typed(key, list, [])
        tables = [entry for entry in entries if isinstance(entry, dict)]
        if key in self._data and isinstance(self._data[key], list) and (not entries or len(tables) < len(entries)):
            self.fault(
                key,
                expected=f"danh sách có ít nhất một {noun}, mỗi {noun} là một bảng",
                got=described(entries),
                remedy=f"khai báo từng {noun}",
            )
        return [
            Table(entry, where=f"{self.where}, {noun} thứ {place}", faults=self.faults)
            for place, entry in enumerate(tables, 1)
        ]

    def names(self) -> tuple[str, ...]:
        """Return the keys of the table, all counted as known."""
        self._asked.update(self._data)
        return tuple(self._data)

    def close(self) -> None:
        """Complain about every key that nothing has asked for."""
        for key in self._data:
            if key == "required":
                self.fault(key, expected="không có khóa required", got="khóa required", remedy=_VOLUNTARY)
            elif key not in self._asked:
                self._unknown(key)

    def _unknown(self, key: str) -> None:
        near = difflib.get_close_matches(key, self._asked, n=1)
        remedy = f'sửa thành "{near[0]}" hoặc bỏ khóa này' if near else "bỏ khóa này"
        self.fault(
            key,
            expected=f"các khóa {', '.join(sorted(self._asked))}",
            got="khóa không được dùng ở đây",
            remedy=remedy,
        )

    def _typed(self, key: str, kind: type[_Value], empty: _Value) -> _Value:
        self._asked.add(key)
        expected = _TYPE_NAMES[kind]
        if key not in self._data:
            self.fault(key, expected=expected, got="không có khóa này", remedy=f"thêm khóa {self._path}{key}")
            return empty
        value = self._data[key]
        # bool is an int to Python, but `minimum = true` is a slip of the author's
        if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
            return value
        self.fault(key, expected=expected, got=described(value), remedy=f"sửa giá trị của {key}")
        return empty

    def _not_bilingual(self, key: str) -> None:
        self._asked.add(key)
        self.fault(
            key,
            expected="câu chữ bằng cả hai ngôn ngữ",
            got=described(self._data[key]) if key in self._data else "không có khóa này",
            remedy=f'viết {self._path}{key}.vi = "…" và {self._path}{key}.en = "…"',
        )

    def _out_of_reach(self, key: str, value: float) -> float:
        self.fault(key, expected="một số hữu hạn", got=described(value), remedy=f"sửa giá trị của {key}")
        return 0.0

    def _check_sentence(self, key: str, text: str) -> None:
        if not clean(text):
            self.fault(key, expected="một câu chữ", got="chuỗi trống", remedy="viết câu chữ bằng ngôn ngữ này")
        elif unicodedata.normalize("NFC", text) != text:
            self.fault(
                key,
                expected="chữ ở dạng Unicode dựng sẵn (NFC)",
                got=f"{described(text)} ở dạng tổ hợp",
                remedy="gõ lại bằng bảng mã Unicode dựng sẵn",
            )
        elif clean(text) != text:
            self.fault(
                key,
                expected="chữ không có khoảng trắng ở hai đầu và không có ký tự ẩn",
                got=f"{described(clean(text))} kèm {_superfluous(text)}",
                remedy="xóa khoảng trắng thừa hoặc ký tự ẩn",
            )


def _superfluous(text: str) -> str:
    hidden = next((character for character in text.strip() if not clean(f"a{character}a")[1:-1]), None)
    return "khoảng trắng thừa" if hidden is None else f"ký tự ẩn U+{ord(hidden):04X}"
