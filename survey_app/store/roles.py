"""Which PostgreSQL account may do what? Who serves pages owns nothing, and nobody may do more than is needed."""

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from survey_app.store.models import Base
from survey_app.store.trouble import StoreRefused

APP, MIXER, AUDIT = "app", "mixer", "audit"

_MIXED = ("response", "comment", "submission")
_RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")

_QUIET_LOG = {
    "log_error_verbosity": ("terse",),
    "log_min_error_statement": ("panic", "fatal"),
    "log_statement": ("none", "ddl"),
    "log_min_duration_statement": ("-1",),
    "log_min_duration_sample": ("-1",),
    "log_transaction_sample_rate": ("0",),
    "log_parameter_max_length_on_error": ("0",),
}
"""What keeps rows and statements out of the server's own log: the setting, and the values that do."""

_ONE_ACCOUNT = (
    "Chương trình chạy bằng chính tài khoản PostgreSQL sở hữu các bảng, nên đổi được cấu trúc bảng và sửa được "
    "nhật ký. Khi dùng thật, tạo tài khoản riêng: flask --app survey_app database-roles"
)
_REMEDY = "Chạy: flask --app survey_app database-roles --apply"


def rights() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return what each account may do with each table; what is not named here it may not do."""
    everyday = ("SELECT", "INSERT", "UPDATE", "DELETE")
    version = {"alembic_version": ("SELECT",)}
    return {
        APP: {
            **dict.fromkeys(Base.metadata.tables, everyday),
            **dict.fromkeys((*_MIXED, "audit_entry", "audit_root"), ("SELECT", "INSERT")),
            **version,
        },
        MIXER: {**dict.fromkeys(_MIXED, ("SELECT", "INSERT", "TRUNCATE")), **version},
        AUDIT: {"audit_entry": ("INSERT",)},
    }


def print_rights(connection: Connection, prefix: str) -> list[str]:
    """Return the SQL for somebody to read and run: accounts, rights, and what only a superuser may run."""
    return [f"{statement};" for statement in (*_rights_sql(connection, prefix), *_quiet_log_sql(connection))]


def give_rights(connection: Connection, prefix: str) -> list[str]:
    """Run the SQL in the caller's transaction; return what was done, and what only a superuser can still do."""
    superuser = connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
    quiet = list(_quiet_log_sql(connection))
    try:
        for statement in (*_rights_sql(connection, prefix), *(quiet if superuser else ())):
            connection.exec_driver_sql(statement)
    except (ProgrammingError, OperationalError) as trouble:
        raise StoreRefused(
            f"Không tạo được tài khoản hoặc không cấp được quyền ({trouble.orig}); chưa có gì thay đổi. Chạy lại "
            "lệnh này không có --apply, rồi nhờ quản trị máy chủ chạy các câu lệnh in ra bằng psql."
        ) from None
    done = [f"Đã cấp quyền cho {', '.join(f'{prefix}_{role}' for role in rights())}."]
    if not superuser:
        done += ["-- Nhờ quản trị máy chủ (superuser) chạy thêm:", *(f"{statement};" for statement in quiet)]
    return done


def _rights_sql(connection: Connection, prefix: str) -> Iterator[str]:
    """Yield what makes the three accounts and gives them exactly their rights, however often it is run."""
    quote = connection.dialect.identifier_preparer.quote
    names = {role: quote(f"{prefix}_{role}") for role in rights()}
    database, everybody = _database(connection), ", ".join(names.values())
    schema = quote(connection.scalar(text("SELECT current_schema()")) or "public")
    for role, name in names.items():
        known = f"SELECT FROM pg_roles WHERE rolname = '{prefix}_{role}'"
        yield f"DO $$ BEGIN IF NOT EXISTS ({known}) THEN CREATE ROLE {name} LOGIN; END IF; END $$"
    yield f"REVOKE ALL ON DATABASE {database} FROM PUBLIC, {everybody}"
    yield f"GRANT CONNECT ON DATABASE {database} TO {everybody}"
    yield f"REVOKE ALL ON SCHEMA {schema} FROM PUBLIC, {everybody}"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {everybody}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM PUBLIC, {everybody}"
    for role, tables in rights().items():
        for table, allowed in tables.items():
            yield f"GRANT {', '.join(allowed)} ON {schema}.{quote(table)} TO {names[role]}"


def _quiet_log_sql(connection: Connection) -> Iterator[str]:
    for name, values in _QUIET_LOG.items():
        yield f"ALTER DATABASE {_database(connection)} SET {name} = '{values[0]}'"


def weaknesses(connection: Connection) -> list[str]:
    """Return a sentence for each harm that this account can do, and for each way of a row into the server's log.

    SQLite has neither accounts nor a log of its own: a file has none of these weaknesses.
    """
    if connection.dialect.name != "postgresql":
        return []
    found = [_ONE_ACCOUNT] if owns_tables(connection) else _wrong_rights(connection)
    return [*found, *_talkative_log(connection)]


def owns_tables(connection: Connection) -> bool:
    """Say whether the account owns the tables, or may act as their owner."""
    query = (
        "SELECT pg_has_role(current_user, relowner, 'MEMBER') FROM pg_class WHERE oid = 'audit_entry'::regclass"
    )
    return bool(connection.scalar(text(query)))


def _wrong_rights(connection: Connection) -> Iterator[str]:
    """Compare what the account may do with what the program needs."""
    wanted = rights()[APP]
    found = _held(connection, wanted)
    for table, allowed in wanted.items():
        if surplus := sorted(found[table] - set(allowed)):
            yield f"Tài khoản chạy chương trình có quyền thừa trên bảng {table}: {', '.join(surplus)}. {_REMEDY}"
        if missing := sorted(set(allowed) - found[table]):
            yield f"Tài khoản chạy chương trình thiếu quyền trên bảng {table}: {', '.join(missing)}. {_REMEDY}"
    can_create = (
        "SELECT has_schema_privilege(current_schema(), 'CREATE')"
        " OR has_database_privilege(current_database(), 'CREATE')"
        " OR has_database_privilege(current_database(), 'TEMPORARY')"
    )
    if connection.scalar(text(can_create)):
        yield f"Tài khoản chạy chương trình tạo được bảng trong cơ sở dữ liệu. {_REMEDY}"


def _held(connection: Connection, tables: Iterable[str]) -> dict[str, set[str]]:
    """Return the rights that the account has on each table."""
    query = (
        "SELECT t, r FROM unnest(CAST(:tables AS text[])) t, unnest(CAST(:rights AS text[])) r"
        " WHERE has_table_privilege(t, r)"
    )
    held: dict[str, set[str]] = {table: set() for table in tables}
    for table, right in connection.execute(text(query), {"tables": [*held], "rights": [*_RIGHTS]}):
        held[table].add(right)
    return held


def _talkative_log(connection: Connection) -> Iterator[str]:
    for name, values in _QUIET_LOG.items():
        found = connection.scalar(text("SELECT current_setting(:name)"), {"name": name})
        if found not in values:
            yield (
                f"Nhật ký của máy chủ PostgreSQL có thể chép lại phiếu trả lời: {name} đang là {found}. "
                f"Chạy với quyền superuser: ALTER DATABASE {_database(connection)} SET {name} = '{values[0]}'"
            )


def _database(connection: Connection) -> str:
    return connection.dialect.identifier_preparer.quote(connection.scalar(text("SELECT current_database()")) or "")
