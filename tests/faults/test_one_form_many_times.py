"""Is a form that comes again, at the same time or later, the same or changed, kept once and as it first was?"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.faults.amount import RELEASE, amount, tell
from tests.faults.conftest import Installation
from tests.faults.kept import FAULTLESS, Findings, examine, kept
from tests.faults.sending import Form, send
from tests.faults.serving import SOUND, serving

AT_ONCE = 50
FORGETFUL = "tests.faults.weakened:knows_no_form()"
on_both = pytest.mark.parametrize("installation", ["sqlite", "postgresql"], indirect=True)


def _all_at_once(installation: Installation, folder: Path, app: str, forms: int) -> tuple[Counter[int], Findings]:
    """Send each form fifty times at once; give the statuses and what was found stored."""
    sent = [Form() for _ in range(forms)]
    with serving(installation.environ, folder, app=app) as server, ThreadPoolExecutor(AT_ONCE) as people:
        replies = [r for form in sent for r in people.map(send, [server.port] * AT_ONCE, [form] * AT_ONCE)]
    words = [form.words for form in sent]
    found = examine(installation.before, kept(installation.database_url), words)
    return Counter(reply.status for reply in replies), found


@on_both
def test_fifty_times_the_same_form_at_once_are_fifty_thanks_and_one_row(
    installation: Installation, tmp_path: Path
) -> None:
    forms = amount(15, 100)
    statuses, found = _all_at_once(installation, tmp_path, SOUND, forms)
    tell(
        f"R9 ({installation.database_url.partition(':')[0]}): {forms} forms × {AT_ONCE}: {dict(statuses)}, {found}"
    )
    assert statuses == {303: forms * AT_ONCE}
    assert found == FAULTLESS


@on_both
def test_that_look_would_find_rows_of_an_application_that_knows_no_form(
    installation: Installation, tmp_path: Path
) -> None:
    statuses, found = _all_at_once(installation, tmp_path, FORGETFUL, 2)
    assert statuses == {303: 2 * AT_ONCE}
    assert found.twice == 2 * (AT_ONCE - 1)


@dataclass
class Model:
    """Where forms go, what has to be stored of them, and how many were sent."""

    port: int
    database_url: str
    expected: Counter[str] = field(default_factory=Counter)
    sent: int = 0

    def send(self, form: Form, status: int) -> None:
        self.sent += 1
        assert send(self.port, form).status == status


class Respondents(RuleBasedStateMachine):
    """People send new forms, the same ones again, and others under an id that was used."""

    forms: Bundle[Form] = Bundle("forms")

    model: Model

    @rule(target=forms)
    def send_a_new_form(self) -> Form:
        return self._new(Form())

    @rule(form=forms, times=st.integers(1, 3))
    def send_it_again(self, form: Form, times: int) -> None:
        for _ in range(times):
            self.model.send(form, 303)

    @rule(form=forms)
    def send_other_answers_under_its_id(self, form: Form) -> None:
        self.model.send(replace(form, words=Form().words), 409)

    @rule(target=forms, form=forms)
    def send_its_answers_under_a_new_id(self, form: Form) -> Form:
        return self._new(replace(Form(), words=form.words))

    def teardown(self) -> None:
        assert kept(self.model.database_url).words == self.model.expected

    def _new(self, form: Form) -> Form:
        self.model.send(form, 303)
        self.model.expected[form.words] += 1
        return form


def _live(installation: Installation, folder: Path, app: str) -> int:
    """Let people do what they like in turn, against one database; return how many forms were sent."""
    with serving(installation.environ, folder, app=app) as server:
        model = Model(server.port, installation.database_url)
        run_state_machine_as_test(
            type("RespondentsOfModel", (Respondents,), {"model": model}),
            settings=settings(
                max_examples=amount(20, 400),
                stateful_step_count=amount(20, 40),
                deadline=None,
                database=None,
                derandomize=not RELEASE,
                # What is stored stays, so that an example cannot be made smaller by running it again.
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
    return model.sent


@on_both
def test_the_first_form_with_an_id_is_kept_whatever_is_sent_in_whatever_order(
    installation: Installation, tmp_path: Path
) -> None:
    sent = _live(installation, tmp_path, SOUND)
    tell(f"R10 ({installation.database_url.partition(':')[0]}): {sent} forms in random order, none overwritten")
    assert sent > 100


def test_that_model_would_find_an_application_that_knows_no_form(
    installation: Installation, tmp_path: Path
) -> None:
    with pytest.raises(AssertionError):
        _live(installation, tmp_path, FORGETFUL)
