"""How does a database come to the tables of this code? Alembic, run by the program itself."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError, ProgrammingError

from survey_app.store import postgresql
from survey_app.store.engine import let_take_long, refuse_broken_promises, take_turn
from survey_app.store.trouble import StoreRefused

FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def migrate(engine: Engine, revision: str = "head", *, down: bool = False) -> None:
    """Bring the database up (or down) to a revision, in one transaction."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    try:
        with engine.execution_options(begin="IMMEDIATE").begin() as connection:
            refuse_broken_promises(connection)
            let_take_long(connection)
            take_turn(connection)
            config.attributes["connection"] = connection
            (command.downgrade if down else command.upgrade)(config, revision)
    except CommandError:
        raise StoreRefused(
            "Cơ sở dữ liệu do một bản chương trình mới hơn tạo ra. Dùng bản chương trình đó, "
            "hoặc khôi phục bản sao lưu của cơ sở dữ liệu trước khi nâng cấp."
        ) from None
    except (OperationalError, ProgrammingError) as trouble:
        raise StoreRefused(_why_not(engine, trouble)) from None


def _why_not(engine: Engine, trouble: OperationalError | ProgrammingError) -> str:
    if engine.dialect.name == "sqlite":
        return (
            f"Không mở hoặc không ghi được cơ sở dữ liệu tại {engine.url.database}. "
            "Kiểm tra thư mục, quyền ghi và dung lượng còn trống."
        )
    if isinstance(trouble, OperationalError):
        return postgresql.unreachable(engine.url, trouble)
    return (
        f"Tài khoản PostgreSQL “{engine.url.username}” không tạo hoặc sửa được bảng ({trouble.orig}). Đặt biến "
        "SURVEY_OWNER_DATABASE_URL bằng tài khoản sở hữu cơ sở dữ liệu rồi chạy lại lệnh này."
    )
