"""Would these tests notice? Applications with one hole each, which a fault must bring to light."""

import secrets
import threading
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from flask import Flask
from werkzeug.test import run_wsgi_app

from survey_app import create_app
from survey_app.store import sqlite

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def thanks_first() -> Application:
    """Thank, and store half a second later."""
    app = create_app(surfaces=("public",))

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST":
            return app(environ, start_response)
        later = {**environ, "wsgi.input": BytesIO(_body(environ))}
        threading.Timer(0.5, run_wsgi_app, (app, later)).start()
        start_response("303 See Other", [("Location", "/"), ("Content-Length", "0")])
        return [b""]

    return answer


def knows_no_form() -> Application:
    """Take every form for a new one."""
    app = create_app(surfaces=("public",))

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            rest = b"&".join(pair for pair in _body(environ).split(b"&") if not pair.startswith(b"form_id="))
            body = rest + b"&form_id=" + secrets.token_hex(16).encode()
            environ = {**environ, "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        return app(environ, start_response)

    return answer


def does_not_sync() -> Flask:
    """Leave it to the disk when a commit arrives there (synchronous=NORMAL), which the application refuses."""
    sqlite._PROMISES["synchronous"] = 1
    return create_app(surfaces=("public",))


def _body(environ: dict[str, Any]) -> bytes:
    read: bytes = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    return read
