"""Which passwords are good enough, how are they kept, and what do the operator's commands say?"""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from survey_app import cli
from survey_app.services import accounts
from survey_app.services.accounts import (
    HASHER,
    AccountExists,
    UnknownAccount,
    UnusableName,
    WeakPassword,
    add_account,
    create_first_account,
    find_account,
    new_password,
    password_fits,
    refuse_weak_password,
    renew_hash,
    set_password,
)
from survey_app.settings import Settings
from survey_app.store import Store, open_store
from survey_app.store.models import StaffAccount

pytestmark = pytest.mark.both_databases

GOOD = "mưa rơi trên mái tôn cũ"


@pytest.mark.parametrize(
    "password",
    [
        "",
        "ngắn quá 14 kt",
        "x" * 257,
        "matkhau123456789",
        "Mật khẩu 2026 !!!",
        "quantri@2026quantri",
        "Cải cách hành chính 2026",
        "passwordpassword1",
        "aaaaaaaaaaaaaaaaaaaa",
        "12345678901234567890",
        "vietnamvietnam2026",
        "Anh yêu em 12345 abc",
        "qwerty-asdfgh-zxcvbn",
        "can.bo.mot.cua-can.bo.mot.cua",
    ],
)
def test_a_password_that_is_short_or_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword, match="Mật khẩu"):
        refuse_weak_password("can.bo.mot.cua", password)


@pytest.mark.parametrize(
    "password", [GOOD, "x7#kQ!v9zPw2mL0", "correct horse battery staple", "ấm" * 30 + "trà xanh"]
)
def test_a_long_password_of_any_characters_is_taken(password: str) -> None:
    refuse_weak_password("quan-tri", password)


def test_every_generated_password_is_strong_and_another() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert re.fullmatch(r"(?:[a-z2-9]{5}-){3}[a-z2-9]{5}", password)
        refuse_weak_password("quan-tri", password)


def test_a_password_is_kept_as_argon2id_and_fits_in_every_spelling_of_its_accents(store: Store) -> None:
    with store.writing() as session:
        add_account(session, "can-bo", "hòa bình muôn năm nhé")
        session.commit()
    with store.reading() as session:
        account = find_account(session, "CAN-BO ")
        assert account is not None
        assert account.password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
        assert password_fits(account, "ho\u0300a bi\u0300nh muôn năm nhé")
        assert not password_fits(account, "hòa bình muôn năm nhe")
        assert not password_fits(account, "")
        assert not password_fits(None, "hòa bình muôn năm nhé")
        assert not password_fits(StaffAccount(username="x", password_hash="not a hash"), "x")


def test_the_first_account_is_made_once(store: Store) -> None:
    with store.writing() as session:
        password = create_first_account(session)
        assert password is not None
        assert create_first_account(session) is None
        account = session.scalars(select(StaffAccount)).one()
        assert account.username == "quan-tri"
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
        with pytest.raises(AccountExists, match="--create"):
            add_account(session, "can-bo", GOOD)
        with pytest.raises(UnknownAccount, match="can-bo"):
            set_password(session, "khong-co", GOOD)
        with pytest.raises(WeakPassword):
            set_password(session, "can-bo", "123")


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("instance")


def run(folder: Path, *arguments: str, typed: str = "") -> Result:
    command = {"prepare": cli.prepare, "staff-password": cli.staff_password}[arguments[0]]
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
    done = run(instance, "staff-password", "can-bo", "--create", typed=f"{GOOD}\n{GOOD}\n")
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
        (("quan-tri", "--create", "--generate"), "", "Đã có tài khoản"),
        (("Quản Trị", "--create", "--generate"), "", "chữ thường không dấu"),
    ],
)
def test_what_cannot_be_set_is_refused_with_status_2(
    instance: Path, arguments: tuple[str, ...], typed: str, said: str
) -> None:
    refused = run(instance, "staff-password", *arguments, typed=typed)
    assert refused.exit_code == 2
    assert said in refused.output


def test_the_parameters_are_at_least_those_of_the_guideline() -> None:
    assert HASHER.memory_cost >= 19 * 1024
    assert HASHER.time_cost >= 2
    assert accounts.SHORTEST_PASSWORD >= 15
    assert accounts.LONGEST_PASSWORD >= 64
