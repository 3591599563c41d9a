"""Do the rows of a table of counts contradict one another? What cannot be computed with, named row by row."""

from collections.abc import Iterator, Sequence
from typing import Final

from analysis.counts.tally import CountRow, grouped, row_ranges
from analysis.refusal import Refusal
from analysis.spreadsheet.sheet import quoted
from analysis.wording import count

_SHOWN: Final = 3


def contradictions(place: str, rows: Sequence[CountRow]) -> Iterator[Refusal]:
    """Find rows of one unit or item that cannot all be right.

    Parameters
    ----------
    place : str
        File and worksheet, in Vietnamese.
    rows : sequence of CountRow
        All rows of the file.

    Yields
    ------
    Refusal
        One for each unit with two names or codes, each number of forms stated twice differently, each level that
        occurs twice in an item, each item scored only in part.
    """
    yield from _names_and_codes(place, rows)
    for group in grouped(rows, lambda row: row.forms_key).values():
        yield from _forms(place, group)
    for group in grouped(rows, lambda row: row.item_key).values():
        yield from _levels(place, group)


def _names_and_codes(place: str, rows: Sequence[CountRow]) -> Iterator[Refusal]:
    for code, group in grouped(rows, lambda row: row.forms.unit_code).items():
        names = grouped(group, lambda row: row.forms.unit_name)
        if len(names) > 1:
            yield _two(place, f"một tên cho mã đơn vị {quoted(code)}", names)
    for name, group in grouped(rows, lambda row: row.forms.unit_name).items():
        codes = grouped(group, lambda row: row.forms.unit_code)
        if len(codes) > 1:
            yield _two(place, f"một mã cho đơn vị {quoted(name)}", codes)


def _forms(place: str, group: Sequence[CountRow]) -> Iterator[Refusal]:
    unit = quoted(group[0].forms.unit_name)
    issued = grouped((r for r in group if r.forms.issued is not None), lambda row: count(row.forms.issued or 0))
    returned = grouped(
        (r for r in group if r.forms.returned is not None), lambda row: count(row.forms.returned or 0)
    )
    if len(issued) > 1:
        yield _two(place, f"một số phiếu phát ra của {unit} trong một kỳ", issued)
    if len(returned) > 1:
        yield _two(place, f"một số phiếu thu về của {unit} trong một kỳ", returned)


def _two(place: str, expected: str, found: dict[str, list[CountRow]]) -> Refusal:
    shown = dict(list(found.items())[:_SHOWN])
    got = "; ".join(f"{quoted(text)} ở dòng {_numbers(rows)}" for text, rows in shown.items())
    got += f"; và {len(found) - _SHOWN} số khác" if len(found) > _SHOWN else ""
    first = row_ranges(rows[0].level.row for rows in shown.values())
    return Refusal(
        f"{place}, dòng {first}", expected=expected, got=got, remedy="sửa cho thống nhất, hoặc ghi rõ kỳ khác nhau"
    )


def _levels(place: str, group: Sequence[CountRow]) -> Iterator[Refusal]:
    item = f"tiêu chí {quoted(group[0].item)} của {quoted(group[0].forms.unit_name)}"
    for same in grouped(group, lambda row: row.level_key).values():
        if len(same) > 1:
            yield Refusal(
                f"{place}, dòng {_numbers(same)}",
                expected=f"mỗi mức một dòng trong {item}",
                got=f"mức {quoted(same[0].level.level)} có {len(same)} dòng",
                remedy="xóa dòng lặp, hoặc ghi rõ đơn vị, kỳ khác nhau",
            )
    blank = [row for row in group if row.level.score is None]
    if blank and len(blank) < len(group):
        yield Refusal(
            f"{place}, dòng {_numbers(group)}",
            expected=f"điểm 1 hoặc 0 ở mọi mức, hoặc để trống ở mọi mức của {item}",
            got=f"để trống ở dòng {_numbers(blank)}",
            remedy="điền 1 (hài lòng) hoặc 0 vào các dòng này, hoặc bỏ điểm ở cả tiêu chí",
        )


def _numbers(rows: Sequence[CountRow]) -> str:
    return row_ranges(row.level.row for row in rows)
