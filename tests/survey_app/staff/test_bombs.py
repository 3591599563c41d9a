"""Are files that unpack, expand or multiply refused quickly, while the server goes on answering?"""

import io
import resource
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask

from tests.survey_app.staff.staff_building import client_of, close, make_staff_app
from tests.survey_app.staff.test_counts import GOOD, stored, upload, workbook

LONGEST_SECONDS = 10
"""Generous: the machine that runs the tests may be busy with others."""

NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def changed(**members: bytes) -> bytes:
    """Return a good workbook with some members replaced or added."""
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(*GOOD))) as good,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as bomb,
    ):
        for name in good.namelist():
            bomb.writestr(name, members.pop(name, good.read(name)))
        for name, added in members.items():
            bomb.writestr(name, added)
    return content.getvalue()


def sheet_of(body: str, head: str = "") -> bytes:
    xml = f'<?xml version="1.0"?>{head}<worksheet {NAMESPACE}><sheetData>{body}</sheetData></worksheet>'
    return changed(**{"xl/worksheets/sheet1.xml": xml.encode()})


@cache
def unpacking() -> bytes:
    """About 200 kB that unpack to 200 MB."""
    zeros = b"0" * 1_000_000
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/workbook.xml", b"<workbook/>")
        with bomb.open("xl/worksheets/sheet1.xml", "w") as member:
            for _ in range(200):
                member.write(zeros)
    return content.getvalue()


def laughing() -> bytes:
    names = "abcdefghij"
    entities = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise(names))
    head = f'<!DOCTYPE x [<!ENTITY a "{"ha" * 50}">{entities}]>'
    return sheet_of('<row r="1"><c r="A1" t="inlineStr"><is><t>&j;</t></is></c></row>', head)


def reading_files() -> bytes:
    head = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    return sheet_of('<row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row>', head)


def many_rows() -> bytes:
    return sheet_of('<row><c t="n"><v>1</v></c></row>' * 300_000)


def far_cell() -> bytes:
    return sheet_of('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def many_members() -> bytes:
    return changed(**{f"xl/x{n}.xml": b"" for n in range(5_000)})


BOMBS: dict[str, Callable[[], bytes]] = {
    "unpacks to 200 MB": unpacking,
    "billion laughs": laughing,
    "reads a file of the server": reading_files,
    "one cell at the far end": far_cell,
    "5.000 members": many_members,
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    made = make_staff_app(tmp_path_factory.mktemp("instance"), ("public", "staff"))
    yield made
    close(made)


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_refused_and_leaves_nothing(app: Flask, kind: str) -> None:
    content = BOMBS[kind]()
    assert len(content) <= 1024 * 1024, len(content)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    response = upload(client_of(app), content, "bảng.xlsx")
    assert time.perf_counter() - began < LONGEST_SECONDS
    assert response.status_code == 422
    assert "root:" not in response.text
    assert "hahaha" not in response.text
    assert stored(app) == []
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


def test_the_server_answers_while_bombs_are_read(app: Flask) -> None:
    bombs = [unpacking(), many_rows()]
    with ThreadPoolExecutor(2) as senders:
        sent = [senders.submit(upload, client_of(app), bomb, "bảng.xlsx") for bomb in bombs]
        taken = []
        while wait(sent, timeout=0.01).not_done:
            began = time.perf_counter()
            assert app.test_client().get("/s/hai-long/26734").status_code == 200
            taken.append(time.perf_counter() - began)
        assert {one.result().status_code for one in sent} == {422}
    assert len(taken) > 5
    assert sorted(taken)[len(taken) // 2] < 1
    assert list((Path(app.instance_path) / "uploads").rglob("*.xlsx")) == []
