"""Which colours does a member of staff see? Those chosen in this browser, else those of the machine."""

from flask import current_app, redirect, request
from werkzeug.wrappers import Response

from survey_app.parts import parts
from survey_app.staff.addresses import same_page

LOOKS = {"light": None, "dark": "screen", "auto": "screen and (prefers-color-scheme: dark)"}
"""On which media the dark colours apply; never on paper."""

KEPT_SECONDS = 365 * 24 * 3600


def chosen() -> str:
    """Return the look of the present request."""
    said = request.cookies.get(_cookie(), "")
    return said if said in LOOKS else "auto"


def choices() -> list[tuple[str, str]]:
    """Return every look with the address that chooses it."""
    return [(name, same_page(look=name)) for name in LOOKS]


def remember() -> Response | None:
    """Keep the look that the address asks for, and go on to the same page without the question."""
    wanted = request.args.get("look")
    if wanted is None or request.method != "GET":
        return None
    response = redirect(same_page(look=None), 303)
    if wanted in LOOKS:
        response.set_cookie(
            _cookie(),
            wanted,
            max_age=KEPT_SECONDS,
            secure=parts().settings.secure,
            httponly=True,
            samesite="Strict",
        )
    return response


def _cookie() -> str:
    return "__Host-look" if current_app.config["SESSION_COOKIE_SECURE"] else "look"
