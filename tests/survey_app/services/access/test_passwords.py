"""Which passwords are good enough, and how are they kept?"""

import re
import time

import pytest

from survey_app.services.access.passwords import (
    HASHER,
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    GuessedPassword,
    PasswordLength,
    WeakPassword,
    fits,
    hash_of,
    new_password,
    refuse_weak_password,
)

GOOD = "mưa rơi trên mái tôn cũ"
ABOUT = ("can.bo.mot.cua", "Nguyễn Thị Thanh Huyền")


@pytest.mark.parametrize(
    "password",
    [
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
        "NguyenThiThanhHuyen1990",
        "iloveyou-sunshine-princess",
        "anhyeuem-emyeuanh-1314",
    ],
)
def test_a_password_that_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(GuessedPassword, match="dễ đoán"):
        refuse_weak_password(password, about=ABOUT)


TWELVE = [
    ("14 characters", "x7#kQ!v9zPw2mL", False, PasswordLength),
    ("15 characters", "x7#kQ!v9zPw2mL0", False, None),
    ("7 characters with a second factor", "x7#kQ!v", True, PasswordLength),
    ("8 characters with a second factor", "x7#kQ!v9", True, None),
    ("8 characters without one", "x7#kQ!v9", False, PasswordLength),
    ("64 characters", "ấm trà xanh buổi sớm, " * 2 + "gió lùa khe cửa sổ !", False, None),
    ("256 characters", "ấm" * 124 + "trà xanh", False, None),
    ("257 characters", "ấm" * 124 + "trà xanh!", False, PasswordLength),
    ("small letters and blanks alone", "correct horse battery staple", False, None),
    ("no letter at all", "7391-8264-5917-3", False, None),
    ("a local word and a year", "caicachhanhchinh2026", False, GuessedPassword),
    ("a leaked one with a second factor", "iloveyou", True, GuessedPassword),
]


@pytest.mark.parametrize(("what", "password", "with_code", "refusal"), TWELVE, ids=[case[0] for case in TWELVE])
def test_length_and_guesses_decide_and_no_rule_of_composition(
    what: str, password: str, *, with_code: bool, refusal: type[WeakPassword] | None
) -> None:
    found: type[WeakPassword] | None = None
    try:
        refuse_weak_password(password, about=ABOUT, with_code=with_code)
    except WeakPassword as weak:
        found = type(weak)
    assert found is refusal, what


def test_a_password_fits_in_every_spelling_of_its_accents_and_widths() -> None:
    kept = hash_of("hòa bình muôn năm nhé 2")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert fits(kept, "ho\u0300a bi\u0300nh muôn năm nhé ２")
    assert not fits(kept, "hòa bình muôn năm nhe 2")
    assert not fits(kept, "")
    assert not fits(None, "hòa bình muôn năm nhé 2")
    assert not fits("not a hash", "x")
    assert not fits(hash_of("x" * 257), "x" * 257)


def test_every_generated_password_is_strong_and_another() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert re.fullmatch(r"(?:[a-z2-9]{5}-){3}[a-z2-9]{5}", password)
        refuse_weak_password(password, about=ABOUT)


def test_the_parameters_are_at_least_those_of_the_guideline() -> None:
    assert HASHER.memory_cost >= 19 * 1024
    assert HASHER.time_cost >= 2
    assert SHORTEST_PASSWORD >= 15
    assert LONGEST_PASSWORD >= 64


def test_a_password_that_is_far_too_long_is_not_even_hashed() -> None:
    kept = hash_of(GOOD)
    began = time.process_time()
    assert not fits(kept, "x" * 100_000)
    assert time.process_time() - began < 0.02
