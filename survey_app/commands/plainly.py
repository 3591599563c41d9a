"""How does a command say what it cannot do, and in whose name does it act? One sentence, one name."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager

import click

from analysis.refusal import Refusal
from survey_app.services.access import grants
from survey_app.services.access.accounts import AccountExists, UnknownAccount, UnusableName
from survey_app.services.access.passwords import WeakPassword
from survey_app.services.access.rights import Access, Grant, Role
from survey_app.services.definitions import QuestionnaireChanged
from survey_app.services.keys import KeyNotMade, UnknownKey
from survey_app.services.log.roots import LogBroken, NoRoot
from survey_app.services.surveys import UnknownSurvey
from survey_app.settings import SettingsRefused
from survey_app.store import StoreRefused, StoreUnavailable

_REFUSALS = (
    SettingsRefused,
    StoreRefused,
    UnknownSurvey,
    QuestionnaireChanged,
    Refusal,
    UnknownAccount,
    AccountExists,
    UnusableName,
    WeakPassword,
    grants.UnusableGrant,
    grants.LastAdmin,
    LogBroken,
    NoRoot,
    KeyNotMade,
    UnknownKey,
)


class Refused(click.ClickException):
    """The command cannot do what was asked; the message says why and what to do."""

    exit_code = 2


@contextmanager
def said_plainly() -> Iterator[None]:
    """Turn what can go wrong into one sentence and exit status 2."""
    try:
        yield
    except _REFUSALS as refusal:
        raise Refused(str(refusal)) from None
    except grants.BeyondReach:
        raise Refused("Không có đơn vị mang mã này. Xem lại mã đơn vị rồi chạy lại lệnh.") from None
    except StoreUnavailable:
        raise Refused("Cơ sở dữ liệu đang bận, hoặc không đọc và ghi được. Xin thử lại sau ít phút.") from None
    except OSError as error:
        raise Refused(f"Không đọc hoặc ghi được “{error.filename}”: {error.strerror}.") from None


def operator() -> str:
    """Return the name under which the audit log keeps what a command does: that of the machine's user."""
    try:
        user = getpass.getuser()
    except OSError:
        user = "?"
    return f"lệnh máy chủ ({user[:60]})"


def operator_access() -> Access:
    """Return the rights with which a command acts: whoever may run it could write to the database itself."""
    return Access(operator(), (Grant(Role.ADMIN),))
