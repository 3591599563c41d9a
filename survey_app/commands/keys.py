"""How does an operator give other systems their keys? Make one, look at all, take one back."""

import click

from analysis import periods
from survey_app.commands.plainly import operator, said_plainly
from survey_app.services import keys
from survey_app.settings import Settings
from survey_app.store import Store, open_store
from survey_app.store.models import ApiKey


@click.group("api-key")
def api_key() -> None:
    """Khóa kết nối của các hệ thống khác: tạo, liệt kê, thu hồi."""


@api_key.command("create")
@click.option("--system", required=True, metavar="TÊN", help="Tên hệ thống dùng khóa.")
@click.option(
    "--scope",
    "scopes",
    required=True,
    multiple=True,
    metavar="PHẠM_VI",
    help=f"Một trong: {', '.join(keys.Scope)}.",
)
@click.option("--unit", "unit_code", metavar="MÃ", help="Mã đơn vị; bỏ trống để dùng cho toàn bộ đơn vị.")
def create(system: str, scopes: tuple[str, ...], unit_code: str | None) -> None:
    """Tạo một khóa và in ra một lần; hệ thống không lưu khóa, chỉ lưu dấu vết để đối chiếu."""
    wish = keys.Wish(system=system, scopes=scopes, unit_code=unit_code)
    with said_plainly(), _store().writing() as session:
        key, text = keys.create_key(session, wish, account=operator(), today=periods.today())
        session.commit()
    click.echo(f"Đã tạo khóa kết nối “{key.prefix}” cho “{key.system}”.")
    click.echo(f"Khóa (chỉ in một lần): {text}")


@api_key.command("list")
def list_keys() -> None:
    """Liệt kê các khóa: mã, hệ thống, phạm vi, đơn vị, ngày tạo, đợt dùng gần nhất, ngày thu hồi."""
    with said_plainly(), _store().reading() as session:
        found = keys.every_key(session, None)
    for key in found:
        click.echo(_line(key))
    if not found:
        click.echo("Chưa có khóa kết nối nào.")


@api_key.command("revoke")
@click.argument("prefix", metavar="MÃ_KHÓA")
def revoke(prefix: str) -> None:
    """Thu hồi một khóa ngay lập tức và vĩnh viễn; hệ thống dùng khóa đó bị từ chối từ yêu cầu kế tiếp."""
    with said_plainly(), _store().writing() as session:
        key = keys.revoke_key(session, prefix, account=operator(), today=periods.today())
        session.commit()
    click.echo(f"Khóa “{key.prefix}” của “{key.system}” đã thu hồi ngày {key.revoked_on:%d/%m/%Y}.")


def _store() -> Store:
    return open_store(Settings.from_environment().database_url)


def _line(key: ApiKey) -> str:
    state = (
        f"đã thu hồi {key.revoked_on:%d/%m/%Y}"
        if key.revoked_on
        else f"dùng gần nhất: {key.last_window or 'chưa dùng'}"
    )
    unit = key.unit_code or "toàn bộ"
    return f"{key.prefix}  {key.system}  [{' '.join(key.scopes)}]  {unit}  {key.created_on:%d/%m/%Y}  {state}"
