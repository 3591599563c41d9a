"""Is the form usable on a very poor line? Run as a program inside a network namespace of its own.

Arguments: an empty folder, the share of packets to lose in per cent, and the seconds after which a person
gives up. Prints what was measured as JSON.
"""

import json
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

from playwright.sync_api import sync_playwright
from sqlalchemy import func, select
from werkzeug.serving import make_server

from survey_app.store.models import Response
from tests.journeys.conftest import ARGUMENTS, _SilentHandler
from tests.survey_app.building import FORM, make_app

LOSS = """table inet line {{
  chain in {{
    type filter hook input priority 0;
    numgen random mod 100 < {percent} drop
  }}
}}
"""
SHAPE = "tc qdisc add dev lo root tbf rate 64kbit burst 3kb latency 2s"


def spoil_the_line(percent: int) -> None:
    """Make loopback a line of 64 kbit/s that loses packets in both directions."""
    # Packets as large as on a real line: larger ones than the burst would all be lost.
    _run("ip link set lo mtu 1500 up")
    _run(SHAPE)
    if percent:
        _run("nft -f -", LOSS.format(percent=percent))


def _run(command: str, given: str = "") -> None:
    program, *words = command.split()
    subprocess.run([str(shutil.which(program)), *words], input=given, text=True, check=True)


def answer(folder: Path, *, patience: int) -> dict[str, object]:
    """Answer a form in a browser and return the seconds it took and the rows that are stored."""
    app = make_app(folder)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_SilentHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 360, "height": 800})
        page.set_default_timeout(patience * 1000)
        began = time.monotonic()
        page.goto(f"http://127.0.0.1:{server.server_port}{FORM}", wait_until="commit")
        page.locator("#qA1-3").check()
        page.locator("#send").wait_for()
        usable = time.monotonic() - began
        page.locator("#qY1-0").fill("Cán bộ nhiệt tình")
        page.locator("#send").click()
        page.wait_for_url("**/cam-on", wait_until="commit")
        sent = time.monotonic() - began
        browser.close()
    with app.extensions["parts"].store.reading() as session:
        rows = session.scalar(select(func.count()).select_from(Response))
    return {"usable": round(usable, 1), "sent": round(sent, 1), "rows": rows}


if __name__ == "__main__":
    spoil_the_line(int(sys.argv[2]))
    sys.stdout.write(json.dumps(answer(Path(sys.argv[1]), patience=int(sys.argv[3]))) + "\n")
