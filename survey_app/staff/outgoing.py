"""Which data left by which hands? A file is handed out only after the audit log holds that it was."""

from flask import Response, request

from survey_app.parts import parts
from survey_app.services.log import audit
from survey_app.staff.gate import signed_in_access

SHOWN_ON_PAGE = "chart-overall.svg"
"""The picture on a page of results: to fetch it for the page is to look at the page, not to take a file."""


def hand_out(response: Response, event: str, *, file: str, **details: str) -> Response:
    """Record that a file is handed out to who is logged in, and return the response that does it."""
    if file == SHOWN_ON_PAGE and request.headers.get("Sec-Fetch-Dest") == "image":
        return response
    with parts().store.writing() as session:
        audit.record(session, event, account=signed_in_access().username, file=file, **details)
        session.commit()
    return response
