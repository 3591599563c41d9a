"""Which map of old and new units stands in a file? CSV or Excel, refused where it does not hold together."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from analysis.spreadsheet import SheetRow, SheetTable, read_table
from analysis.unit_map import Succession, UnitMap, UnusableUnitMap, day_of, share_of, wrong_shares
from analysis.wording import date_text

REQUIRED: Final = ("old_code", "new_code", "effective_date")
OPTIONAL: Final = ("old_name", "new_name", "new_parent_code", "new_parent_name", "share", "legal_basis")


def read_unit_map(path: Path) -> UnitMap:
    """Read a table of old and new units.

    Parameters
    ----------
    path : Path
        CSV or XLSX with the columns old_code, new_code and effective_date (dd/MM/yyyy or yyyy-MM-dd), and, where
        they are known, old_name, new_name, new_parent_code, new_parent_name, share (from 0 to 1, with point or
        comma; blank is 1) and legal_basis.

    Returns
    -------
    UnitMap
        Its lines; the shares of one unit on one day add up to 1.

    Raises
    ------
    UnreadableFile
        If the file is not one readable table (``analysis.spreadsheet``).
    UnusableUnitMap
        For a missing or unknown column, a blank code, a day or a share that cannot be read, a line that stands
        twice, and shares that do not add up to 1.

    References
    ----------
    DOMAIN, section 4: old unit to new unit, many to one, with shares when one is split.

    Limits
    ------
    All lines count, those of days to come as well: leave out what is not in force yet.
    """
    table = read_table(path)
    _refuse_columns(table)
    lines = [_line(table, row) for row in table.rows]
    _refuse_lines(table, lines)
    return UnitMap(tuple(lines), (table.file, table.sha256))


def _refuse_columns(table: SheetTable) -> None:
    unknown = [name for name in table.columns if name not in {*REQUIRED, *OPTIONAL}]
    missing = [name for name in REQUIRED if name not in table.columns]
    if unknown or missing:
        raise UnusableUnitMap(
            f"{table.place}, dòng tiêu đề",
            expected=f"các cột {', '.join(REQUIRED)}; có thể có thêm {', '.join(OPTIONAL)}",
            got="; ".join(
                f"{what} {', '.join(names)}" for what, names in (("thiếu", missing), ("thừa", unknown)) if names
            ),
            remedy="sửa tên cột, bỏ cột thừa",
        )


def _line(table: SheetTable, row: SheetRow) -> Succession:
    cells = {name: row.cells[at] if at < len(row.cells) else "" for at, name in enumerate(table.columns)}
    share, day = share_of(cells.get("share", "")), day_of(cells["effective_date"])
    if share is None or day is None or not cells["old_code"] or not cells["new_code"]:
        raise UnusableUnitMap(
            f"{table.place}, dòng {row.number}",
            expected="mã cũ, mã mới, ngày hiệu lực (01/07/2025) và tỷ lệ lớn hơn 0, không quá 1 (để trống là 1)",
            got=", ".join(f"{name} “{cells.get(name, '')}”" for name in (*REQUIRED, "share")),
            remedy="sửa dòng này",
        )
    names = {name: cells.get(name) or None for name in ("new_name", "new_parent_code", "new_parent_name")}
    return Succession(
        old_code=cells["old_code"], new_code=cells["new_code"], share=share, effective_on=day, **names
    )


def _refuse_lines(table: SheetTable, lines: Sequence[Succession]) -> None:
    for code, day, wrong in wrong_shares(lines):
        raise UnusableUnitMap(
            f"{table.place}, mã cũ {code}, ngày {date_text(day)}",
            expected="mỗi mã mới một dòng, tổng tỷ lệ của các dòng bằng 1",
            got=wrong,
            remedy="sửa tỷ lệ hoặc bỏ dòng trùng",
        )
