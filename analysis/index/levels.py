"""For whom is a number computed? Units, their parents and the whole, as codes over the finest domains."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.index.totals import DomainKeys
from analysis.refusal import Refusal
from analysis.stream.coding import as_text
from analysis.stream.sources import Batch, Label, Stream
from analysis.table import WHOLE

Bools = npt.NDArray[np.bool_]
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
    """Domains of one level: ``codes`` gives each finest domain its own, ``groups`` each domain its group."""

    domains: tuple[Domain, ...]
    codes: Codes
    groups: Codes


def levels_of(keys: DomainKeys, *, by: tuple[str, ...], parent: str | None) -> tuple[Level, ...]:
    """Return the levels of a table: units, parents where there is a parent column, the whole.

    Parameters
    ----------
    keys : DomainKeys
        The finest domains, with the columns of ``by`` and ``parent``.
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
        For a unit under two parents.

    References
    ----------
    DESIGN, section 3: an IndexTable row; the whole is unit_code ALL.

    Limits
    ------
    One parent level.
    """
    others = tuple(column for column in by if column != "unit_code")
    maker = _Maker(keys, others, _parent_groups(keys, by=by, parent=parent))
    levels = []
    if "unit_code" in by:
        levels.append(maker.level("unit_code", parent))
    if parent:
        levels.append(maker.level(parent, parent))
    if others:
        levels.append(maker.level(None, None))
    whole = Domain(
        unit_code=WHOLE,
        unit_name=WHOLE_NAME,
        parent_code=None,
        by=tuple((column, WHOLE) for column in others),
    )
    return (*levels, Level((whole,), np.zeros(len(keys), dtype=np.int64), np.zeros(1, dtype=np.int64)))


def check_columns(columns: Sequence[str], available: Collection[str]) -> None:
    """Refuse a column to compute by that the file does not have.

    Parameters
    ----------
    columns : sequence of str
        Columns of the domains.
    available : collection of str
        Columns of the file beside the answers.

    Returns
    -------
    None
        Where all are there.

    Raises
    ------
    UnusableDomain
        For the first column that is missing.

    References
    ----------
    DESIGN, section 3.

    Limits
    ------
    None.
    """
    for column in columns:
        if column not in available:
            raise UnusableDomain(
                f"Tùy chọn --by hoặc --parent, cột {column}",
                expected="một cột có trong tệp dữ liệu",
                got=f"tệp chỉ có các cột: {', '.join(available)}",
                remedy="sửa tên cột; dữ liệu không chia theo đơn vị thì thêm cột unit_code",
            )


def refuse_blank(stream: Stream, column: str, in_period: Callable[[Batch], Bools | None]) -> UnusableDomain:
    """Return the refusal that names the rows without a code.

    Parameters
    ----------
    stream : Stream
        Read once more until five rows are found.
    column : str
        The column.
    in_period : callable
        Tells of a batch which rows count, None for all.

    Returns
    -------
    UnusableDomain
        With the first five rows.

    Raises
    ------
    UnreadableResponses
        Where the file is broken further on.

    References
    ----------
    DESIGN, section 3.

    Limits
    ------
    None.
    """
    rows: list[Label] = []
    for batch in stream.batches([column, *(["window"] if "window" in stream.columns else [])]):
        blank = as_text(batch.column(column)).is_null().to_numpy()
        inside = in_period(batch)
        rows += [batch.label(row) for row in np.flatnonzero(blank if inside is None else blank & inside).tolist()]
        if len(rows) >= 5:
            break
    return UnusableDomain(
        f"Cột {column}, dòng {', '.join(map(str, rows[:5]))}",
        expected="mã đơn vị ở mọi phiếu",
        got="ô trống",
        remedy="điền mã đơn vị cho các phiếu này",
    )


def refuse_whole(column: str) -> UnusableDomain:
    """Return the refusal of a unit whose code is that of the whole.

    Parameters
    ----------
    column : str
        The column.

    Returns
    -------
    UnusableDomain
        To be raised.

    Raises
    ------
    TypeError
        Never for text.

    References
    ----------
    DESIGN, section 3: the whole is unit_code ALL.

    Limits
    ------
    None.
    """
    return UnusableDomain(
        f"Cột {column}",
        expected=f"mã khác {WHOLE}, vì {WHOLE} là mã của dòng tổng hợp",
        got=WHOLE,
        remedy="đặt mã khác cho đơn vị này",
    )


def _parent_groups(keys: DomainKeys, *, by: tuple[str, ...], parent: str | None) -> Codes:
    if parent is None:
        return np.zeros(len(keys), dtype=np.int64)
    parents = [value[keys.columns.index(parent)] for value in keys.values]
    if "unit_code" in by:
        above: dict[str, set[str]] = {}
        for value, code in zip(keys.values, parents, strict=True):
            above.setdefault(value[keys.columns.index("unit_code")], set()).add(code)
        torn = sorted(unit for unit, codes in above.items() if len(codes) > 1)
        if torn:
            raise UnusableDomain(
                f"Cột {parent} (--parent)",
                expected="mỗi đơn vị thuộc một đơn vị cấp trên",
                got=f"đơn vị {', '.join(torn[:5])} thuộc nhiều đơn vị cấp trên",
                remedy="sửa mã đơn vị cấp trên của các phiếu này",
            )
    number = {code: at for at, code in enumerate(sorted(set(parents)))}
    return np.array([number[code] for code in parents], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes levels from the finest domains; ``group`` is the parent of each."""

    keys: DomainKeys
    others: tuple[str, ...]
    group: Codes

    def level(self, unit: str | None, parent: str | None) -> Level:
        columns = [*([unit] if unit else []), *self.others]
        at = [self.keys.columns.index(column) for column in columns]
        own = [tuple(value[k] for k in at) for value in self.keys.values]
        known = sorted(set(own))
        number = {value: place for place, value in enumerate(known)}
        codes = np.array([number[value] for value in own], dtype=np.int64)
        # the domain is named as its first row names it
        first = np.zeros(len(known), dtype=np.int64)
        latest_first = np.argsort(-self.keys.first, kind="stable")
        first[codes[latest_first]] = latest_first
        groups = self.group[first] if unit else np.zeros(len(known), dtype=np.int64)
        domains = tuple(
            self._domain(value, at=row, unit=unit, parent=parent)
            for value, row in zip(known, first.tolist(), strict=True)
        )
        return Level(domains, codes, groups)

    def _domain(self, value: tuple[str, ...], *, at: int, unit: str | None, parent: str | None) -> Domain:
        by = tuple(zip(self.others, value[1 if unit else 0 :], strict=True))
        if unit is None:
            return Domain(unit_code=WHOLE, unit_name=WHOLE_NAME, parent_code=None, by=by)
        names = self.keys.names.get(unit.removesuffix("_code") + "_name")
        above = self.keys.values[at][self.keys.columns.index(parent)] if parent and unit != parent else WHOLE
        return Domain(
            unit_code=value[0], unit_name=(names[at] if names else None) or value[0], parent_code=above, by=by
        )
