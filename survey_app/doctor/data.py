"""Will answers be kept and understood? The database, its promises, the surveys in it, and who may log in."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from analysis import periods
from questionnaires.library import UnknownQuestionnaire
from questionnaires.loader import QuestionnaireRefused
from survey_app.doctor.finding import BROKEN, FINE, LOOK, Finding
from survey_app.doctor.machine import check_clock
from survey_app.services.access.accounts import access_of
from survey_app.services.access.rights import Role
from survey_app.services.definitions import QuestionnaireChanged, questionnaire_of
from survey_app.services.received import every_survey
from survey_app.services.surveys import open_surveys
from survey_app.settings import Settings
from survey_app.store import Store, StoreRefused, StoreUnavailable
from survey_app.store.engine import SCHEMA, open_engine, refuse_broken_promises, store_over
from survey_app.store.models import AuditEntry, StaffAccount
from survey_app.store.readiness import DiskFull, prove
from survey_app.store.roles import weaknesses

_PREPARE = "Chạy: flask --app survey_app prepare"


def check_data(settings: Settings) -> Iterator[Finding]:
    """Yield what was found in the database, as far as it can be read."""
    reached = check_reachable(settings.database_url)
    yield reached
    if reached.verdict == BROKEN:
        return
    engine = open_engine(settings.database_url)
    try:
        yield check_promises(engine)
        schema = check_schema(engine)
        yield schema
        if schema.verdict == FINE:
            yield check_writable(store_over(engine))
            yield check_accounts_of_database(engine)
            with Session(engine) as session:
                yield from check_content(session, settings)
    finally:
        engine.dispose()


def check_reachable(database_url: str) -> Finding:
    """Say whether the database answers; where there is none, none is made."""
    name, address = "Cơ sở dữ liệu", make_url(database_url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        return Finding(name, BROKEN, f"không có tệp {address.database}", _PREPARE)
    try:
        engine = open_engine(database_url)
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        engine.dispose()
    except StoreRefused as refused:
        return Finding(name, BROKEN, "không dùng được", str(refused))
    except SQLAlchemyError as error:
        remedy = "Kiểm tra SURVEY_DATABASE_URL, quyền đọc và ghi, và máy chủ cơ sở dữ liệu có đang chạy không."
        return Finding(name, BROKEN, f"không mở được ({type(error).__name__})", remedy)
    return Finding(name, FINE, address.render_as_string(hide_password=True))


def check_promises(engine: Engine) -> Finding:
    """Say whether what is acknowledged is really on the disk."""
    name = "Bảo đảm không mất phiếu"
    try:
        with engine.connect() as connection:
            refuse_broken_promises(connection)
    except StoreRefused as refused:
        return Finding(name, BROKEN, "thiết lập của cơ sở dữ liệu đã bị làm yếu", str(refused))
    return Finding(name, FINE, "phiếu chỉ được báo đã ghi nhận sau khi đã nằm trên đĩa")


def check_schema(engine: Engine) -> Finding:
    """Say whether the tables are those that this program reads and writes."""
    name = "Cấu trúc dữ liệu"
    try:
        with engine.connect() as connection:
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except SQLAlchemyError:
        return Finding(name, BROKEN, "chưa được chuẩn bị", _PREPARE)
    if found != SCHEMA:
        return Finding(name, BROKEN, f"bản {found}, chương trình cần bản {SCHEMA}", _PREPARE)
    return Finding(name, FINE, f"bản {found}")


def check_writable(store: Store) -> Finding:
    """Say whether an answer that came now would be kept."""
    name = "Ghi thử"
    try:
        prove(store)
    except (DiskFull, StoreUnavailable):
        remedy = "Kiểm tra quyền ghi, dung lượng đĩa, và có chương trình nào đang giữ cơ sở dữ liệu không."
        return Finding(name, BROKEN, "không ghi được vào cơ sở dữ liệu", remedy)
    return Finding(name, FINE, "ghi được, không để lại gì")


def check_accounts_of_database(engine: Engine) -> Finding:
    """Say whether the account that serves can do harm, and whether the server's log may repeat rows."""
    name = "Quyền trên cơ sở dữ liệu"
    with engine.connect() as connection:
        found = weaknesses(connection)
    if found:
        return Finding(name, LOOK, " ".join(found), "Làm theo docs/databases.md, rồi chạy lại lệnh này.")
    return Finding(name, FINE, "không có chỗ yếu nào được thấy")


def check_content(session: Session, settings: Settings) -> Iterator[Finding]:
    """Yield what was found in the tables."""
    last = session.scalar(select(AuditEntry.at).order_by(AuditEntry.number.desc()).limit(1))
    if last is not None:
        yield check_clock(datetime.now(UTC), last.replace(tzinfo=UTC))
    yield check_admins(session)
    yield check_surveys(session)
    yield check_questionnaires(session, settings)


def check_admins(session: Session) -> Finding:
    """Say whether somebody can administer the installation."""
    admins = [
        account.username
        for account in session.scalars(select(StaffAccount))
        if account.active and any(grant.role is Role.ADMIN for grant in access_of(session, account).grants)
    ]
    if not admins:
        remedy = "Tạo một tài khoản: flask --app survey_app staff-account create TÀI_KHOẢN --role admin"
        return Finding("Người quản trị", BROKEN, "chưa có tài khoản quản trị nào", remedy)
    return Finding("Người quản trị", FINE, f"{len(admins)} tài khoản")


def check_surveys(session: Session) -> Finding:
    """Say which surveys take forms today."""
    found = open_surveys(session, periods.today())
    real = [survey.id for survey in found if not survey.simulated]
    if real:
        return Finding("Đợt khảo sát đang mở", FINE, ", ".join(real))
    seen = "chỉ có đợt khảo sát mẫu với dữ liệu mô phỏng" if found else "không có đợt nào nhận phiếu hôm nay"
    return Finding("Đợt khảo sát đang mở", LOOK, seen, "Mở một đợt khảo sát trước khi phát địa chỉ phiếu.")


def check_questionnaires(session: Session, settings: Settings) -> Finding:
    """Say whether every survey still has the very questionnaire that it was set up with."""
    name, surveys = "Mẫu phiếu của các đợt khảo sát", every_survey(session)
    for survey in surveys:
        try:
            questionnaire_of(survey, settings.questionnaires)
        except (QuestionnaireChanged, UnknownQuestionnaire, QuestionnaireRefused) as trouble:
            remedy = f"Khôi phục tệp mẫu phiếu của đợt này vào {settings.questionnaires}."
            return Finding(name, BROKEN, str(trouble), remedy)
    return Finding(name, FINE, f"{len(surveys)} đợt, mẫu phiếu còn nguyên")
