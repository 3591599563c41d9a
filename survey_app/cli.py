"""What can an operator do from the command line? Prepare, examine, take out responses, let staff in."""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from analysis.refusal import Refusal
from survey_app.doctor import BROKEN, FINE, LOOK, examine, is_broken
from survey_app.preparation import prepare as prepare_installation
from survey_app.services import audit, directory, grants, second_factor
from survey_app.services.accounts import (
    AccountExists,
    UnknownAccount,
    UnusableName,
    known_account,
    set_password,
)
from survey_app.services.definitions import QuestionnaireChanged
from survey_app.services.passwords import SHORTEST_PASSWORD, WeakPassword, new_password
from survey_app.services.rights import PRESETS, Access, Grant, Role
from survey_app.services.snapshot import take_snapshot
from survey_app.services.surveys import UnknownSurvey
from survey_app.settings import Settings, SettingsRefused
from survey_app.store import StoreRefused, StoreUnavailable, open_store
from survey_app.store.roles import give_rights, print_rights
from survey_app.store.trouble import named_trouble


class Refused(click.ClickException):
    """The command cannot do what was asked; the message says why and what to do."""

    exit_code = 2


_REFUSALS = (
    SettingsRefused,
    StoreRefused,
    UnknownSurvey,
    QuestionnaireChanged,
    Refusal,
    UnknownAccount,
    AccountExists,
    UnusableName,
    WeakPassword,
    grants.UnusableGrant,
    grants.LastAdmin,
)

OPERATOR = Access("(flask)", (Grant(Role.ADMIN),))
"""Who acts where a command does: whoever may run it could write to the database itself."""


@contextmanager
def _said_plainly() -> Iterator[None]:
    """Turn what can go wrong into one sentence and exit status 2."""
    try:
        yield
    except _REFUSALS as refusal:
        raise Refused(str(refusal)) from None
    except grants.BeyondReach:
        raise Refused("Không có đơn vị mang mã này. Xem lại mã đơn vị rồi chạy lại lệnh.") from None
    except StoreUnavailable:
        raise Refused("Cơ sở dữ liệu đang bận, hoặc không đọc và ghi được. Xin thử lại sau ít phút.") from None
    except OSError as error:
        raise Refused(f"Không đọc hoặc ghi được “{error.filename}”: {error.strerror}.") from None


@click.command()
def prepare() -> None:
    """Chuẩn bị bản cài đặt: thư mục, khóa bí mật, cơ sở dữ liệu, đợt khảo sát mẫu nếu còn trống.

    Chạy lại bao nhiêu lần cũng được; những gì đã có được giữ nguyên.
    """
    with _said_plainly():
        for line in prepare_installation():
            click.echo(line)


@click.command()
@click.option("--survey", "survey_id", metavar="MÃ", help="Mã đợt khảo sát; bỏ trống để xuất mọi đợt.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="THƯ_MỤC",
    help="Thư mục nhận tệp <mã đợt>.parquet và <mã đợt>.manifest.json.",
)
def snapshot(survey_id: str | None, out: Path) -> None:
    """Xuất phiếu trả lời thành tệp Parquet để phân tích, kèm tệp kê khai (số dòng, SHA-256, mẫu phiếu)."""
    with _said_plainly():
        settings = Settings.from_environment()
        with open_store(settings.database_url).reading() as session:
            folder = settings.questionnaires
            for path in take_snapshot(session, survey_id, questionnaires=folder, out=out.resolve()):
                click.echo(f"Đã ghi {path}")


@click.command()
@click.option("--survey", "survey_id", metavar="MÃ", required=True, help="Mã đợt khảo sát.")
@click.option("--period", metavar="KỲ", help="Kỳ báo cáo, ví dụ 2026-Q4; bỏ trống để lấy toàn bộ thời gian.")
@click.option(
    "--unit",
    "units",
    multiple=True,
    metavar="MÃ",
    help="Chỉ ghi các dòng của đơn vị này và đơn vị trực thuộc; dùng được nhiều lần.",
)
@click.option("--finished", type=click.Path(exists=True, file_okay=False, path_type=Path), hidden=True)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, metavar="THƯ_MỤC", help="Nơi ghi."
)
def results(
    survey_id: str, *, period: str | None, units: tuple[str, ...], finished: Path | None, out: Path
) -> None:
    """Tính bảng chỉ số của một đợt khảo sát và ghi mọi dạng: CSV, Excel, Word, biểu đồ, JSON."""
    from survey_app.services.calculation import Extent, write_results  # noqa: PLC0415 — pandas costs the other commands 2 s

    with _said_plainly():
        settings = Settings.from_environment()
        with open_store(settings.database_url).reading() as session:
            folder = settings.questionnaires
            extent = Extent(period=period, units=units, finished=finished)
            for path in write_results(session, survey_id, extent, questionnaires=folder, out=out.resolve()):
                click.echo(f"Đã ghi {path}")


@click.command("staff-password")
@click.argument("username", metavar="TÀI_KHOẢN")
@click.option("--generate", is_flag=True, help="Không hỏi, máy tự tạo mật khẩu và in ra một lần.")
@click.option("--clear-second-factor", "clear", is_flag=True, help="Gỡ cả xác thực hai bước của tài khoản.")
def staff_password(username: str, *, generate: bool, clear: bool) -> None:
    """Đặt mật khẩu mới cho một tài khoản cán bộ; phiên đang đăng nhập của tài khoản đó kết thúc ngay."""
    typed = "" if generate else _ask_for_password()
    password = typed or new_password()
    with _said_plainly():
        store = open_store(Settings.from_environment().database_url)
        with store.writing() as session:
            account = set_password(session, username, password)
            if clear:
                second_factor.turn_off(session, account)
            audit.record(session, "password.reset", account=OPERATOR.username, about=username)
            session.commit()
    click.echo(f"Đã đặt mật khẩu cho tài khoản “{username}”.")
    if not typed:
        click.echo(f"Mật khẩu (chỉ in một lần): {password}")


@click.group("staff-account")
def staff_account() -> None:
    """Tạo, liệt kê tài khoản cán bộ và giao vai trò."""


_ROLE = click.option(
    "--role",
    type=click.Choice([*PRESETS, *(role.value for role in Role)]),
    required=True,
    help="Vai trò; commune_contact là cán bộ đầu mối xã (clerk và office).",
)
_UNIT = click.option("--unit", metavar="MÃ", help="Mã đơn vị của vai trò; bỏ trống với vai trò của toàn hệ thống.")


@staff_account.command("create")
@click.argument("username", metavar="TÀI_KHOẢN")
@_ROLE
@_UNIT
@click.option("--full-name", default="", metavar="HỌ_TÊN", help="Họ và tên của cán bộ.")
def create_account(username: str, *, role: str, unit: str | None, full_name: str) -> None:
    """Tạo tài khoản; mật khẩu in ra một lần và phải đổi ở lần đăng nhập đầu tiên."""
    with _said_plainly():
        store = open_store(Settings.from_environment().database_url)
        with store.writing() as session:
            details = directory.Details(full_name=full_name, unit_code=unit)
            account, password = directory.create(session, OPERATOR, username, details)
            grants.give(session, OPERATOR, account, _granted(role, unit))
            session.commit()
    click.echo(f"Đã tạo tài khoản “{username}”.\nMật khẩu (chỉ in một lần): {password}")


@staff_account.command("grant")
@click.argument("username", metavar="TÀI_KHOẢN")
@_ROLE
@_UNIT
def grant_role(username: str, *, role: str, unit: str | None) -> None:
    """Giao thêm vai trò cho một tài khoản; phiên đang đăng nhập của tài khoản đó kết thúc ngay."""
    with _said_plainly():
        store = open_store(Settings.from_environment().database_url)
        with store.writing() as session:
            grants.give(session, OPERATOR, known_account(session, username), _granted(role, unit))
            session.commit()
    click.echo(f"Đã giao vai trò {role} cho tài khoản “{username}”.")


@staff_account.command("list")
def list_accounts() -> None:
    """Liệt kê tài khoản, đơn vị và vai trò."""
    with _said_plainly():
        store = open_store(Settings.from_environment().database_url)
        with store.reading() as session:
            for person in directory.people(session, OPERATOR):
                roles = ", ".join(f"{one.role.value}:{one.unit_code or '*'}" for one in person.grants)
                state = "" if person.account.active else " [đã khóa]"
                click.echo(f"{person.account.username}{state}\t{person.account.full_name}\t{roles or '-'}")


def _granted(role: str, unit: str | None) -> tuple[Grant, ...]:
    return tuple(Grant(one, unit) for one in PRESETS.get(role) or (Role(role),))


@click.command("database-roles")
@click.option(
    "--prefix", default="survey", show_default=True, metavar="TÊN", help="Phần đầu tên của ba tài khoản."
)
@click.option("--apply", is_flag=True, help="Chạy các câu lệnh thay vì chỉ in ra.")
def database_roles(prefix: str, *, apply: bool) -> None:
    """In các câu lệnh SQL tạo ba tài khoản PostgreSQL (app, mixer, audit), mỗi tài khoản chỉ có quyền cần dùng.

    Chạy bằng tài khoản sở hữu các bảng (SURVEY_OWNER_DATABASE_URL), và chạy lại sau mỗi lần nâng cấp.
    """
    if not re.fullmatch("[a-z][a-z0-9_]{0,40}", prefix):
        raise Refused(f"--prefix “{prefix}”: chỉ dùng chữ thường không dấu, chữ số và dấu gạch dưới.")
    with _said_plainly():
        engine = open_store(Settings.from_environment().owner_url).engine
        if engine.dialect.name != "postgresql":
            raise Refused("Lệnh này chỉ dành cho PostgreSQL; tệp SQLite không có tài khoản riêng.")
        try:
            with named_trouble(), engine.begin() as connection:
                made = give_rights(connection, prefix) if apply else print_rights(connection, prefix)
        finally:
            engine.dispose()
    for line in made:
        click.echo(line)


def _ask_for_password() -> str:
    ask = f"Mật khẩu mới, ít nhất {SHORTEST_PASSWORD} ký tự (bỏ trống để máy tự tạo)"
    typed: str = click.prompt(ask, hide_input=True, default="", show_default=False)
    if typed and typed != click.prompt("Nhập lại mật khẩu", hide_input=True, default="", show_default=False):
        raise Refused("Hai lần nhập không giống nhau; mật khẩu cũ còn nguyên. Chạy lại lệnh này.")
    return typed


_VERDICTS = {FINE: "ĐẠT", LOOK: "CẦN XEM", BROKEN: "HỎNG"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="In ra JSON để chương trình khác đọc.")
def doctor(*, as_json: bool) -> None:
    """Kiểm tra bản cài đặt và nói rõ việc cần làm; kết thúc với mã 1 khi có chỗ hỏng.

    Lệnh này không sửa gì và chỉ nói về những gì đã kiểm tra.
    """
    findings = list(examine())
    broken = is_broken(findings)
    if as_json:
        told = {"broken": broken, "findings": [asdict(finding) for finding in findings]}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            click.echo(f"{_VERDICTS[finding.verdict]:<8} {finding.check}: {finding.found}")
            if finding.remedy:
                click.echo(f"{'':<8} → {finding.remedy}")
    sys.exit(1 if broken else 0)


COMMANDS = (prepare, snapshot, results, staff_password, staff_account, database_roles, doctor)
