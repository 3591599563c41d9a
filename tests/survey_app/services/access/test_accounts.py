"""Which passwords are good enough, how are they kept, and what do the operator's commands say?"""

import re
from pathlib import Path

import pytest
from click import Command
from click.testing import CliRunner, Result
from sqlalchemy import select

from survey_app.commands import accounts as account_commands
from survey_app.commands import installation
from survey_app.services.access.accounts import (
    AccountExists,
    UnknownAccount,
    UnusableName,
    access_of,
    add_account,
    create_first_account,
    find_account,
    password_fits,
    renew_hash,
    set_password,
)
from survey_app.services.access.passwords import WeakPassword
from survey_app.services.access.rights import Grant, Role
from survey_app.settings import Settings
from survey_app.store import Store, open_store
from survey_app.store.models import StaffAccount

pytestmark = pytest.mark.both_databases

GOOD = "mưa rơi trên mái tôn cũ"


def test_an_account_is_found_however_it_is_typed_and_its_password_fits(store: Store) -> None:
    with store.writing() as session:
        add_account(session, "can-bo", GOOD, full_name=" Nguyễn Văn\u200b An ")
        session.commit()
    with store.reading() as session:
        account = find_account(session, "CAN-BO ")
        assert account is not None
        assert account.full_name == "Nguyễn Văn An"
        assert access_of(session, account).grants == ()
        assert password_fits(account, GOOD)
        assert not password_fits(account, f"{GOOD}!")
        assert not password_fits(None, GOOD)


def test_the_first_account_is_made_once(store: Store) -> None:
    with store.writing() as session:
        password = create_first_account(session)
        assert password is not None
        assert create_first_account(session) is None
        account = session.scalars(select(StaffAccount)).one()
        assert account.username == "quan-tri"
        assert access_of(session, account).grants == (Grant(Role.ADMIN),)
        assert password_fits(account, password)


def test_a_hash_is_not_renewed_over_a_password_that_was_changed_meanwhile(store: Store) -> None:
    old = StaffAccount(username="can-bo", password_hash="as it was when the password fitted")
    with store.writing() as session:
        session.add(StaffAccount(username="can-bo", password_hash="as it is now"))
        session.commit()
        assert renew_hash(session, old, GOOD).password_hash == "as it is now"


def test_accounts_that_cannot_be_are_refused_with_what_to_do(store: Store) -> None:
    with store.writing() as session:
        for name in ("", "ab", "Cán Bộ", "a" * 41, "-x-y", "a b c", "../x"):
            with pytest.raises(UnusableName, match="Chọn tên khác"):
                add_account(session, name, GOOD)
        add_account(session, "can-bo", GOOD)
        with pytest.raises(AccountExists, match="Chọn tên khác"):
            add_account(session, "can-bo", GOOD)
        with pytest.raises(UnknownAccount, match="can-bo"):
            set_password(session, "khong-co", GOOD)
        with pytest.raises(WeakPassword):
            set_password(session, "can-bo", "123")


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("instance")


def run(folder: Path, *arguments: str, typed: str = "") -> Result:
    command: Command = {
        "prepare": installation.prepare,
        "staff-password": account_commands.staff_password,
        "staff-account": account_commands.staff_account,
    }[arguments[0]]
    return CliRunner().invoke(command, arguments[1:], input=typed, env={"SURVEY_INSTANCE": str(folder)})


def fits(folder: Path, name: str, password: str) -> bool:
    store = open_store(Settings.from_environment({"SURVEY_INSTANCE": str(folder)}).database_url)
    with store.reading() as session:
        found = password_fits(find_account(session, name), password)
    store.engine.dispose()
    return found


def test_prepare_prints_the_first_password_once_and_every_address(instance: Path) -> None:
    first, again = run(instance, "prepare"), run(instance, "prepare")
    assert first.exit_code == again.exit_code == 0
    printed = re.search(r"quan-tri, mật khẩu \(chỉ in một lần này\): (\S+)\n", first.output)
    assert printed is not None
    assert fits(instance, "quan-tri", printed[1])
    assert "mật khẩu (" not in again.output
    for output in (first.output, again.output):
        for path in ("/", "/staff/login", "/staff/results/mau"):
            assert re.search(rf"http://127\.0\.0\.1:8000{path}\n", output)
    kept = b"".join(path.read_bytes() for path in instance.rglob("*") if path.is_file())
    assert printed[1].encode() not in kept


def test_a_password_is_set_by_typing_it_twice(instance: Path) -> None:
    assert run(instance, "staff-account", "create", "can-bo", "--role", "analyst").exit_code == 0
    done = run(instance, "staff-password", "can-bo", typed=f"{GOOD}\n{GOOD}\n")
    assert done.exit_code == 0, done.output
    assert GOOD not in done.output
    assert fits(instance, "can-bo", GOOD)


def test_a_password_that_is_not_typed_is_made_and_printed(instance: Path) -> None:
    for typed, options in (("\n", ()), ("", ("--generate",))):
        done = run(instance, "staff-password", "quan-tri", *options, typed=typed)
        assert done.exit_code == 0, done.output
        assert fits(instance, "quan-tri", done.output.rpartition(": ")[2].strip())


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (("khong-co", "--generate"), "", "Các tài khoản hiện có: can-bo, quan-tri"),
        (("quan-tri",), "123456\n123456\n", "cần từ 15 đến 256 ký tự"),
        (("quan-tri",), f"{GOOD}\n{GOOD}!\n", "không giống nhau"),
    ],
)
def test_what_cannot_be_set_is_refused_with_status_2(
    instance: Path, arguments: tuple[str, ...], typed: str, said: str
) -> None:
    refused = run(instance, "staff-password", *arguments, typed=typed)
    assert refused.exit_code == 2
    assert said in refused.output


def test_an_account_is_made_with_a_role_and_listed(instance: Path) -> None:
    made = run(instance, "staff-account", "create", "dau-moi", "--role", "commune_contact", "--unit", "99001")
    assert made.exit_code == 0, made.output
    assert fits(instance, "dau-moi", made.output.rpartition(": ")[2].strip())
    assert run(instance, "staff-account", "grant", "dau-moi", "--role", "auditor").exit_code == 0
    listed = run(instance, "staff-account", "list").output
    assert "dau-moi\t\tauditor:*, clerk:99001, office:99001" in listed
    assert "quan-tri\t\tadmin:*" in listed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("quan-tri", "--role", "analyst"), "Đã có tài khoản"),
        (("Quản Trị", "--role", "analyst"), "chữ thường không dấu"),
        (("moi-1", "--role", "office"), "cần một đơn vị"),
        (("moi-2", "--role", "office", "--unit", "khong-co"), "Không có đơn vị mang mã này"),
        (("moi-3", "--role", "auditor", "--unit", "99001"), "của toàn hệ thống"),
        (("moi-4", "--role", "vua"), "Invalid value"),
    ],
)
def test_an_account_that_cannot_be_is_refused_and_nothing_is_kept(
    instance: Path, arguments: tuple[str, ...], said: str
) -> None:
    refused = run(instance, "staff-account", "create", *arguments)
    assert refused.exit_code == 2
    assert said in refused.output
    assert "moi-" not in run(instance, "staff-account", "list").output
