"""Do real accounts of PostgreSQL have exactly the rights they need, and does nobody start with more?"""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result
from psycopg import sql
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import make_url

from survey_app import create_app
from survey_app.commands import installation
from survey_app.settings import Settings, create_secrets
from survey_app.store import StoreRefused
from survey_app.store.engine import open_engine
from survey_app.store.models import Base
from survey_app.store.roles import APP, rights, weaknesses
from survey_app.store.serving import serving_store
from tests.survey_app.building import make_settings
from tests.survey_app.postgresql import Databases, address

OWNER, PREFIX = "t_owner", "t"


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[str]:
    """Make a database as an operator does: an owner who is no superuser, and a database of the owner's."""
    databases.run(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE"), OWNER)
    made = databases.new()
    name = str(make_url(made).database)
    databases.run(sql.SQL("ALTER DATABASE {} OWNER TO {}"), name, OWNER)
    yield name
    databases.drop(made)
    for role in (*rights(), "owner"):
        databases.run(sql.SQL("DROP ROLE IF EXISTS {}"), f"{PREFIX}_{role}")


def _url(databases: Databases, database: str, role: str) -> str:
    return address(databases.url.set(database=database, username=f"{PREFIX}_{role}"))


def _run(folder: Path, command: str, *arguments: str, **environ: str) -> Result:
    commands = {"prepare": installation.prepare, "database-roles": installation.database_roles}
    return CliRunner().invoke(commands[command], arguments, env={"SURVEY_INSTANCE": str(folder), **environ})


@pytest.fixture(scope="module")
def installed(
    databases: Databases, database: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, str]]:
    """Install as docs/databases.md says: the owner prepares, then gives the other accounts their rights."""
    folder = tmp_path_factory.mktemp("instance")
    environ = {
        "SURVEY_DATABASE_URL": _url(databases, database, "app"),
        "SURVEY_OWNER_DATABASE_URL": _url(databases, database, "owner"),
    }
    prepared = _run(folder, "prepare", **environ)
    assert prepared.exit_code == 0, prepared.output
    assert "database-roles --apply" in prepared.output
    for _ in range(2):
        given = _run(folder, "database-roles", "--prefix", PREFIX, "--apply", **environ)
        assert given.exit_code == 0, given.output
        assert "Đã cấp quyền cho t_app, t_mixer, t_audit." in given.output
        assert f"ALTER DATABASE {database} SET log_statement = 'none';" in given.output
    return folder, environ


@pytest.fixture
def quiet(databases: Databases, database: str, installed: object) -> Iterator[None]:
    """Set what only a superuser may set, as the command asked for."""
    assert installed
    settings = {"log_error_verbosity": "terse", "log_min_error_statement": "panic"}
    for name, value in settings.items():
        databases.run(sql.SQL("ALTER DATABASE {} SET {} = {}"), database, name, value)
    yield
    databases.run(sql.SQL("ALTER DATABASE {} RESET ALL"), database)


def _may(databases: Databases, database: str, role: str, statement: str) -> bool:
    """Say whether an account may run a statement; what it did is taken back."""
    with psycopg.connect(_url(databases, database, role)) as connection:
        try:
            connection.execute(statement)
        except InsufficientPrivilege:
            return False
        finally:
            connection.rollback()
    return True


ENTRY = "INSERT INTO audit_entry VALUES (99, now(), 'x', 'x', NULL, '{}', 'x')"
NOTE = "INSERT INTO submission VALUES ('c', '1')"
# The statement, and who may run it.
STATEMENTS = {
    "CREATE TABLE x (y int)": set(),
    "CREATE TEMPORARY TABLE x (y int)": set(),
    "CREATE SCHEMA x": set(),
    "ALTER TABLE response ADD COLUMN y int": set(),
    "DROP TABLE response": set(),
    "ALTER TABLE audit_entry DISABLE TRIGGER USER": set(),
    "UPDATE audit_entry SET account = 'x'": set(),
    "DELETE FROM audit_entry": set(),
    "TRUNCATE audit_entry": set(),
    ENTRY: {"app", "audit"},
    "SELECT * FROM audit_entry": {"app"},
    "SELECT * FROM staff_account": {"app"},
    "UPDATE staff_account SET password_hash = 'x'": {"app"},
    "SELECT * FROM survey": {"app"},
    "SELECT * FROM response": {"app", "mixer"},
    NOTE: {"app", "mixer"},
    "UPDATE response SET unit_code = unit_code": set(),
    "DELETE FROM response": set(),
    "TRUNCATE response": {"mixer"},
    "TRUNCATE submission, comment": {"mixer"},
    "UPDATE alembic_version SET version_num = version_num": set(),
}


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.usefixtures("installed")
def test_each_account_may_do_its_work_and_no_more(databases: Databases, database: str, statement: str) -> None:
    found = {role for role in rights() if _may(databases, database, role, statement)}
    assert found == STATEMENTS[statement]


@pytest.mark.parametrize("statement", ["CREATE TABLE x (y int)", "ALTER TABLE response ADD COLUMN y int"])
@pytest.mark.usefixtures("installed")
def test_the_owner_may_what_the_others_may_not(databases: Databases, database: str, statement: str) -> None:
    assert _may(databases, database, "owner", statement)


def test_every_table_of_the_models_has_its_rights() -> None:
    assert set(rights()[APP]) == {*Base.metadata.tables, "alembic_version"}


@pytest.mark.usefixtures("quiet")
def test_the_application_serves_with_the_rights_of_its_account(installed: tuple[Path, dict[str, str]]) -> None:
    folder, environ = installed
    settings = Settings.from_environment({"SURVEY_INSTANCE": str(folder), **environ})
    app = create_app(settings, ("public",))
    unit = app.test_client().get("/s/mau").text.partition('href="/s/mau/')[2].partition('"')[0]
    sent = app.test_client().post(f"/s/mau/{unit}", data={"A1": "4", "form_id": "1" * 32})
    app.extensions["parts"].store.engine.dispose()
    assert sent.status_code == 303, sent.text


@pytest.mark.usefixtures("installed")
def test_an_account_of_its_own_does_not_start_on_a_server_whose_log_repeats_rows(
    databases: Databases, database: str, tmp_path: Path
) -> None:
    url = _url(databases, database, "app")
    databases.run(sql.SQL("ALTER DATABASE {} SET log_error_verbosity = 'default'"), database)
    databases.run(sql.SQL("ALTER DATABASE {} SET log_statement = 'all'"), database)
    try:
        with pytest.raises(
            StoreRefused, match=r"log_error_verbosity đang là default(?s:.*)log_statement đang là all"
        ):
            serving_store(make_settings(tmp_path, database_url=url))
    finally:
        databases.run(sql.SQL("ALTER DATABASE {} RESET ALL"), database)


@pytest.mark.parametrize(
    ("right", "said"),
    [
        ("UPDATE ON audit_entry", "thừa trên bảng audit_entry: UPDATE"),
        ("CREATE ON SCHEMA public", "tạo được bảng"),
        ("INSERT ON response", "thiếu quyền trên bảng response: INSERT"),
    ],
)
@pytest.mark.usefixtures("quiet")
def test_an_account_with_other_rights_than_its_own_does_not_start(
    databases: Databases, database: str, tmp_path: Path, *, right: str, said: str
) -> None:
    settings = make_settings(tmp_path, database_url=_url(databases, database, "app"))
    owner = _url(databases, database, "owner")
    serving_store(settings).engine.dispose()
    changes = [sql.SQL(f"GRANT {right} TO t_app"), sql.SQL(f"REVOKE {right} FROM t_app")]
    if "thiếu" in said:
        changes.reverse()
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(changes[0])
        try:
            with pytest.raises(StoreRefused, match=said):
                serving_store(settings)
        finally:
            connection.execute(changes[1])
    serving_store(settings).engine.dispose()


def test_the_owner_serves_while_trying_out_is_told_so_and_does_not_where_accounts_are_apart(
    tmp_path: Path, installed: tuple[Path, dict[str, str]]
) -> None:
    url = installed[1]["SURVEY_OWNER_DATABASE_URL"]
    serving_store(make_settings(tmp_path, database_url=url)).engine.dispose()
    create_secrets(tmp_path / "secrets.toml")
    told = _run(tmp_path, "prepare", SURVEY_DATABASE_URL=url)
    assert told.exit_code == 0, told.output
    assert "Lưu ý: Chương trình chạy bằng chính tài khoản PostgreSQL sở hữu các bảng" in told.output
    apart = Settings.from_environment(
        {"SURVEY_INSTANCE": str(tmp_path), "SURVEY_DATABASE_URL": url, "SURVEY_OWNER_DATABASE_URL": url}
    )
    with pytest.raises(StoreRefused, match="sở hữu các bảng"):
        serving_store(apart)


def test_the_statements_are_printed_for_somebody_else_to_run(
    databases: Databases, database: str, installed: tuple[Path, dict[str, str]]
) -> None:
    folder, environ = installed
    printed = _run(folder, "database-roles", "--prefix", "u", **environ)
    assert printed.exit_code == 0, printed.output
    with psycopg.connect(address(databases.url.set(database=database)), autocommit=True) as connection:
        connection.execute(printed.output)
        connection.execute("DROP OWNED BY u_app, u_mixer, u_audit; DROP ROLE u_app, u_mixer, u_audit")
        connection.execute(sql.SQL("ALTER DATABASE {} RESET ALL").format(sql.Identifier(database)))


@pytest.mark.parametrize(
    ("arguments", "environ", "said"),
    [
        (["--prefix", "t; DROP TABLE x"], {}, "chỉ dùng chữ thường không dấu"),
        ([], {"SURVEY_OWNER_DATABASE_URL": "", "SURVEY_DATABASE_URL": ""}, "Lệnh này chỉ dành cho PostgreSQL"),
        (["--apply", "--prefix", "v"], {"SURVEY_OWNER_DATABASE_URL": "app"}, "InsufficientPrivilege"),
    ],
)
def test_what_cannot_be_given_is_refused_with_what_to_do(
    installed: tuple[Path, dict[str, str]], arguments: list[str], environ: dict[str, str], said: str
) -> None:
    folder, given = installed
    changed = {name: given["SURVEY_DATABASE_URL"] if value == "app" else value for name, value in environ.items()}
    if changed.get("SURVEY_DATABASE_URL") == "":
        assert _run(folder, "prepare", **{**given, **changed}).exit_code == 0
    refused = _run(folder, "database-roles", *arguments, **{**given, **changed})
    assert refused.exit_code == 2, refused.output
    assert said in refused.output


def test_a_file_has_neither_accounts_nor_a_log_of_its_own(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    with engine.connect() as connection:
        assert weaknesses(connection) == []
    engine.dispose()
