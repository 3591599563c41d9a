"""How does an empty folder become an installation? Step by step, each told, none repeated where it is done."""

import os
from collections.abc import Iterator, Mapping

from sqlalchemy import func, select

from analysis import periods
from survey_app.commands.plainly import operator
from survey_app.services.access.accounts import FIRST_ACCOUNT, create_first_account
from survey_app.services.example import EXAMPLE_ID, load_example
from survey_app.services.log import audit
from survey_app.services.received import every_survey
from survey_app.settings import Settings, create_secrets, instance_folder
from survey_app.store import Store, open_store
from survey_app.store.engine import open_engine
from survey_app.store.migrate import migrate
from survey_app.store.models import SurveyUnit
from survey_app.store.roles import weaknesses


def prepare(environ: Mapping[str, str] = os.environ) -> Iterator[str]:
    """Do what is missing and yield a line for each step, the addresses last."""
    folder = instance_folder(environ)
    # Answers lie in this folder: nobody but the account that runs the program may look into it.
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = create_secrets(folder / "secrets.toml")
    yield f"Khóa bí mật: {'đã tạo' if made else 'đã có'} ({folder / 'secrets.toml'})"
    settings = Settings.from_environment(environ)
    settings.questionnaires.mkdir(exist_ok=True)
    engine = open_engine(settings.owner_url)
    migrate(engine)
    engine.dispose()
    yield "Cơ sở dữ liệu: đã ở bản mới nhất"
    yield from _example(open_store(settings.owner_url))
    yield from _ways_in(open_store(settings.owner_url), settings)
    yield from _what_is_weak(
        open_store(settings.owner_url), separate_owner=settings.owner_database_url is not None
    )


def _ways_in(store: Store, settings: Settings) -> Iterator[str]:
    with store.writing() as session:
        password = create_first_account(session)
        if password is not None:
            audit.record(session, "account.created", account=operator(), about=FIRST_ACCOUNT)
        latest = next(iter(every_survey(session)), None)
        unit = (
            session.scalar(select(func.min(SurveyUnit.unit_code)).filter_by(survey_id=latest.id))
            if latest
            else None
        )
        session.commit()
    store.engine.dispose()
    if password is not None:
        yield f"Tài khoản cán bộ đầu tiên: {FIRST_ACCOUNT}, mật khẩu (chỉ in một lần này): {password}"
    yield f"Cán bộ đăng nhập: {settings.staff_url}/staff/login"
    yield f"Kết quả: {settings.staff_url}/staff/{f'results/{latest.id}' if latest else ''}"
    if latest and unit:
        yield f"Phiếu khảo sát của một đơn vị: {settings.form_address(latest.id, unit)}"
    yield f"Chọn đơn vị để trả lời phiếu: {settings.base_url}/"


def _what_is_weak(store: Store, *, separate_owner: bool) -> Iterator[str]:
    if separate_owner:
        yield "Cấp quyền cho các tài khoản PostgreSQL: flask --app survey_app database-roles --apply"
        return
    with store.reading() as session:
        yield from (f"Lưu ý: {sentence}" for sentence in weaknesses(session.connection()))
    store.engine.dispose()


def _example(store: Store) -> Iterator[str]:
    with store.writing() as session:
        loaded = load_example(session, periods.today())
        if loaded:
            audit.record(session, "survey.created", account=operator(), survey=EXAMPLE_ID)
        session.commit()
    store.engine.dispose()
    if loaded:
        yield f"Đợt khảo sát mẫu “{EXAMPLE_ID}”: đã nạp, DỮ LIỆU MÔ PHỎNG"
