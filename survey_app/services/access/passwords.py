"""Is this the account's password, and would a new one be guessed? Hashing, and what makes a password too weak."""

import re
import secrets
import unicodedata
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST_PASSWORD = 15
SHORTEST_WITH_CODE = 8
"""Characters that are enough where a second factor is asked for as well (NIST SP 800-63B-4)."""

LONGEST_PASSWORD = 256

HASHER = PasswordHasher()
"""Argon2id with the library's parameters; hashes of older parameters are renewed at the next login."""

_WORDS = Path(__file__).with_name("guessed_first.txt")
# Letters and digits that are not mistaken for one another on a printed slip.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 5
_FEWEST_OTHER, _FEWEST_DIFFERENT = 8, 5
_FEWEST_OTHER_WITH_CODE, _FEWEST_DIFFERENT_WITH_CODE = 5, 4
_SHORTEST_ABOUT = 3


class WeakPassword(ValueError):
    """A password that would be guessed; the text says what a good one needs."""


class PasswordLength(WeakPassword):
    """Too short, or longer than anything that is hashed."""


class GuessedPassword(WeakPassword):
    """Little more than words that are guessed first."""


def fits(password_hash: str | None, password: str) -> bool:
    """Say whether the password is the one that was hashed; without a hash the same work is done for nothing."""
    if len(password) > LONGEST_PASSWORD:
        return False
    try:
        HASHER.verify(password_hash or _decoy(), _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def hash_of(password: str) -> str:
    """Return the hash under which a password is kept."""
    return HASHER.hash(_bytes(password))


def is_outdated(password_hash: str) -> bool:
    """Say whether a hash has parameters that are no longer ours."""
    return HASHER.check_needs_rehash(password_hash)


def new_password() -> str:
    """Return a random password of about 99 bits, in groups that can be read out and typed."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def shortest_length(*, with_code: bool) -> int:
    """Return how many characters a password needs."""
    return SHORTEST_WITH_CODE if with_code else SHORTEST_PASSWORD


def refuse_weak_password(password: str, *, about: tuple[str, ...] = (), with_code: bool = False) -> None:
    """Raise where a password is short, overlong, or little more than words that are guessed first.

    ``about`` are words about the person, such as the account's name; ``with_code`` says that a second factor is
    asked for, too. No rule asks for digits or signs: such rules make passwords alike, not strong.
    """
    shortest = shortest_length(with_code=with_code)
    length = len(_normal(password))
    if not shortest <= length <= LONGEST_PASSWORD:
        raise PasswordLength(
            f"Mật khẩu cần từ {shortest} đến {LONGEST_PASSWORD} ký tự, đang có {length}. "
            "Dùng một câu dài dễ nhớ gồm những từ không liên quan."
        )
    other, different = _FEWEST_OTHER, _FEWEST_DIFFERENT
    if with_code:
        other, different = _FEWEST_OTHER_WITH_CODE, _FEWEST_DIFFERENT_WITH_CODE
    rest = _without_guesses(password, about)
    if len(rest) < other or len(set(rest)) < different:
        raise GuessedPassword(
            "Mật khẩu dễ đoán: chủ yếu gồm từ thông dụng, tên tài khoản, họ tên, năm, dãy số hoặc ký tự lặp lại. "
            "Dùng một câu dài gồm những từ không liên quan."
        )


def bare(text: str) -> str:
    """Return the letters and digits alone, small and without accents: what a guesser or a searcher would type."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    return re.sub(r"[\W_]", "", "".join(c for c in plain if not unicodedata.combining(c)))


def _without_guesses(password: str, about: tuple[str, ...]) -> str:
    rest = bare(password)
    for words in about:
        for word in (bare(words), *map(bare, re.split(r"[\s._-]+", words))):
            rest = rest.replace(word, "") if len(word) >= _SHORTEST_ABOUT else rest
    return _guessed_first().sub("", rest)


@cache
def _guessed_first() -> re.Pattern[str]:
    """Return what finds the words of the list, years and rows of digits, the longest first."""
    lines = (line.strip() for line in _WORDS.read_text(encoding="utf-8").splitlines())
    words = sorted({line for line in lines if line and not line.startswith("#")}, key=lambda w: (-len(w), w))
    return re.compile("|".join((*words, "(?:19|20)[0-9]{2}")))


@cache
def _decoy() -> str:
    return HASHER.hash(secrets.token_bytes(16))


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    return _normal(password).encode("utf-8", "replace")
