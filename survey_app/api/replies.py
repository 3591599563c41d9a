"""How does an answer to another system look? JSON in one line, Vietnamese as it is written."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from flask import Response


def reply(
    content: Mapping[str, object], status: HTTPStatus = HTTPStatus.OK, *, kind: str = "application/json"
) -> Response:
    """Return the answer."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Response(text + "\n", status, content_type=kind)
