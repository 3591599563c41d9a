"""Which provinces and communes does Việt Nam have since 1 July 2025? The lists of SOURCE.md, loaded as units."""

import csv
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from importlib.resources import files

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.services.organisation.import_units import import_units
from survey_app.services.organisation.sheet import Outcome, Sheet
from survey_app.store.models import Unit

SOURCE = "Quyết định 19/2025/QĐ-TTg (vietnam-provinces 2025.10.1)"
SINCE = date(2025, 7, 1)
_COLUMNS = ("code", "name", "kind", "parent_code", "valid_from")


class UnknownProvince(LookupError):
    """The list has no province with this code."""


def is_missing(session: Session) -> bool:
    """Say whether a province of the list is not there yet: then the list was not loaded."""
    listed = [row["code"] for row in csv.DictReader(_text("provinces.csv").splitlines())]
    there = session.scalar(select(func.count()).select_from(Unit).where(Unit.code.in_(listed)))
    return there != len(listed)


def load_vietnam(session: Session, *, account: str, province: str | None = None) -> Outcome:
    """Add the provinces and communes that are not there yet, or those of one province; the caller commits."""
    rows = [row for row in _rows() if province is None or province in {row[0], row[3]}]
    if not rows:
        raise UnknownProvince(
            f"Không có tỉnh, thành phố mang mã “{province}”. Mã có hai chữ số, ví dụ 01, 48, 79."
        )
    sheet = Sheet(SOURCE, _digest(), _COLUMNS, tuple(enumerate(rows, start=2)))
    return import_units(session, sheet, account=account, may_change=lambda _: True)


def _rows() -> Iterator[tuple[str, ...]]:
    for name in ("provinces.csv", "communes.csv"):
        for row in csv.DictReader(_text(name).splitlines()):
            yield row["code"], row["name"], row["kind"], row.get("parent_code", ""), SINCE.isoformat()


def _text(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


def _digest() -> str:
    return sha256((_text("provinces.csv") + _text("communes.csv")).encode()).hexdigest()
