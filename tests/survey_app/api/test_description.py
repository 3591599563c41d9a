"""Does the interface keep what its description promises, and does the description name all of it?"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask, Response
from hypothesis import HealthCheck, given, seed, settings
from schemathesis.core.failures import FailureGroup

from survey_app.api import gate
from survey_app.api.failures import Failures
from survey_app.api.replies import reply
from survey_app.services.keys import Scope
from tests.survey_app.api.api_building import add_key, ask, make_api_app

EXAMPLES = 40


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = make_api_app(tmp_path)
    yield made
    made.extensions["parts"].store.engine.dispose()


def examine(app: Flask, key: str, mode: schemathesis.GenerationMode) -> int:
    """Ask every operation what its description allows or forbids, check every answer, and count the answers."""
    schema, asked = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app), 0
    for found in schema.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]  # an Err has no operation: the test would end here

        @seed(20261121)
        @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def check(case: schemathesis.Case[Any]) -> None:
            nonlocal asked
            # One of the checks sends keys that do not fit, again and again.
            app.extensions["api_failures"] = Failures()
            case.call_and_validate(headers={"Authorization": f"Bearer {key}"})
            asked += 1

        check()
    return asked


@pytest.mark.parametrize("mode", [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE])
@pytest.mark.parametrize("scopes", [("units:read", "surveys:read"), ("units:read",)])
def test_every_answer_is_one_that_the_description_promises(
    app: Flask, mode: schemathesis.GenerationMode, scopes: tuple[str, ...]
) -> None:
    assert examine(app, add_key(app, *scopes), mode) >= 4


def more_than_promised() -> Response:
    return reply({"units": [], "secret": 1})


def failing() -> Response:
    raise RuntimeError


@pytest.mark.parametrize(("view", "said"), [(more_than_promised, "secret"), (failing, "500")])
def test_an_answer_that_breaks_the_promise_would_be_found(
    app: Flask, view: Callable[[], Response], said: str
) -> None:
    app.view_functions |= {"api.list_units": view}
    with pytest.raises(FailureGroup, match=said):
        examine(app, add_key(app, "units:read", "surveys:read"), schemathesis.GenerationMode.POSITIVE)


def test_the_description_names_every_route_with_its_methods_and_scope(app: Flask) -> None:
    document = ask(app, "/openapi.json").get_json()
    described = {
        (path, method.upper(), tuple(scope for need in operation["security"] for scope in need.get("key", ())))
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    served = {
        (rule.rule.removeprefix("/api/v1"), method, _scopes_of(rule.endpoint))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD"}
    }
    assert described == served
    assert document["components"]["schemas"]["Key"]["properties"]["scopes"]["items"]["enum"] == list(Scope)


def _scopes_of(endpoint: str) -> tuple[str, ...]:
    scope = gate._needed.get(endpoint)
    return (scope.value,) if scope else ()


def test_what_needs_no_key_is_said_to_need_none(app: Flask) -> None:
    for path, operations in ask(app, "/openapi.json").get_json()["paths"].items():
        needs_key = bool(operations["get"]["security"])
        assert (ask(app, path).status_code == 401) == needs_key, path
