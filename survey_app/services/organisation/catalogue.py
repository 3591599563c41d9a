"""Which procedures does a unit handle? The catalogue of fields and procedures, looked up and changed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from questionnaires.text import clean
from survey_app.services.log import audit
from survey_app.services.organisation.sheet import RowRefused, bare
from survey_app.store.models import Procedure, ProcedureField, UnitProcedure

LONGEST_CODE, LONGEST_NAME, LONGEST_FIELD = 40, 500, 200
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureDraft:
    """A procedure and its field as somebody describes them; a field without a name must be known."""

    code: str
    name: str
    field_code: str = ""
    field_name: str = ""

    def cleaned(self) -> "ProcedureDraft":
        """Return the draft in the form in which it is stored."""
        texts = (
            " ".join(clean(text).split()) for text in (self.code, self.name, self.field_code, self.field_name)
        )
        code, name, field_code, field_name = texts
        return ProcedureDraft(code=code, name=name, field_code=field_code, field_name=field_name)


@dataclass(frozen=True, slots=True)
class Listed:
    """A procedure as it stands in a list, with its field and the number of units that handle it."""

    code: str
    name: str
    field_code: str | None
    field_name: str | None
    units: int


class NoSuchProcedure(LookupError):
    """There is no procedure with this code."""


def procedures_of(session: Session, unit_code: str) -> list[Listed]:
    """Return the procedures of a unit by field and name."""
    query = (
        select(Procedure, ProcedureField.name)
        .join(UnitProcedure, UnitProcedure.procedure_code == Procedure.code)
        .outerjoin(ProcedureField, ProcedureField.code == Procedure.field_code)
        .where(UnitProcedure.unit_code == unit_code)
    )
    return _in_order(Listed(p.code, p.name, p.field_code, field, 0) for p, field in session.execute(query))


def procedures(session: Session, words: str = "") -> list[Listed]:
    """Return the procedures whose code, name or field hold the words, by field and name."""
    counts = dict(
        session.execute(
            select(UnitProcedure.procedure_code, func.count()).group_by(UnitProcedure.procedure_code)
        ).all()
    )
    query = select(Procedure, ProcedureField.name).outerjoin(
        ProcedureField, ProcedureField.code == Procedure.field_code
    )
    parts = bare(clean(words)).split()
    return _in_order(
        Listed(p.code, p.name, p.field_code, field, counts.get(p.code, 0))
        for p, field in session.execute(query)
        if all(part in bare(f"{p.code} {p.name} {field or ''}") for part in parts)
    )


def _in_order(found: Iterable[Listed]) -> list[Listed]:
    return sorted(
        found, key=lambda one: (one.field_name is None, bare(one.field_name or ""), bare(one.name), one.code)
    )


def find(session: Session, code: str) -> Procedure:
    """Return a procedure; raise NoSuchProcedure."""
    procedure = session.get(Procedure, code)
    if procedure is None:
        raise NoSuchProcedure(code)
    return procedure


def check(draft: ProcedureDraft, *, field_known: bool) -> None:
    """Raise RowRefused where a procedure cannot be as described."""
    if not _CODE.fullmatch(draft.code) or len(draft.field_code) > LONGEST_CODE:
        raise RowRefused("bad_procedure_code", longest=str(LONGEST_CODE))
    if not draft.name or len(draft.name) > LONGEST_NAME or len(draft.field_name) > LONGEST_FIELD:
        raise RowRefused("bad_procedure_name", longest=str(LONGEST_NAME))
    if draft.field_code and not draft.field_name and not field_known:
        raise RowRefused("unknown_field", field=draft.field_code)
    if draft.field_name and not draft.field_code:
        raise RowRefused("field_without_code", field=draft.field_name)


def put(session: Session, draft: ProcedureDraft, *, account: str) -> bool:
    """Make a procedure, or give it another name or field; say whether anything changed; the caller commits."""
    draft = draft.cleaned()
    field = session.get(ProcedureField, draft.field_code) if draft.field_code else None
    check(draft, field_known=field is not None)
    changed = _put_field(session, field, draft)
    told = {"code": draft.code, "name": draft.name, "field": draft.field_code}
    procedure = session.get(Procedure, draft.code)
    if procedure is None:
        session.add(Procedure(code=draft.code, name=draft.name, field_code=draft.field_code or None))
        session.flush()
        audit.record(session, "procedure.created", account=account, **told)
        return True
    if (procedure.name, procedure.field_code) != (draft.name, draft.field_code or None):
        procedure.name, procedure.field_code, changed = draft.name, draft.field_code or None, True
    if changed:
        session.flush()
        audit.record(session, "procedure.changed", account=account, **told)
    return changed


def _put_field(session: Session, field: ProcedureField | None, draft: ProcedureDraft) -> bool:
    if not draft.field_code or not draft.field_name:
        return False
    if field is None:
        session.add(ProcedureField(code=draft.field_code, name=draft.field_name))
        session.flush()
        return True
    changed = field.name != draft.field_name
    field.name = draft.field_name
    return changed


def assign(session: Session, unit_code: str, procedure_code: str, *, account: str) -> bool:
    """Say that a unit handles a procedure; say whether that is new; the caller commits."""
    find(session, procedure_code)
    if session.get(UnitProcedure, (unit_code, procedure_code)) is not None:
        return False
    session.add(UnitProcedure(unit_code=unit_code, procedure_code=procedure_code))
    session.flush()
    audit.record(session, "procedure.assigned", account=account, unit_code=unit_code, code=procedure_code)
    return True


def withdraw(session: Session, unit_code: str, procedure_code: str, *, account: str) -> bool:
    """Say that a unit no longer handles a procedure; say whether it did; the caller commits."""
    link = session.get(UnitProcedure, (unit_code, procedure_code))
    if link is None:
        return False
    session.execute(
        delete(UnitProcedure).where(
            UnitProcedure.unit_code == unit_code, UnitProcedure.procedure_code == procedure_code
        )
    )
    session.expunge(link)
    audit.record(session, "procedure.withdrawn", account=account, unit_code=unit_code, code=procedure_code)
    return True
