"""Which whole numbers does a label stand for? "18 - 24 tuổi", "Trên 60", "02 lần trở lên" read as bands."""

import math
import re
from dataclasses import dataclass

_N = r"(\d{1,3}(?:\.\d{3})+|\d{1,12})"
_UNIT = r"(?: [^\d(]{1,25}?)?"
# The first form that fits a label counts; each has the shift of its lower and of its upper end, None where the end
# is open. "dưới 18" ends at 17, "trên 60" begins at 61.
_FORMS: tuple[tuple[re.Pattern[str], int | None, int | None], ...] = tuple(
    (re.compile(form, re.IGNORECASE), low, high)
    for form, low, high in (
        (rf"(?:từ )?{_N}{_UNIT} (?:trở lên|or more|or over|or older|and over|and above){_UNIT}", 0, None),
        (rf"{_N} ?\+{_UNIT}", 0, None),
        (rf"(?:trên|hơn|over|more than|above) {_N}{_UNIT}", 1, None),
        (rf"(?:dưới|chưa đến|under|less than|fewer than|below) {_N}{_UNIT}", None, -1),
        (rf"(?:đến|tối đa|không quá|up to|at most) {_N}{_UNIT}", None, 0),
        (rf"(?:từ |from )?{_N}{_UNIT} ?(?:-|đến|tới|to) (?:dưới|under|below) {_N}{_UNIT}", 0, -1),
        (rf"(?:từ |from )?{_N}{_UNIT} ?(?:-|đến|tới|to) {_N}{_UNIT}", 0, 0),
        (rf"{_N}{_UNIT}", 0, 0),
    )
)
_DASH = re.compile(r" ?[‐‑‒–—−-] ?")


@dataclass(frozen=True, slots=True, order=True)
class Band:
    """A run of whole numbers with both ends included; an open end is infinite."""

    low: float
    high: float
    label: str


def band(label: str) -> Band | None:
    """Return the band that a label stands for.

    Parameters
    ----------
    label
        The label of a choice, in Vietnamese or English.

    Returns
    -------
    Band or None
        None where the label is not a band of whole numbers.

    Limits
    ------
    Numbers with decimals and numbers written in words ("một lần") are not read.
    """
    plain = _DASH.sub(" - ", " ".join(label.split()))
    for form, low, high in _FORMS:
        found = form.fullmatch(plain)
        if found:
            numbers = [int(digits.replace(".", "")) for digits in found.groups()]
            return Band(
                -math.inf if low is None else numbers[0] + low,
                math.inf if high is None else numbers[-1] + high,
                label,
            )
    return None
