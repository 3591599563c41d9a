"""Is this installation in order, and what is to be done where it is not? Checks, each with its remedy."""

import os
from collections.abc import Iterable, Iterator, Mapping

from survey_app.doctor import data, machine, product
from survey_app.doctor.finding import BROKEN, FINE, LOOK, Finding
from survey_app.settings import Settings, SettingsRefused

__all__ = ["BROKEN", "FINE", "LOOK", "Finding", "examine", "is_broken"]


def examine(environ: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Yield what was found, check by check; what depends on something broken is not checked and not mentioned."""
    yield from machine.check_machine(environ)
    yield from product.check_product()
    try:
        settings = Settings.from_environment(environ)
    except SettingsRefused as refused:
        yield Finding("Thiết lập và khóa bí mật", BROKEN, "không dùng được", str(refused))
        return
    yield Finding("Thiết lập và khóa bí mật", FINE, "đầy đủ, khóa đủ mạnh, người khác không đọc được")
    yield from machine.check_addresses(settings)
    yield from data.check_data(settings)


def is_broken(findings: Iterable[Finding]) -> bool:
    """Say whether anything keeps the installation from working."""
    return any(finding.verdict == BROKEN for finding in findings)
