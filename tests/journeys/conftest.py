"""A real browser and a real server on loopback, for whole journeys."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

OpenPage = Callable[..., Page]
Serve = Callable[[Flask], str]


class _SilentHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the name is werkzeug's
        """Write nothing: the server's own log would hold addresses."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        if found is None and not Path(playwright.chromium.executable_path).exists():
            pytest.fail(
                "No browser: install Debian's chromium (apt-get install chromium) and run the tests again."
            )
        opened = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Open a page in a browser context of its own: ``open_page(width=360, javascript=False, dark=True)``."""
    with ExitStack() as stack:

        def opened(*, width: int = 360, javascript: bool = True, dark: bool = False) -> Page:
            context = browser.new_context(
                viewport={"width": width, "height": 800},
                java_script_enabled=javascript,
                color_scheme="dark" if dark else "light",
                locale="vi-VN",
            )
            stack.callback(context.close)
            return context.new_page()

        yield opened


@pytest.fixture(scope="module")
def serve() -> Iterator[Serve]:
    """Serve an application in a thread until the module ends, and give its address: ``serve(app)``."""
    with ExitStack() as stack:

        def served(app: Flask) -> str:
            server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_SilentHandler)
            thread = threading.Thread(target=server.serve_forever, args=[0.02])
            thread.start()
            stack.callback(app.extensions["parts"].store.engine.dispose)
            stack.callback(server.server_close)
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            return f"http://127.0.0.1:{server.server_port}"

        yield served
