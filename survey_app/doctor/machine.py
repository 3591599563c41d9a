"""Does the machine suit? Python, the folder of the installation, the clock, and the addresses people are given."""

import os
import shutil
import stat
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from analysis.periods import VIETNAM
from analysis.wording import number
from questionnaires.model import Language
from survey_app.doctor.finding import BROKEN, FINE, LOOK, Finding
from survey_app.settings import Settings, instance_folder

OLDEST_PYTHON = (3, 11)
NEEDED_MEGABYTES, ENOUGH_MEGABYTES = 100, 1024
EARLIEST = datetime(2025, 7, 1, tzinfo=UTC)
"""The day from which today's communes exist: a clock that goes right stands after it."""

_LOCAL = {"localhost", "127.0.0.1", "::1"}


def check_machine(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what can be seen before any setting is read."""
    yield check_python(sys.version_info[:3])
    yield check_clock(datetime.now(UTC))
    yield from check_folder(instance_folder(environ))


def check_python(version: tuple[int, ...]) -> Finding:
    """Say whether the program runs on this version of Python."""
    found = ".".join(map(str, version))
    if version[:2] < OLDEST_PYTHON:
        return Finding(
            "Python", BROKEN, f"bản {found}", "Cài Python từ bản 3.11 trở lên rồi chạy lại script/server."
        )
    return Finding("Python", FINE, f"bản {found}")


def check_clock(now: datetime, last_act: datetime | None = None) -> Finding:
    """Say whether the clock can be right: not before the program, not before the last act that was recorded."""
    remedy = "Đặt lại giờ máy chủ và bật đồng bộ giờ (timedatectl set-ntp true), rồi khởi động lại phần mềm."
    seen = f"{now.astimezone(VIETNAM):%H:%M %d/%m/%Y} giờ Việt Nam"
    if now < EARLIEST:
        return Finding(
            "Đồng hồ", BROKEN, f"máy chủ báo {seen}, trước ngày lập các đơn vị hành chính hiện nay", remedy
        )
    if last_act is not None and now < last_act - timedelta(minutes=5):
        return Finding("Đồng hồ", BROKEN, f"máy chủ báo {seen}, sớm hơn việc gần nhất trong nhật ký", remedy)
    return Finding("Đồng hồ" if last_act is None else "Đồng hồ so với nhật ký", FINE, seen)


def check_folder(folder: Path) -> Iterator[Finding]:
    """Yield whether the folder is there, closed to others, writable, and on a disk with room."""
    name = "Thư mục cài đặt"
    if not folder.is_dir():
        yield Finding(name, BROKEN, f"không có {folder}", "Chạy: flask --app survey_app prepare")
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        remedy = "Chạy phần mềm bằng tài khoản là chủ của thư mục này, hoặc: chown -R TÀI_KHOẢN " + str(folder)
        yield Finding(name, BROKEN, f"không đọc và ghi được {folder}", remedy)
    elif stat.S_IMODE(folder.stat().st_mode) & 0o077:
        yield Finding(name, BROKEN, f"tài khoản khác vào được {folder}", f"Chạy: chmod 700 {folder}")
    else:
        yield Finding(name, FINE, str(folder))
    yield check_room(shutil.disk_usage(folder).free // 1024**2)


def check_room(megabytes: int) -> Finding:
    """Say whether the disk has room for answers, results and the database's own needs."""
    found = f"còn trống {number(megabytes, 0, Language.VI)} MB"
    remedy = "Xóa bớt tệp không dùng trên đĩa chứa thư mục cài đặt, hoặc chuyển sang đĩa lớn hơn."
    if megabytes < NEEDED_MEGABYTES:
        return Finding("Dung lượng đĩa", BROKEN, found, remedy)
    return Finding(
        "Dung lượng đĩa",
        LOOK if megabytes < ENOUGH_MEGABYTES else FINE,
        found,
        remedy if megabytes < ENOUGH_MEGABYTES else "",
    )


def check_addresses(settings: Settings) -> Iterator[Finding]:
    """Yield whether browsers will trust the addresses, and whether a proxy in front is known."""
    yield check_address("Địa chỉ cho người dân", settings.base_url)
    if settings.staff_url != settings.base_url:
        yield check_address("Địa chỉ cho cán bộ", settings.staff_url)
    if settings.secure and not settings.proxies:
        yield Finding(
            "Máy chủ phía trước",
            LOOK,
            "địa chỉ dùng https nhưng SURVEY_PROXIES=0, nên mọi người đăng nhập bị coi là đến từ cùng một máy",
            "Đặt SURVEY_PROXIES=1 khi nginx đứng trước phần mềm (xem docs/operations.md).",
        )


def check_address(name: str, address: str) -> Finding:
    """Say whether an address is one that browsers trust."""
    if urlsplit(address).scheme == "https" or urlsplit(address).hostname in _LOCAL:
        return Finding(name, FINE, address)
    return Finding(
        name,
        LOOK,
        f"{address} không dùng https: kiosk ngoại tuyến không chạy trên HTTP trong mạng nội bộ, "
        "và mật khẩu đi qua mạng không được mã hóa",
        "Cài chứng thư cho máy chủ và đặt địa chỉ bắt đầu bằng https:// (xem docs/operations.md).",
    )
