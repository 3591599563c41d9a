"""How does a person answer? The form of one unit, what becomes of it, and the thanks."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Blueprint, Response, abort, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from analysis.periods import window_of
from questionnaires.model import Mode, Questionnaire
from survey_app import errors, security, style
from survey_app.parts import parts
from survey_app.public import form
from survey_app.public.ready_page import ReadyPage
from survey_app.public.script import script, script_version
from survey_app.public.speech import carried, chosen_language, page_context, written_language
from survey_app.services import submit
from survey_app.services.definitions import questionnaire_of
from survey_app.services.surveys import Place, find_place, place_of
from survey_app.store import StoreUnavailable

answer = Blueprint("answer", __name__)

FORM_ID = re.compile(r"[0-9a-f]{32}")
MOST_READY_PAGES = 2048

_MARK = secrets.token_hex(16)
_ready: dict[tuple[str | None, ...], ReadyPage] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a form was not stored: a sentence, and what is wrong with single questions."""

    status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY
    phrase: str | None = None
    problems: Mapping[str, str] = field(default_factory=dict)


@answer.get("/s/<survey_id>/<unit_code>")
def show_form(survey_id: str, unit_code: str) -> Response:
    """Show an empty form with an id of its own."""
    place, questionnaire = _open_place(survey_id, unit_code)
    language = chosen_language()
    page = _ready_page(place, questionnaire, language)
    style.trust(form.hiding_style(questionnaire))
    if not security.accepts_gzip():
        return make_response(page.plain(submit.random_id()))
    response = make_response(page.gzipped(submit.random_id()))
    response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response


@answer.post("/s/<survey_id>/<unit_code>")
def take_form(survey_id: str, unit_code: str) -> AnyResponse:
    """Store a form, or show it again with everything that was entered and what is wrong."""
    place, questionnaire = _open_place(survey_id, unit_code)
    fields = security.read_fields()
    form_id = "".join(fields.pop("form_id", []))
    language = chosen_language()
    trouble = _keep(place, questionnaire, fields, form_id=form_id)
    if trouble is not None:
        page = _draw(place, questionnaire, language, form_id=_usable(form_id), values=fields, trouble=trouble)
        response = make_response(page, trouble.status)
        if trouble.status is HTTPStatus.SERVICE_UNAVAILABLE:
            response.headers["Retry-After"] = errors.RETRY_SECONDS
        return response
    address = url_for(".thank", survey_id=survey_id, unit_code=unit_code, lang=carried(language))
    return redirect(address, HTTPStatus.SEE_OTHER)


@answer.get("/s/<survey_id>/<unit_code>/cam-on")
def thank(survey_id: str, unit_code: str) -> str:
    """Thank, whether or not the survey has closed in the meantime."""
    with parts().store.reading() as session:
        place = place_of(session, survey_id, unit_code)
    return render_template(
        "public/thanks.html", place=place, script_version=script_version(), **page_context(chosen_language())
    )


@answer.get("/form.<version>.js")
def send_script(version: str) -> Response:
    """Send the script of the form; a browser asks once, for another script has another address."""
    if version != script_version():
        abort(HTTPStatus.NOT_FOUND)
    response = Response(script(), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _open_place(survey_id: str, unit_code: str) -> tuple[Place, Questionnaire]:
    with parts().store.reading() as session:
        place = find_place(session, survey_id, unit_code, today=parts().today())
    return place, questionnaire_of(place.survey, parts().settings.questionnaires)


def _keep(
    place: Place, questionnaire: Questionnaire, fields: Mapping[str, Sequence[str]], *, form_id: str
) -> Trouble | None:
    """Check and store a form; return why it was not stored, None where it was (now or before)."""
    language = chosen_language()
    try:
        checked = submit.check(questionnaire, fields)
        if not FORM_ID.fullmatch(form_id):
            return Trouble(phrase="fresh_form")
        how = submit.Circumstances(mode=Mode.PHONE, language=language, window=window_of(parts().today()))
        with parts().store.adding() as session:
            submit.submit(session, place, checked, how=how, form_id=form_id, pepper=parts().settings.pepper)
            session.commit()
    except submit.AnswersRefused as refused:
        written = written_language(language)
        return Trouble(problems={p.question_id: p.message.in_language(written) for p in refused.problems})
    except submit.NothingAnswered:
        return Trouble(phrase="nothing_answered")
    except StoreUnavailable as unavailable:
        # A page without the form would cost the person everything that was entered.
        errors.note(unavailable, HTTPStatus.SERVICE_UNAVAILABLE)
        return Trouble(phrase="not_stored", status=HTTPStatus.SERVICE_UNAVAILABLE)
    return None


def _usable(form_id: str) -> str:
    return form_id if FORM_ID.fullmatch(form_id) else submit.random_id()


def _ready_page(place: Place, questionnaire: Questionnaire, language: str) -> ReadyPage:
    """Return the page from memory, by all that it is made of, so that it can never be an old one."""
    survey, unit = place.survey, place.unit
    titles = (survey.title_vi, survey.title_en, survey.agency_vi, survey.agency_en)
    key = (survey.id, unit.code, unit.name, *titles, str(survey.simulated), questionnaire.hash, language)
    page = _ready.get(key)
    if page is None:
        if len(_ready) >= MOST_READY_PAGES:
            _ready.clear()
        page = ReadyPage.cut(_draw(place, questionnaire, language, form_id=_MARK), _MARK)
        _ready[key] = page
    return page


def _draw(
    place: Place,
    questionnaire: Questionnaire,
    language: str,
    *,
    form_id: str,
    values: Mapping[str, Sequence[str]] | None = None,
    trouble: Trouble | None = None,
) -> str:
    problems = trouble.problems if trouble else {}
    return render_template(
        "public/form.html",
        place=place,
        sections=form.asked_sections(
            questionnaire, written_language(language), values=values or {}, problems=problems
        ),
        minutes=form.minutes(questionnaire),
        hiding=style.trust(form.hiding_style(questionnaire)),
        form_id=form_id,
        version=questionnaire.hash[:12],
        script_version=script_version(),
        trouble=trouble,
        unknown=[text for name, text in problems.items() if name not in {q.id for q in questionnaire.questions()}],
        **page_context(language),
    )
