"""What does an operator do for the audit log? Make the roots that are kept elsewhere, and compare with them."""

from pathlib import Path

import click

from analysis import periods
from survey_app.commands.plainly import said_plainly
from survey_app.services.log import roots as audit_roots
from survey_app.services.log.chain import Root, verify
from survey_app.settings import Settings
from survey_app.store import open_store


class LogAltered(click.ClickException):
    """The log is not as it was written; the message says where and what to do."""


@click.command("audit-root")
def audit_root() -> None:
    """Lập mốc niêm phong của mỗi ngày đã qua và ghi vào instance/audit-roots.

    Chạy mỗi ngày (cron), rồi chép các tệp đến nơi ngoài tầm với của người quản trị máy chủ này.
    """
    with said_plainly():
        settings = Settings.from_environment()
        store = open_store(settings.database_url)
        with store.writing() as session:
            audit_roots.add_due_roots(session, periods.today())
            kept = audit_roots.every_root(session)
            session.commit()
        for path in audit_roots.write_files(reversed(kept), settings.audit_roots):
            click.echo(f"Đã ghi {path}")
    click.echo(f"Mốc gần nhất: {kept[0]}" if kept else "Chưa có ngày nào đã qua có mục nhật ký.")


@click.command("audit-verify")
@click.option(
    "--root",
    "paths",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    metavar="TỆP",
    help="Tệp mốc niêm phong giữ ở nơi khác; có thể ghi nhiều lần.",
)
def audit_verify(paths: tuple[Path, ...]) -> None:
    """Kiểm tra toàn bộ nhật ký với các mốc trong máy và mốc giữ ở nơi khác; có sai lệch thì kết thúc với mã 1."""
    with said_plainly():
        settings = Settings.from_environment()
        outside = [root for path in paths for root in _roots_in(path)]
        inside = audit_roots.read_files(settings.audit_roots)
        with open_store(settings.database_url).reading() as session:
            inside += audit_roots.every_root(session)
            verdict = verify(session, [*outside, *inside])
    if verdict.fault:
        raise LogAltered(audit_roots.told(verdict))
    click.echo(audit_roots.told(verdict))
    if not outside:
        click.echo(
            "Chưa so với mốc giữ ở nơi khác: thêm --root TỆP để phát hiện cả việc cắt đuôi hoặc lập lại nhật ký."
        )
    else:
        click.echo(
            f"Khớp {len(outside)} mốc giữ ở nơi khác, mốc xa nhất về sau là ngày {max(outside).day:%d/%m/%Y}."
        )


def _roots_in(path: Path) -> list[Root]:
    return audit_roots.read_roots(path.read_text(encoding="utf-8", errors="replace"), str(path))


COMMANDS = (audit_root, audit_verify)
