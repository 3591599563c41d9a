"""How does an operator let staff in? Accounts made, listed and given roles, passwords set anew."""

import click

from survey_app.commands.plainly import Refused, operator, operator_access, said_plainly
from survey_app.services.access import directory, grants, second_factor
from survey_app.services.access.accounts import known_account, set_password
from survey_app.services.access.passwords import SHORTEST_PASSWORD, new_password
from survey_app.services.access.rights import PRESETS, Grant, Role
from survey_app.services.log import audit
from survey_app.settings import Settings
from survey_app.store import open_store


@click.command("staff-password")
@click.argument("username", metavar="TÀI_KHOẢN")
@click.option("--generate", is_flag=True, help="Không hỏi, máy tự tạo mật khẩu và in ra một lần.")
@click.option("--clear-second-factor", "clear", is_flag=True, help="Gỡ cả xác thực hai bước của tài khoản.")
def staff_password(username: str, *, generate: bool, clear: bool) -> None:
    """Đặt mật khẩu mới cho một tài khoản cán bộ; phiên đang đăng nhập của tài khoản đó kết thúc ngay."""
    typed = "" if generate else _ask_for_password()
    password = typed or new_password()
    with said_plainly():
        store = open_store(Settings.from_environment().database_url)
        with store.writing() as session:
            account = set_password(session, username, password)
            if clear:
                second_factor.turn_off(session, account)
            audit.record(session, "password.reset", account=operator(), about=username)
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
    with said_plainly():
        store = open_store(Settings.from_environment().database_url)
        with store.writing() as session:
            details = directory.Details(full_name=full_name, unit_code=unit)
            account, password = directory.create(session, operator_access(), username, details)
            grants.give(session, operator_access(), account, _granted(role, unit))
            session.commit()
    click.echo(f"Đã tạo tài khoản “{username}”.\nMật khẩu (chỉ in một lần): {password}")


@staff_account.command("grant")
@click.argument("username", metavar="TÀI_KHOẢN")
@_ROLE
@_UNIT
def grant_role(username: str, *, role: str, unit: str | None) -> None:
    """Giao thêm vai trò cho một tài khoản; phiên đang đăng nhập của tài khoản đó kết thúc ngay."""
    with said_plainly():
        store = open_store(Settings.from_environment().database_url)
        with store.writing() as session:
            grants.give(session, operator_access(), known_account(session, username), _granted(role, unit))
            session.commit()
    click.echo(f"Đã giao vai trò {role} cho tài khoản “{username}”.")


@staff_account.command("list")
def list_accounts() -> None:
    """Liệt kê tài khoản, đơn vị và vai trò."""
    with said_plainly():
        store = open_store(Settings.from_environment().database_url)
        with store.reading() as session:
            for person in directory.people(session, operator_access()):
                roles = ", ".join(f"{one.role.value}:{one.unit_code or '*'}" for one in person.grants)
                state = "" if person.account.active else " [đã khóa]"
                click.echo(f"{person.account.username}{state}\t{person.account.full_name}\t{roles or '-'}")


def _granted(role: str, unit: str | None) -> tuple[Grant, ...]:
    return tuple(Grant(one, unit) for one in PRESETS.get(role) or (Role(role),))


def _ask_for_password() -> str:
    ask = f"Mật khẩu mới, ít nhất {SHORTEST_PASSWORD} ký tự (bỏ trống để máy tự tạo)"
    typed: str = click.prompt(ask, hide_input=True, default="", show_default=False)
    if typed and typed != click.prompt("Nhập lại mật khẩu", hide_input=True, default="", show_default=False):
        raise Refused("Hai lần nhập không giống nhau; mật khẩu cũ còn nguyên. Chạy lại lệnh này.")
    return typed


COMMANDS = (staff_password, staff_account)
