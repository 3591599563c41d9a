"""What did the answers of a survey amount to? Its result folder as a page, and the files of that folder."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, abort, request, url_for
from sqlalchemy.orm import Session

from analysis.periods import window_of, windows_of
from analysis.wording import period_text
from survey_app.parts import parts
from survey_app.services import scoring
from survey_app.services.access.rights import Right
from survey_app.services.access.scopes import Scope, scope_of, within
from survey_app.services.child import ChildBusy, ChildFailed, ChildRefused
from survey_app.services.organisation.succession import MapLine, lines_of_survey, present_units
from survey_app.services.received import Periods, Received, forms_by_unit, periods_of, received
from survey_app.services.surveys import ListedUnit, UnknownSurvey, units_of
from survey_app.staff import gate
from survey_app.staff.downloads import downloads, send_report
from survey_app.staff.gate import signed_in_access
from survey_app.staff.index_page import index_context
from survey_app.staff.outgoing import hand_out
from survey_app.staff.pages import page
from survey_app.staff.reach import has_whole
from survey_app.staff.refusals import read_refusal
from survey_app.staff.speech import language, phrases
from survey_app.staff.surveys import days_of, state_of, survey_cards, unit_groups
from survey_app.store.models import Survey

BUSY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for, and what a page says about it.

    ``units`` are those that this person answers for, or whose forms count for one of them today; ``received`` are
    the forms that count today for units of this person.
    """

    question: scoring.Question
    units: list[ListedUnit]
    received: tuple[Received, ...]
    periods: Periods
    lines: list[MapLine]

    @property
    def survey(self) -> Survey:
        """Return the survey."""
        return self.question.survey

    def continued(self) -> list[str]:
        """Return the names of the units elsewhere that count the forms of this person's own units."""
        own = {unit.code for unit in self.units if within(self.question.scope, unit.code)}
        return list(dict.fromkeys(line.new_name for line in self.lines if line.old_code in own))


def register(staff: Blueprint) -> None:
    """Add the views to the blueprint."""
    gate.serve(staff, "/results", list_results, Right.SEE_RESULTS)
    gate.serve(staff, "/results/<survey_id>", show_results, Right.SEE_RESULTS)
    gate.serve(staff, "/results/<survey_id>/<key>/<name>", send_result, Right.SEE_RESULTS)


def list_results() -> Response:
    """List the surveys with the way to their results."""
    return page("results_list.html", cards=survey_cards(Right.SEE_RESULTS), whole=has_whole(Right.SEE_RESULTS))


def show_results(survey_id: str) -> Response:
    """Show the numbers of a survey in a period."""
    asked = _asked(survey_id, request.args.get("period") or None)
    if not asked.received:
        groups = unit_groups(survey_id, asked.units, {})
        state, heirs = state_of(asked.survey), asked.continued()
        return page("no_answers.html", survey=asked.survey, state=state, groups=groups, heirs=heirs)
    try:
        folder = scoring.result_folder(parts().settings, asked.question)
    except ChildBusy:
        return _computing(asked)
    except (ChildRefused, ChildFailed) as trouble:
        return page(
            "not_computed.html",
            HTTPStatus.INTERNAL_SERVER_ERROR,
            survey=asked.survey,
            complaints=read_refusal(str(trouble)),
        )
    return page(
        "results.html",
        survey=asked.survey,
        downloads=downloads(
            folder,
            scoring.FILES,
            address=lambda name: url_for("staff.send_result", survey_id=survey_id, key=folder.name, name=name),
        ),
        choices=_period_choices(asked.periods),
        chosen=asked.question.period or "",
        still_open=_still_open(asked),
        silent_units=_silent_units(asked),
        days=days_of(asked.survey),
        in_part=asked.question.scope is not None,
        **index_context(scoring.read_index(folder), language()),
    )


def send_result(survey_id: str, key: str, name: str) -> Response:
    """Send a file of the very folder that a page was drawn from."""
    with parts().store.reading() as session:
        scope = _scope(session, survey_id, units_of(session, survey_id))
    folder = scoring.known_folder(parts().settings, survey_id, key, scope)
    response = send_report(folder, name, names=scoring.FILES, prefix=survey_id)
    return hand_out(response, "results.downloaded", file=name, survey=survey_id, key=key)


def _asked(survey_id: str, period: str | None) -> Asked:
    with parts().store.reading() as session:
        units = units_of(session, survey_id)
        scope = _scope(session, survey_id, units)
        survey, counts = session.get_one(Survey, survey_id), received(session, survey_id)
        lines = lines_of_survey(session, survey_id, parts().today())
    present = present_units([unit.code for unit in units], lines)
    seen = tuple(count for count in counts if within(scope, *present.get(count.unit_code, (count.unit_code,))))
    periods = periods_of({count.window for count in seen})
    if period is not None and period not in periods.every():
        abort(404)
    names = tuple((unit.code, unit.name, unit.parent_name) for unit in units)
    question = scoring.Question(
        survey=survey,
        units=names,
        received=counts,
        period=period,
        today=parts().today(),
        lines=tuple(line.as_row() for line in lines),
        scope=scope,
    )
    answered_for = [unit for unit in units if within(scope, unit.code, *present[unit.code])]
    return Asked(question, answered_for, seen, periods, lines)


def _scope(session: Session, survey_id: str, units: list[ListedUnit]) -> Scope | None:
    """Return which units of a survey, old and present, this person may see; raise UnknownSurvey for none."""
    codes = [unit.code for unit in units]
    scope = scope_of(session, signed_in_access().reach(Right.SEE_RESULTS), codes)
    heirs = present_units(codes, lines_of_survey(session, survey_id, parts().today())) if scope else {}
    hidden = scope is not None and not any(within(scope, code, *heirs[code]) for code in codes)
    if hidden or session.get(Survey, survey_id) is None:
        raise UnknownSurvey
    return scope


def _computing(asked: Asked) -> Response:
    response = page("computing.html", HTTPStatus.SERVICE_UNAVAILABLE, survey=asked.survey, seconds=BUSY_SECONDS)
    response.headers["Retry-After"] = response.headers["Refresh"] = str(BUSY_SECONDS)
    return response


def _period_choices(periods: Periods) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the periods to choose from under a heading for each kind."""
    kinds = {
        "years": periods.years,
        "halves": periods.halves,
        "quarters": periods.quarters,
        "months": periods.months,
    }
    words = phrases()["period"]
    return [
        (words[kind], [(p, _capital(period_text(p).in_language(language()))) for p in ids])
        for kind, ids in kinds.items()
    ]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _still_open(asked: Asked) -> bool:
    """Say whether forms may still come in for what is shown."""
    if state_of(asked.survey) != "open":
        return False
    period = asked.question.period
    return period is None or window_of(parts().today()) <= windows_of(period)[-1]


def _silent_units(asked: Asked) -> list[str]:
    """Return the names of the units without a form in what is shown: the index table does not have them.

    A unit that others continue is not silent: its forms, if any, stand in their lines.
    """
    present = present_units([unit.code for unit in asked.units], asked.lines)
    counted = {code for old in forms_by_unit(asked.question.counted()) for code in present.get(old, (old,))}
    return [unit.name for unit in asked.units if unit.code in present[unit.code] and unit.code not in counted]
