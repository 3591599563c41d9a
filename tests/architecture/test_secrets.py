"""Claims about secrets: none stands in any file of the tree, and a scan that says so would have found one."""

import math
import random
import re
import subprocess
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

KNOWN_FORMS = re.compile(
    r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b"
    r"|\bxox[abp]-[A-Za-z0-9-]{10,}|\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.|://[^/\s:@{}]+:[^/\s:@{}<]{3,}@"
)
RANDOM_LOOKING = re.compile(r"[\"'=]\s*([A-Za-z0-9+/_-]{24,}={0,2})[\"'\s]")
NAMED = re.compile(
    r"(?i)(?:secret|pepper|token|api_?key|passwd|password|mat_?khau)\w*[\"']?\s*[:=]\s*[\"']([^\"'{}<>\s]{12,})[\"']"
)
LEAST_BITS = 4.2
"""Bits a character: a random key of 32 characters has more, a word or a hexadecimal hash has less."""

REVIEWED = {
    "qT8vYw2LkZr5Nn0bXc7Hs1Gd4Jf9Mp3A",  # the settings that tests start from
    "uE6iOa1RyT3wQ5sDf7gHj9KlZx2CvB4n",
    "://ai-do:mat-khau@",  # an address that has to be refused
    "BÍ-MẬT-0912345678",  # what tests look for where it must not be
}
"""What looks like a secret and opens nothing: it was made up for tests and is used by no installation."""


def bits(text: str) -> float:
    """Return the entropy of a character of this text."""
    shares = [count / len(text) for count in Counter(text).values()]
    return -sum(share * math.log2(share) for share in shares)


def suspects(text: str) -> Iterator[str]:
    """Yield everything in a text that looks like a secret."""
    yield from (match.group(0) for match in KNOWN_FORMS.finditer(text))
    yield from (match[1] for match in NAMED.finditer(text))
    for match in RANDOM_LOOKING.finditer(text):
        word = match[1]
        mixed = re.search(r"[a-z]", word) and re.search(r"[A-Z]", word) and re.search(r"[0-9]", word)
        if mixed and bits(word) >= LEAST_BITS:
            yield word


def tracked() -> list[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / line for line in listed if (ROOT / line).is_file() and not line.endswith(".png")]


def test_no_file_holds_a_secret() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {suspect}"
        for path in tracked()
        for suspect in suspects(path.read_text(encoding="utf-8"))
        if suspect not in REVIEWED
    }
    assert not found


def drawn(length: int) -> str:
    """Return a key as the application draws it, the same in every run."""
    return urlsafe_b64encode(random.Random(length).randbytes(length)).decode().rstrip("=")


PLANTED = [
    f'secret_key = "{drawn(48)}"',
    f"SURVEY_KEY={drawn(32)}\n",
    'password = "' + "mua-roi-tren-mai-ton" + '"',
    "-----BEGIN " + "PRIVATE KEY-----",
    "-----BEGIN RSA " + "PRIVATE KEY-----",
    "postgresql" + "://survey:" + "matkhau@db/survey",
    "AKIA" + "ABCDEFGHIJKLMNOP",
]


@pytest.mark.parametrize("line", PLANTED)
def test_the_scan_finds_a_secret_that_is_planted(line: str) -> None:
    assert list(suspects(line))


def test_files_that_hold_secrets_are_never_kept_in_the_tree() -> None:
    held = ["instance/secrets.toml", "instance/survey.sqlite3"]
    command = ["git", "check-ignore", *held]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.split() == held
