"""How does a form of the staff pages prove that our own page sent it? By a token bound to the session."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import request, session
from wtforms import Field
from wtforms.csrf.session import SessionCSRF
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta

from survey_app.parts import parts

TOKEN_LASTS = timedelta(hours=12)


class StalePage(PermissionError):
    """A form without a token of this session: the page was open too long, or is not ours."""


def staff_form(fields: Mapping[str, Any] | None = None) -> BaseForm:
    """Return a form with these fields and a token, filled with what was sent."""
    form = _blank_form(fields or {})
    form.process(request.form)
    return form


def new_token() -> Field:
    """Return the hidden field with the token of this session, without reading what was sent."""
    form = _blank_form({})
    form.process()
    return form["csrf_token"]


def _blank_form(fields: Mapping[str, Any]) -> BaseForm:
    meta = DefaultMeta()
    meta.update_values(
        {
            "csrf": True,
            "csrf_class": SessionCSRF,
            "csrf_secret": parts().settings.secret_key.encode(),
            "csrf_context": session,
            "csrf_time_limit": TOKEN_LASTS,
        }
    )
    return BaseForm(fields, meta=meta)


def refuse_forged() -> None:
    """Raise StalePage where the request has no token of this session."""
    if not staff_form().validate():
        raise StalePage
