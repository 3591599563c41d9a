"""What does each cell of a table of counts say? Every cell read by its column, every bad one remembered."""

from collections.abc import Mapping
from typing import Final

from analysis.counts.figures import NotACount, NotAPercentage, count_in, is_blank, percent_in
from analysis.counts.headings import Field
from analysis.counts.tally import CountRow, Forms, LevelCount, PrintedPercent
from analysis.refusal import Refusal
from analysis.spreadsheet import SheetRow, SheetTable
from analysis.spreadsheet.sheet import quoted

_TOTALS: Final = frozenset({"tổng", "tổng số", "tổng cộng", "cộng", "total"})
_SCORES: Final[Mapping[str, int | None]] = {"1": 1, "0": 0, "": None}


class CellReader:
    """Reads rows of a table of counts; ``faults`` gathers what is wrong, so that all of it can be said at once."""

    def __init__(self, table: SheetTable, columns: Mapping[Field, int]) -> None:
        self.table, self.columns = table, columns
        self.faults: list[Refusal] = []

    def row(self, row: SheetRow) -> CountRow:
        """Return what the row says; 0 stands for a count that was remembered as bad."""
        return CountRow(
            forms=self._forms(row),
            item=self._name("item", row),
            level=LevelCount(
                row=row.number,
                level=self._level_name(row),
                score=self._score(row),
                count=self._count("count", row, needed=True) or 0,
                printed=self._percent(row),
            ),
            stored_percent=self._is_stored_number("printed_percent", row),
        )

    def _forms(self, row: SheetRow) -> Forms:
        unit = self._name("unit", row)
        return Forms(
            survey=self._text("source", row) or self.table.file.rpartition(".")[0] or self.table.file,
            unit_code=self._text("unit_code", row) or unit,
            unit_name=unit,
            period=self._text("period", row),
            issued=self._count("issued", row),
            returned=self._count("returned", row),
        )

    def _name(self, field: Field, row: SheetRow) -> str:
        text = self._text(field, row)
        if not text:
            self._fault(
                row,
                field,
                expected="một tên",
                remedy="điền tên vào mọi dòng, kể cả các dòng từng nằm trong ô gộp",
            )
        return text

    def _is_stored_number(self, field: Field, row: SheetRow) -> bool:
        return self.columns.get(field) in row.numeric

    def _level_name(self, row: SheetRow) -> str:
        name = self._name("level", row)
        # Counted as a level, a total would double every sum.
        if name.casefold() in _TOTALS:
            self._fault(
                row, "level", expected="một mức trả lời", remedy="xóa các dòng tổng, tổng được tính từ các mức"
            )
        return name

    def _text(self, field: Field, row: SheetRow) -> str:
        index = self.columns.get(field)
        # Line breaks and double blanks inside a cell would make two names of one.
        return "" if index is None else " ".join(row.cells[index].split())

    def _count(self, field: Field, row: SheetRow, *, needed: bool = False) -> int | None:
        text = self._text(field, row)
        if is_blank(text) and not needed:
            return None
        try:
            return count_in(text, stored=self._is_stored_number(field, row))
        except NotACount:
            self._fault(
                row,
                field,
                expected="số nguyên từ 0 trở lên",
                remedy="viết số phiếu như 4215, 4.215 hoặc 4 215; không có phiếu nào thì ghi 0",
            )
            return None

    def _score(self, row: SheetRow) -> int | None:
        text = self._text("score", row)
        if text not in _SCORES:
            self._fault(
                row,
                "score",
                expected="1 (mức được tính là hài lòng), 0 (mức không được tính) hoặc để trống",
                remedy="sửa điểm; nếu nội dung này không hỏi về mức hài lòng thì để trống ở mọi mức",
            )
        return _SCORES.get(text)

    def _percent(self, row: SheetRow) -> PrintedPercent | None:
        text = self._text("printed_percent", row)
        if is_blank(text):
            return None
        try:
            return percent_in(text)
        except NotAPercentage:
            self._fault(
                row, "printed_percent", expected="tỷ lệ phần trăm", remedy="viết tỷ lệ như 47,04 hoặc 47,04%"
            )
            return None

    def _fault(self, row: SheetRow, field: Field, *, expected: str, remedy: str) -> None:
        heading = quoted(self.table.columns[self.columns[field]])
        where = f"{self.table.place}, dòng {row.number}, cột {heading}"
        got = quoted(self._text(field, row)) if self._text(field, row) else "ô trống"
        self.faults.append(Refusal(where, expected=expected, got=got, remedy=remedy))
