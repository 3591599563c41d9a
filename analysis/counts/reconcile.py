"""What must a person look at in a table of counts before signing it? Sums, percentages, levels that do not fit."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from analysis.counts.misprint import Misprint, misprints
from analysis.counts.printed import COMPARED_DECIMALS, cut_off, rounded, verdict
from analysis.counts.tally import CountSheet, Forms, ItemCounts, LevelCount, PrintedPercent, grouped, row_ranges
from analysis.table import Finding
from analysis.wording import count, number, percent, period_text
from questionnaires.model import Language, Text

EN: Final = Language.EN
_NAMED_UNITS: Final = 5


def reconcile(sheet: CountSheet) -> tuple[Finding, ...]:
    """Compare the numbers of a table of counts with one another.

    Parameters
    ----------
    sheet : CountSheet
        A table that was read.

    Returns
    -------
    tuple of Finding
        In the order of the file. Codes: ``returned_exceeds_issued``; ``sum_mismatch`` (counts do not add up to the
        returned forms, with misprints that would explain it); ``percent_truncated`` and ``percent_wrong`` (a
        printed percentage fits neither the returned forms nor the sum of the counts); ``level_missing`` (a level
        that other units have, or no level on one side of the scale); ``returned_unknown``.

    Raises
    ------
    ValueError
        Never.

    References
    ----------
    DOMAIN, section 7: what was found in published tables.

    Limits
    ------
    Two errors that cancel out are not seen; counts cannot be checked where the returned forms are unknown.
    """
    return (
        *_unknown_returned(sheet),
        *(finding for forms, items in sheet.by_forms().items() for finding in _of_forms(forms, items)),
        *_missing_levels(sheet),
    )


def _unknown_returned(sheet: CountSheet) -> Iterator[Finding]:
    units = list(dict.fromkeys(item.forms.unit_name for item in sheet.items if item.forms.returned is None))
    if units:
        named = ", ".join(units[:_NAMED_UNITS]) + (" …" if len(units) > _NAMED_UNITS else "")
        yield Finding(
            sheet.place,
            "returned_unknown",
            Text(
                f"Không có số phiếu thu về nên không đối chiếu được tổng của: {named}.",
                f"The returned forms are not stated, so sums could not be checked for: {named}.",
            ),
        )


def _of_forms(forms: Forms, items: Sequence[ItemCounts]) -> Iterator[Finding]:
    if forms.issued is not None and forms.returned is not None and forms.returned > forms.issued:
        yield Finding(
            _where(forms, (row for item in items for row in item.rows)),
            "returned_exceeds_issued",
            Text(
                f"Thu về {count(forms.returned)} phiếu, nhiều hơn {count(forms.issued)} phiếu phát ra.",
                f"{count(forms.returned, EN)} forms returned, more than the {count(forms.issued, EN)} issued.",
            ),
        )
    # One misprinted number explains many equal sums better than many equal misprints do.
    agreed = {item.total for item in items} if len(items) > 1 else set()
    for item in items:
        if forms.returned is not None and item.total != forms.returned:
            yield _sum_mismatch(item, forms.returned, all_agree=len(agreed) == 1)
        yield from _printed_percentages(item)


def _sum_mismatch(item: ItemCounts, returned: int, *, all_agree: bool) -> Finding:
    sentences = [_too_many(item.total, returned) if item.total > returned else _too_few(item.total, returned)]
    if all_agree:
        sentences.append(
            Text(
                f"Mọi tiêu chí đều cộng thành {count(item.total)}: có thể chính số phiếu thu về bị in nhầm.",
                f"All items add up to {count(item.total, EN)}: the returned forms may be the misprint.",
            )
        )
    meant = [_suggestion(misprint, returned) for misprint in misprints(item, returned)]
    if meant:
        vi, en = "; ".join(text.vi for text in meant), "; ".join(text.en for text in meant)
        sentences.append(Text(f"Nếu in nhầm một chữ số: {vi}.", f"If one digit is misprinted: {en}."))
    message = Text(" ".join(text.vi for text in sentences), " ".join(text.en for text in sentences))
    return Finding(_where(item.forms, item.rows, item.item), "sum_mismatch", message)


def _too_many(total: int, returned: int) -> Text:
    off = total - returned
    return Text(
        f"Các mức cộng lại là {count(total)} phiếu, nhiều hơn {count(returned)} phiếu thu về {count(off)} phiếu.",
        f"The levels add up to {count(total, EN)} forms, {count(off, EN)} more than the {count(returned, EN)} "
        "returned.",
    )


def _too_few(total: int, returned: int) -> Text:
    off = returned - total
    return Text(
        f"Các mức cộng lại là {count(total)} phiếu, thiếu {count(off)} phiếu so với {count(returned)} phiếu "
        f"thu về; có thể {count(off)} người không trả lời tiêu chí này.",
        f"The levels add up to {count(total, EN)} forms, {count(off, EN)} short of the {count(returned, EN)} "
        f"returned; {count(off, EN)} people may not have answered.",
    )


def _suggestion(misprint: Misprint, returned: int) -> Text:
    level, old, new = misprint.level, misprint.level.count, misprint.meant
    vi = f"mức “{level.level}” {count(old)} → {count(new)} thì khớp {count(returned)}"
    en = f"“{level.level}” {count(old, EN)} → {count(new, EN)} would make {count(returned, EN)}"
    if level.printed is None or misprint.evidence == "none":
        return Text(vi, en)
    shown = _printed(level.printed)
    if misprint.evidence == "for":
        return Text(
            f"{vi} (tỷ lệ in {shown.vi} cũng được tính từ {count(new)})",
            f"{en} (the printed {shown.en} also comes from {count(new, EN)})",
        )
    return Text(
        f"{vi} (nhưng tỷ lệ in {shown.vi} lại được tính từ {count(old)})",
        f"{en} (but the printed {shown.en} comes from {count(old, EN)})",
    )


def _printed_percentages(item: ItemCounts) -> Iterator[Finding]:
    denominators = tuple(dict.fromkeys(n for n in (item.forms.returned, item.total) if n))
    for level in item.levels:
        if level.printed is None or not denominators:
            continue
        judged = verdict(level.printed, level.count, denominators)
        if judged != "rounded":
            message = (_truncated if judged == "truncated" else _wrong)(level, level.printed, denominators)
            yield Finding(_where(item.forms, (level.row,), item.item), f"percent_{judged}", message)


def _truncated(level: LevelCount, printed: PrintedPercent, denominators: Sequence[int]) -> Text:
    n = next(n for n in denominators if cut_off(level.count, n, printed.decimals) == printed.value)
    # Two digits more show what was cut off, even where rounding them would hide it (50,699… and not 50,70).
    longer = cut_off(level.count, n, printed.decimals + 2)
    right = rounded(level.count, n, printed.decimals)
    shown, exact, meant = _printed(printed), _percent(longer, "…"), _percent(right)
    return Text(
        f"Mức “{level.level}” in {shown.vi}, bị cắt bớt chữ số: {count(level.count)}/{count(n)} = {exact.vi}, "
        f"làm tròn đúng là {meant.vi}.",
        f"“{level.level}” is printed {shown.en}, cut off: {count(level.count, EN)}/{count(n, EN)} = {exact.en}, "
        f"correctly rounded {meant.en}.",
    )


def _wrong(level: LevelCount, printed: PrintedPercent, denominators: Sequence[int]) -> Text:
    decimals = min(printed.decimals, COMPARED_DECIMALS)
    shares = [(n, _percent(rounded(level.count, n, decimals))) for n in denominators]
    vi = " hoặc ".join(f"{share.vi} ({count(level.count)}/{count(n)})" for n, share in shares)
    en = " or ".join(f"{share.en} ({count(level.count, EN)}/{count(n, EN)})" for n, share in shares)
    shown = _printed(printed)
    return Text(
        f"Mức “{level.level}” in {shown.vi}, không khớp số phiếu; tính đúng là {vi}.",
        f"“{level.level}” is printed {shown.en}, which does not fit the count; it should be {en}.",
    )


def _printed(printed: PrintedPercent) -> Text:
    decimals = min(printed.decimals, COMPARED_DECIMALS)
    return Text(percent(float(printed.value), Language.VI, decimals), percent(float(printed.value), EN, decimals))


def _percent(value: Decimal, tail: str = "") -> Text:
    decimals = -int(value.as_tuple().exponent)
    return Text(
        number(float(value), decimals) + tail + "%",
        number(float(value), decimals, EN) + tail + "%",
    )


def _missing_levels(sheet: CountSheet) -> Iterator[Finding]:
    """Find levels that the same item has in other units, and scored items with one side of the scale only."""
    for alike in grouped(sheet.items, lambda item: (item.forms.survey, item.item.casefold())).values():
        names = {level.level.casefold(): level.level for item in alike for level in item.levels}
        for item in alike:
            own = {level.level.casefold() for level in item.levels}
            missing = [f"“{name}”" for key, name in names.items() if key not in own]
            if missing:
                yield _level_missing(
                    item,
                    Text(
                        f"Thiếu mức {', '.join(missing)} mà nơi khác trong bảng có ở cùng tiêu chí.",
                        f"Without {', '.join(missing)}, which the same item has elsewhere in the table.",
                    ),
                )
            elif len({level.score for level in item.levels}) == 1 and item.is_scored:
                yield _level_missing(
                    item,
                    Text(
                        "Mọi mức đều cùng một điểm hài lòng, thiếu các mức phía bên kia của thang đo.",
                        "All levels have the same score; the other side of the scale is missing.",
                    ),
                )


def _level_missing(item: ItemCounts, what: Text) -> Finding:
    return Finding(
        _where(item.forms, item.rows, item.item),
        "level_missing",
        Text(
            f"{what.vi} Nếu không ai chọn mức đó, thêm một dòng với số phiếu 0.",
            f"{what.en} If nobody chose it, add a row with count 0.",
        ),
    )


def _where(forms: Forms, rows: Iterable[int], item: str = "") -> str:
    period = period_text(forms.period).vi if forms.period else ""
    return ", ".join(part for part in (f"Dòng {row_ranges(rows)}", forms.unit_name, period, item) if part)
