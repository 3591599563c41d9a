"""What of the audit log is kept elsewhere? One root a day: as a row, as a file, as a line to print."""

import json
import os
import re
import tempfile
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.periods import VIETNAM
from survey_app.services.log.chain import Fault, Root, Verdict, verify
from survey_app.store.models import AuditEntry, AuditRoot

# As it stands in our files, in our printed lines, and in what somebody copied from either.
_ROOT = re.compile(r"\b(\d{4}-\d\d-\d\d)\D{1,20}([1-9]\d{0,11})\b.{1,20}?\b([0-9a-f]{64})\b", re.DOTALL)


class NoRoot(ValueError):
    """A text that was to be compared with the log holds no root."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"{where}: không thấy mốc niêm phong nào. Cần ngày, số mục và 64 ký tự niêm phong, ví dụ "
            f"“2026-11-20 128 {'0a1b' * 16}”, hoặc tệp JSON do lệnh audit-root ghi ra."
        )


class LogBroken(RuntimeError):
    """The log does not hold, so no root is made over it."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(told(verdict))
        self.verdict = verdict


def add_due_roots(session: Session, today: date) -> list[Root]:
    """Add the roots of the days before today that have entries and no root yet; the caller commits.

    Raises LogBroken where the entries since the last root do not hold: a root would lend them credit.
    """
    last = last_root(session)
    due = _due(session, last, today)
    if due:
        verdict = verify(session, since=last)
        if verdict.fault:
            raise LogBroken(verdict)
        session.add_all(AuditRoot(day=root.day, number=root.number, seal=root.seal) for root in due)
        session.flush()
    return due


def _due(session: Session, last: Root | None, today: date) -> list[Root]:
    """Return the last entry of each day; the clock may have gone back, numbers never do."""
    query = (
        select(AuditEntry.number, AuditEntry.at, AuditEntry.seal)
        .where(AuditEntry.number > (last.number if last else 0), AuditEntry.at < start_of(today))
        .order_by(AuditEntry.number)
        .execution_options(yield_per=5_000)
    )
    found: dict[date, Root] = {}
    latest = last.day + timedelta(days=1) if last else date.min
    with session.execute(query) as rows:
        for number, at, seal in rows:
            latest = max(latest, day_of(at))
            found[latest] = Root(latest, number, seal)
    return [root for root in found.values() if root.day < today]


def every_root(session: Session) -> list[Root]:
    """Return the roots that the database keeps, the latest first."""
    rows = session.scalars(select(AuditRoot).order_by(AuditRoot.day.desc()))
    return [Root(row.day, row.number, row.seal) for row in rows]


def last_root(session: Session) -> Root | None:
    """Return the root of the latest day that has one."""
    row = session.scalar(select(AuditRoot).order_by(AuditRoot.day.desc()).limit(1))
    return Root(row.day, row.number, row.seal) if row else None


def write_files(roots: Iterable[Root], folder: Path) -> list[Path]:
    """Write one file for each root that has none yet, whole or not at all; what is there is never touched."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = []
    for root in roots:
        path = folder / f"{root.day.isoformat()}.json"
        if not path.exists():
            handle, unfinished = tempfile.mkstemp(prefix=".root-", dir=folder)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(as_json([root]))
                file.flush()
                os.fsync(file.fileno())
            written.append(Path(unfinished).replace(path))
    return written


def as_json(roots: Iterable[Root]) -> str:
    """Return roots as the text of a file, one object a line."""
    lines = (json.dumps({"day": r.day.isoformat(), "number": r.number, "seal": r.seal}) for r in roots)
    return "[\n" + ",\n".join(lines) + "\n]\n"


def read_roots(text: str, where: str) -> list[Root]:
    """Return every root in a text, a file of ours or copied lines; raise NoRoot where there is none."""
    try:
        found = [Root(date.fromisoformat(day), int(number), seal) for day, number, seal in _ROOT.findall(text)]
    except ValueError:
        found = []
    if not found:
        raise NoRoot(where)
    return found


def read_files(folder: Path) -> list[Root]:
    """Return the roots in the files of a folder, which need not exist."""
    paths = sorted(folder.glob("*.json"))
    return [root for path in paths for root in read_roots(path.read_text(encoding="utf-8"), str(path))]


def told(verdict: Verdict) -> str:
    """Return in one sentence how far the log holds, and what an operator does where it does not."""
    keep = "Sao chép nguyên trạng cơ sở dữ liệu và báo người phụ trách an toàn thông tin trước khi làm gì tiếp."
    root = f"{verdict.root.day:%d/%m/%Y} (mục {verdict.root.number})" if verdict.root else ""
    sentences = {
        None: f"Nhật ký nguyên vẹn: {verdict.number} mục.",
        Fault.BROKEN: f"Nhật ký KHÔNG nguyên vẹn: mục {verdict.number + 1} đã bị sửa, xóa hoặc đổi chỗ. {keep}",
        Fault.OTHER: f"Nhật ký KHÔNG khớp mốc niêm phong ngày {root}: các mục cho đến mốc này đã bị thay. {keep}",
        Fault.CUT: f"Nhật ký bị CẮT: còn {verdict.number} mục, thiếu so với mốc niêm phong ngày {root}. {keep}",
    }
    return sentences[verdict.fault]


def start_of(day: date) -> datetime:
    """Return the first moment of a day in Việt Nam as entries tell the time: UTC, without a zone."""
    offset = VIETNAM.utcoffset(None)
    return datetime(day.year, day.month, day.day) - offset  # noqa: DTZ001 — entries are stored without a zone


def day_of(at: datetime) -> date:
    """Return the day in Việt Nam of a moment in an entry."""
    return moment_of(at).date()


def moment_of(at: datetime) -> datetime:
    """Return the moment in an entry as clocks in Việt Nam show it."""
    return at + VIETNAM.utcoffset(None)
