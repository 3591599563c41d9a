"""What can an operator do from the command line? Prepare an installation, and take responses out as files."""

from pathlib import Path

import click

from survey_app.services.definitions import QuestionnaireChanged
from survey_app.preparation import prepare as prepare_installation
from survey_app.services.snapshot import take_snapshot
from survey_app.services.surveys import UnknownSurvey
from survey_app.settings import Settings, SettingsRefused
from survey_app.store import StoreRefused, StoreUnavailable, open_store


class Refused(click.ClickException):
    """The command cannot do what was asked; the message says why and what to do."""

    exit_code = 2


@click.command()
def prepare() -> None:
    """Chuẩn bị bản cài đặt: thư mục, khóa bí mật, cơ sở dữ liệu, đợt khảo sát mẫu nếu còn trống.

    Chạy lại bao nhiêu lần cũng được; những gì đã có được giữ nguyên.
    """
    try:
        for line in prepare_installation():
            click.echo(line)
    except (SettingsRefused, StoreRefused) as refusal:
        raise Refused(str(refusal)) from None


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
    try:
        settings = Settings.from_environment()
        with open_store(settings.database_url).reading() as session:
            folder = settings.questionnaires
            for path in take_snapshot(session, survey_id, questionnaires=folder, out=out.resolve()):
                click.echo(f"Đã ghi {path}")
    except (SettingsRefused, StoreRefused, UnknownSurvey, QuestionnaireChanged) as refusal:
        raise Refused(str(refusal)) from None
    except StoreUnavailable:
        raise Refused("Cơ sở dữ liệu đang bận hoặc không đọc được. Xin thử lại sau ít phút.") from None


COMMANDS = (prepare, snapshot)
