"""What must be known before the application may start? One frozen object, refused where it is unsafe."""

import os
import secrets
import stat
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import URL

SHORTEST_SECRET = 32
FEWEST_DIFFERENT_CHARACTERS = 12
SURFACES = ("public", "staff", "api")
"""The surfaces that a process may serve; it serves them all where nothing else is said."""

_DEFAULTS = ("change", "default", "secret", "password", "example", "matkhau", "12345", "abcdef")


class SettingsRefused(ValueError):
    """The application must not start with these settings; the text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the application is told from outside.

    ``instance`` is the folder of this installation (secrets, database, an office's own questionnaires).
    ``owner_database_url`` is the way of the account that owns the tables, where another one serves; only what
    changes tables needs it. ``secret_key`` signs the sessions of staff, ``pepper`` keys what is stored of a form's
    id. ``base_url`` is the address that respondents are given, ``staff_base_url`` that of staff (None: the same);
    over https cookies are marked secure. ``trusted_hosts`` are the names besides those two
    under which a process may be asked, and ``proxies`` is how many servers of our own stand before it.
    """

    instance: Path
    database_url: str
    secret_key: str
    pepper: str
    base_url: str = "http://127.0.0.1:8000"
    staff_base_url: str | None = None
    proxies: int = 0
    trusted_hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    owner_database_url: str | None = None

    def __post_init__(self) -> None:
        refuse_weak_secret("secret_key", self.secret_key)
        refuse_weak_secret("pepper", self.pepper)
        if self.secret_key == self.pepper:
            raise SettingsRefused("“secret_key” và “pepper” đang giống nhau; mỗi khóa phải là một chuỗi riêng.")
        refuse_no_address("SURVEY_BASE_URL", self.base_url)
        refuse_no_address("SURVEY_STAFF_BASE_URL", self.staff_url)
        if urlsplit(self.base_url).scheme != urlsplit(self.staff_url).scheme:
            raise SettingsRefused(
                f"SURVEY_BASE_URL ({self.base_url}) và SURVEY_STAFF_BASE_URL ({self.staff_url}) phải cùng là "
                "https hoặc cùng là http."
            )
        if self.proxies not in {0, 1}:
            raise SettingsRefused(
                f"SURVEY_PROXIES cần 0 (không có nginx phía trước) hoặc 1 (có một nginx), đang là {self.proxies}."
            )

    @property
    def secure(self) -> bool:
        """Say whether people reach this installation over https."""
        return urlsplit(self.base_url).scheme == "https"

    @property
    def staff_url(self) -> str:
        """Return the address that staff are given."""
        return self.staff_base_url or self.base_url

    def hosts_of(self, surfaces: Collection[str]) -> list[str]:
        """Return the names under which a process with these surfaces answers: their own, and the trusted ones."""
        own = (self.base_url if surface == "public" else self.staff_url for surface in surfaces)
        return list(dict.fromkeys([*(urlsplit(address).hostname or "" for address in own), *self.trusted_hosts]))

    @property
    def owner_url(self) -> str:
        """Return the address at which tables may be made and changed."""
        return self.owner_database_url or self.database_url

    @property
    def questionnaires(self) -> Path:
        """Return the folder of the office's own questionnaires."""
        return self.instance / "questionnaires"

    @property
    def audit_roots(self) -> Path:
        """Return the folder of the audit log's roots, from which they are copied elsewhere."""
        return self.instance / "audit-roots"

    def form_address(self, survey_id: str, unit_code: str) -> str:
        """Return the address that respondents of a unit are given."""
        return f"{self.base_url}/s/{survey_id}/{unit_code}"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings of this installation; the command ``prepare`` has to have made its secrets."""
        instance = instance_folder(environ)
        base_url = environ.get("SURVEY_BASE_URL") or f"http://127.0.0.1:{environ.get('PORT') or 8000}"
        staff_base_url = environ.get("SURVEY_STAFF_BASE_URL") or base_url
        hosts = environ.get("SURVEY_TRUSTED_HOSTS") or "127.0.0.1,localhost"
        keys = read_secrets(instance / "secrets.toml")
        return cls(
            instance=instance,
            database_url=environ.get("SURVEY_DATABASE_URL") or _database_in(instance),
            owner_database_url=environ.get("SURVEY_OWNER_DATABASE_URL") or None,
            secret_key=keys["secret_key"],
            pepper=keys["pepper"],
            base_url=base_url.rstrip("/"),
            staff_base_url=staff_base_url.rstrip("/"),
            proxies=_number("SURVEY_PROXIES", environ.get("SURVEY_PROXIES") or "0"),
            trusted_hosts=_names(hosts),
        )


def surfaces_from(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Return the surfaces that this process is to serve: SURVEY_SURFACES, else all of them."""
    wanted = _names(environ.get("SURVEY_SURFACES") or ",".join(SURFACES))
    if not wanted or not set(wanted) <= set(SURFACES):
        raise SettingsRefused(
            f"SURVEY_SURFACES cần một hay nhiều tên trong số {', '.join(SURFACES)}, cách nhau bằng dấu phẩy; "
            f"đang là “{environ.get('SURVEY_SURFACES')}”."
        )
    return wanted


def instance_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of this installation: SURVEY_INSTANCE, else ``instance`` in the working folder."""
    return Path(environ.get("SURVEY_INSTANCE") or "instance").resolve()


def _database_in(instance: Path) -> str:
    return URL.create("sqlite", database=str(instance / "survey.sqlite3")).render_as_string(hide_password=False)


def _names(listed: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in listed.split(",") if name.strip()))


def _number(name: str, value: str) -> int:
    if not value.isdecimal():
        raise SettingsRefused(f"{name} cần một số, đang là “{value}”.")
    return int(value)


def refuse_no_address(name: str, address: str) -> None:
    """Raise where a setting is not the address of a site."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsRefused(f"{name} cần một địa chỉ như “https://khaosat.tinh.gov.vn”, đang là “{address}”.")


def refuse_weak_secret(name: str, secret: str) -> None:
    """Raise where a secret is missing, short, or looks as if nobody had drawn it at random."""
    if not secret:
        complaint = "đang để trống"
    elif len(secret) < SHORTEST_SECRET:
        complaint = f"chỉ có {len(secret)} ký tự, cần ít nhất {SHORTEST_SECRET}"
    elif len(set(secret)) < FEWEST_DIFFERENT_CHARACTERS or any(word in secret.lower() for word in _DEFAULTS):
        complaint = "trông như giá trị mẫu, không phải chuỗi ngẫu nhiên"
    else:
        return
    raise SettingsRefused(
        f"Khóa bí mật “{name}” {complaint}. Thay dòng đó trong secrets.toml bằng một chuỗi ngẫu nhiên, "
        "ví dụ kết quả của lệnh: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
    )


def read_secrets(path: Path) -> dict[str, str]:
    """Return the secrets of this installation from a file that nobody else may read."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SettingsRefused(f"Người khác đọc được tệp bí mật {path}. Chạy: chmod 600 {path}")
        keys = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsRefused(f"Chưa có tệp bí mật {path}. Chạy: flask --app survey_app prepare") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsRefused(f"Không đọc được tệp bí mật {path} ({type(error).__name__}).") from None
    return {name: str(keys.get(name, "")) for name in ("secret_key", "pepper")}


def create_secrets(path: Path) -> bool:
    """Write random secrets where the file does not exist yet; say whether it was written."""
    lines = [f'{name} = "{secrets.token_urlsafe(48)}"\n' for name in ("secret_key", "pepper")]
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("# Khóa bí mật của bản cài đặt này: giữ kín, sao lưu riêng, không đưa vào kho mã nguồn.\n")
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    return True
