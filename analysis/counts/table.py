"""Which share of the forms was satisfied, item by item? From a table of counts to the index table."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from analysis import __version__
from analysis.counts.reconcile import reconcile
from analysis.counts.tally import CountSheet, Forms, ItemCounts, grouped
from analysis.disclosure import disclose
from analysis.estimate.intervals import wilson
from analysis.table import (
    Basis,
    Finding,
    IndexRow,
    IndexTable,
    Measure,
    Provenance,
    Score,
    Status,
    UnitCount,
)
from questionnaires.model import Text

METHOD: Final = "share/counts/wilson"

TITLE: Final = Text(
    "Tỷ lệ hài lòng tính từ bảng tổng hợp số phiếu",
    "Satisfied shares from tables of counts",
)

NO_POOLED_INDEX: Final = Text(
    "Bảng tổng hợp số phiếu không cho biết các câu trả lời của cùng một người, nên không tính chỉ số chung của "
    "nhiều tiêu chí: không xác định được khoảng ước lượng của chỉ số đó.",
    "A table of counts does not show which answers one person gave, so no index over several items is computed: "
    "its interval could not be determined.",
)

NOTHING_SCORED: Final = Text(
    "Không có tiêu chí nào ghi điểm hài lòng, nên chỉ đối chiếu số liệu mà không tính tỷ lệ. Thêm cột “Điểm”: "
    "1 cho mức được tính là hài lòng, 0 cho các mức khác.",
    "No item has scores, so the numbers were reconciled but no share was computed. Add a column “score”: 1 for "
    "levels that count as satisfied, 0 for the others.",
)


def counts_table(sheet: CountSheet, *, basis: Basis = "voluntary", level: float = 0.95) -> IndexTable:
    """Compute the satisfied share of every scored item of every unit and period, and reconcile the table.

    Parameters
    ----------
    sheet : CountSheet
        A table that was read; items without scores are reconciled only.
    basis : str
        How people came to answer; tables of counts do not say it.
    level : float
        Confidence level in (0, 1).

    Returns
    -------
    IndexTable
        One row a unit, period and scored item, in the order of the file, percent 0–100, thin rows withheld or
        flagged (``analysis.disclosure``); ``n_answers`` is the sum of the item's counts. ``df`` and ``deff`` are
        None: nothing in a table of counts estimates them. Rows whose counts do not add up to the returned forms
        are flagged ``counts_do_not_add_up``. A unit's forms are added over its periods, and its valid forms are
        taken to be the answers to its most answered item, as far as they were returned.

    Raises
    ------
    ValueError
        If ``level`` is outside (0, 1).

    References
    ----------
    Wilson (1927), JASA 22, 209–212; standard error √(p(1 − p)/n), Cochran (1977), formula 3.8 without n − 1.

    Limits
    ------
    Takes every form as one independent person. Someone who answers twice, or an office that helps people to
    answer, makes the interval too narrow. There is no pooled index: the answers of one person are not known.
    """
    scored = [item for item in sheet.items if item.is_scored]
    findings = reconcile(sheet)
    if not scored:
        findings += (Finding(sheet.place, "nothing_scored", NOTHING_SCORED),)
    several = any(len(items) > 1 for items in grouped(scored, lambda item: item.forms).values())
    names = dict.fromkeys(item.item for item in scored)
    table = IndexTable(
        title=TITLE,
        rows=tuple(_rows(scored, basis=basis, level=level)),
        scores=tuple(Score(name, "item", Text(name, name)) for name in names),
        measure=Measure("percent", 0, 100),
        units=tuple(_units(sheet)),
        modes=(),
        provenance=Provenance(
            questionnaire="",
            questionnaire_hash="",
            inputs=((sheet.file, sheet.sha256),),
            interval="wilson",
            design="",
            code_version=__version__,
        ),
        findings=findings,
        note=NO_POOLED_INDEX if several else None,
    )
    return disclose(table)


def _rows(items: list[ItemCounts], *, basis: Basis, level: float) -> Iterator[IndexRow]:
    n = np.array([item.total for item in items], dtype=float)
    # An item that nobody answered gives NaN here and a row without numbers below.
    with np.errstate(invalid="ignore"):
        share = np.array([item.satisfied for item in items], dtype=float) / n
    limits = wilson(share, n, level=level)
    error = np.sqrt(share * (1 - share) / n)
    for i, item in enumerate(items):
        answered = item.total > 0
        status, reason = _status(item)
        yield IndexRow(
            survey=item.forms.survey,
            period=item.forms.period,
            by=(),
            unit_code=item.forms.unit_code,
            unit_name=item.forms.unit_name,
            parent_code=None,
            score=item.item,
            level=level,
            method=METHOD,
            basis=basis,
            n_responses=item.total,
            n_answers=item.total,
            estimate=float(100 * share[i]) if answered else None,
            se=None if _is_unanimous(item) else float(100 * error[i]),
            ci_low=float(100 * limits.low[i]) if answered else None,
            ci_high=float(100 * limits.high[i]) if answered else None,
            df=None,
            deff=None,
            status=status,
            reason=reason,
        )


def _status(item: ItemCounts) -> tuple[Status, str]:
    if item.total == 0:
        return "missing", "no_answers"
    adds_up = item.forms.returned in {None, item.total}
    reasons = ("" if adds_up else "counts_do_not_add_up", "se_undefined_at_bound" if _is_unanimous(item) else "")
    return "ok" if adds_up else "flagged", ";".join(filter(None, reasons))


def _is_unanimous(item: ItemCounts) -> bool:
    return item.satisfied in {0, item.total}


def _units(sheet: CountSheet) -> Iterator[UnitCount]:
    by_unit = grouped(sheet.by_forms().items(), lambda counted: counted[0].unit_code)
    for code, periods in by_unit.items():
        yield UnitCount(
            unit_code=code,
            unit_name=periods[0][0].unit_name,
            issued=_sum(forms.issued for forms, _ in periods),
            received=_sum(forms.returned for forms, _ in periods),
            valid=sum(_valid(forms, items) for forms, items in periods),
        )


def _sum(numbers: Iterator[int | None]) -> int | None:
    """Return the sum, None where one of the numbers is unknown."""
    total = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total


def _valid(forms: Forms, items: list[ItemCounts]) -> int:
    # The forms that answered the most answered item; a sum above the returned forms is a misprint.
    answers = max(item.total for item in items)
    return answers if forms.returned is None else min(answers, forms.returned)
