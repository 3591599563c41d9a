"""For whom is a number computed? Units, their parents and the whole, as codes over responses."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.refusal import Refusal
from analysis.table import WHOLE

Codes = npt.NDArray[np.int64]

WHOLE_NAME = "Toàn bộ"


class UnusableDomain(Refusal):
    """A column to compute by that is missing, blank somewhere, or puts a unit under two parents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """One line of the table: a unit (or a parent, or the whole) and the values of the other columns."""

    unit_code: str
    unit_name: str
    parent_code: str | None
    by: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Level:
    """Domains of one level: ``codes`` gives each response its domain, ``groups`` each domain its group."""

    domains: tuple[Domain, ...]
    codes: Codes
    groups: Codes


def levels_of(frame: pd.DataFrame, *, by: tuple[str, ...], parent: str | None) -> tuple[Level, ...]:
    """Return the levels of a table: units, parents where there is a parent column, the whole.

    Parameters
    ----------
    frame : DataFrame
        One row a response, with the columns of ``by`` and ``parent`` as text.
    by : tuple of str
        Domain columns; ``unit_code`` among them makes units, the others split every level.
    parent : str, optional
        Column with the code of the unit above.

    Returns
    -------
    tuple of Level
        The lowest level first; the last is the whole in one domain.

    Raises
    ------
    UnusableDomain
        For a missing column, a blank code, a unit under two parents, a unit named ALL.

    References
    ----------
    DESIGN, section 3: an IndexTable row; the whole is unit_code ALL.

    Limits
    ------
    One parent level.
    """
    for column in (*by, *([parent] if parent else [])):
        _check(frame, column)
    others = tuple(column for column in by if column != "unit_code")
    group, groups_known = _parent_groups(frame, by=by, parent=parent)
    unit_columns: list[str | None] = []
    if "unit_code" in by:
        unit_columns.append("unit_code")
    if parent:
        unit_columns.append(parent)
    levels = [
        _level(frame, unit=unit, others=others, group=group, parent=parent if groups_known else None)
        for unit in unit_columns
    ]
    if others:
        levels.append(_level(frame, unit=None, others=others, group=np.zeros_like(group), parent=None))
    whole = _level(frame, unit=None, others=(), group=np.zeros_like(group), parent=None)
    whole_by = tuple((column, WHOLE) for column in others)
    domains = tuple(
        Domain(unit_code=WHOLE, unit_name=WHOLE_NAME, parent_code=None, by=whole_by) for _ in whole.domains
    )
    return (*levels, Level(domains, whole.codes, whole.groups))


def _check(frame: pd.DataFrame, column: str) -> None:
    if column not in frame.columns:
        raise UnusableDomain(
            f"Tùy chọn --by hoặc --parent, cột {column}",
            expected="một cột có trong tệp dữ liệu",
            got=f"tệp chỉ có các cột: {', '.join(map(str, frame.columns))}",
            remedy="sửa tên cột; dữ liệu không chia theo đơn vị thì thêm cột unit_code",
        )
    blank = frame[column].isna()
    if blank.any():
        raise UnusableDomain(
            f"Cột {column}, dòng {', '.join(map(str, frame.index[blank][:5]))}",
            expected="mã đơn vị ở mọi phiếu",
            got="ô trống",
            remedy="điền mã đơn vị cho các phiếu này",
        )
    if (frame[column] == WHOLE).any():
        raise UnusableDomain(
            f"Cột {column}",
            expected=f"mã khác {WHOLE}, vì {WHOLE} là mã của dòng tổng hợp",
            got=WHOLE,
            remedy="đặt mã khác cho đơn vị này",
        )


def _parent_groups(frame: pd.DataFrame, *, by: tuple[str, ...], parent: str | None) -> tuple[Codes, bool]:
    if parent is None:
        return np.zeros(len(frame), dtype=np.int64), False
    if "unit_code" in by:
        parents = frame.groupby("unit_code", observed=True)[parent].nunique()
        torn = parents[parents > 1]
        if len(torn):
            raise UnusableDomain(
                f"Cột {parent} (--parent)",
                expected="mỗi đơn vị thuộc một đơn vị cấp trên",
                got=f"đơn vị {', '.join(map(str, torn.index[:5]))} thuộc nhiều đơn vị cấp trên",
                remedy="sửa mã đơn vị cấp trên của các phiếu này",
            )
    return np.asarray(pd.factorize(frame[parent], sort=True)[0], dtype=np.int64), True


def _level(
    frame: pd.DataFrame, *, unit: str | None, others: tuple[str, ...], group: Codes, parent: str | None
) -> Level:
    columns = [*([unit] if unit else []), *others]
    if columns:
        codes, keys = pd.factorize(pd.MultiIndex.from_frame(frame[columns]), sort=True)
    else:
        codes, keys = np.zeros(len(frame), dtype=np.int64), [()]
    first = np.full(len(keys), -1)
    first[codes[::-1]] = np.arange(len(frame))[::-1]
    domains = tuple(
        _domain(frame.iloc[row], key, unit=unit, others=others, parent=parent)
        for key, row in zip(keys, first, strict=True)
    )
    return Level(domains, np.asarray(codes, dtype=np.int64), group[first])


def _domain(
    row: pd.Series, key: tuple[str, ...], *, unit: str | None, others: tuple[str, ...], parent: str | None
) -> Domain:
    code = str(key[0]) if unit else WHOLE
    name_column = unit.removesuffix("_code") + "_name" if unit else ""
    name = row.get(name_column) if unit else WHOLE_NAME
    above = None if unit is None else (str(row[parent]) if parent and unit != parent else WHOLE)
    return Domain(
        unit_code=code,
        unit_name=code if name is None or pd.isna(name) else str(name),
        parent_code=above,
        by=tuple(zip(others, map(str, key[1 if unit else 0 :]), strict=True)),
    )
