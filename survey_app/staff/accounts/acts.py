"""How is an account reset, disabled and enabled? Each act says what follows before it is done."""

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from survey_app.parts import parts
from survey_app.services.access import directory, grants
from survey_app.services.access.rights import Right
from survey_app.staff import gate
from survey_app.staff.accounts.directory import back_to, problem_of
from survey_app.staff.accounts.person import account_page, managed, page_of
from survey_app.staff.gate import signed_in_access
from survey_app.staff.pages import confirmation, page
from survey_app.staff.speech import phrases


def register(staff: Blueprint) -> None:
    """Add the views to the blueprint."""
    here, change = "/accounts/<username>", Right.CHANGE_ACCOUNTS
    gate.serve(staff, f"{here}/reset", ask_reset, change)
    gate.serve(staff, f"{here}/reset", reset_account, change, method="POST")
    gate.serve(staff, f"{here}/disable", ask_disable, change)
    gate.serve(staff, f"{here}/disable", disable_account, change, method="POST")
    gate.serve(staff, f"{here}/enable", enable_account, change, method="POST")


def ask_reset(username: str) -> Response:
    """Ask before a password is replaced."""
    with parts().store.reading() as store:
        account = managed(store, username)
    words = {name: sentence.format(username=username) for name, sentence in phrases()["confirm"]["reset"].items()}
    return page("account_reset.html", words=words, back=page_of(account), second_factor=account.totp_enabled)


def reset_account(username: str) -> Response:
    """Replace the password and show the new one once."""
    with parts().store.writing() as store:
        account = managed(store, username)
        clear = request.form.get("second_factor") == "clear"
        password = directory.reset(store, signed_in_access(), account, clear_second_factor=clear)
        store.commit()
    return page("first_password.html", username=username, password=password, new=False)


def ask_disable(username: str) -> Response:
    """Ask before an account is shut out."""
    with parts().store.reading() as store:
        account = managed(store, username)
    return confirmation("disable", back=page_of(account), username=username)


def disable_account(username: str) -> AnyResponse:
    """Shut an account out, unless nobody else could look after the installation."""
    try:
        with parts().store.writing() as store:
            directory.disable(store, signed_in_access(), managed(store, username))
            store.commit()
    except grants.LastAdmin as trouble:
        return account_page(username, problem_of(trouble))
    return back_to(username)


def enable_account(username: str) -> AnyResponse:
    """Let an account in again."""
    with parts().store.writing() as store:
        directory.enable(store, signed_in_access(), managed(store, username))
        store.commit()
    return back_to(username)
