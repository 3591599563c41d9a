"""How does a table of procedures come into the catalogue? Good rows in one transaction, others given back."""

from collections.abc import Iterable, Iterator

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from survey_app.services.log import audit
from survey_app.services.organisation import catalogue, units
from survey_app.services.organisation.catalogue import ProcedureDraft
from survey_app.services.organisation.sheet import Headings, Line, MayChange, Outcome, RowRefused, Sheet
from survey_app.store.models import Procedure, ProcedureField, Unit, UnitProcedure

HEADINGS: Headings = {
    "unit_code": ("ma don vi",),
    "procedure_code": ("ma thu tuc", "ma tthc", "ma so tthc", "ma so thu tuc"),
    "name": ("ten thu tuc", "ten tthc", "thu tuc", "procedure name", "thu tuc hanh chinh"),
    "field_code": ("ma linh vuc",),
    "field_name": ("linh vuc", "ten linh vuc"),
}
REQUIRED = ("procedure_code", "name")


class _Catalogue:
    """What is there, with the rows of a table put into it one by one."""

    def __init__(self, session: Session, may_change: MayChange) -> None:
        self._may_change = may_change
        self.fields = {field.code: field.name for field in session.scalars(select(ProcedureField))}
        self.procedures = {p.code: (p.name, p.field_code or "") for p in session.scalars(select(Procedure))}
        links = session.execute(select(UnitProcedure.unit_code, UnitProcedure.procedure_code))
        self.links = {(unit, procedure) for unit, procedure in links}
        self._parents = dict(session.execute(select(Unit.code, Unit.parent_code)).all())
        self.new_fields: dict[str, str] = {}
        self.new_procedures: dict[str, tuple[str, str]] = {}
        self.new_links: dict[tuple[str, str], None] = {}

    def take(self, line: Line) -> bool:
        """Take a row; say whether it said something new; raise RowRefused."""
        draft = ProcedureDraft(
            code=line.get("procedure_code"),
            name=line.get("name"),
            field_code=line.get("field_code"),
            field_name=line.get("field_name"),
        ).cleaned()
        catalogue.check(draft, field_known=draft.field_code in self.fields)
        unit = line.get("unit_code")
        self._refuse_unit(unit)
        self._refuse_other(draft)
        return any(list(self._put(draft, unit)))

    def _refuse_unit(self, code: str) -> None:
        """Refuse a unit out of reach; the catalogue belongs to everybody, so others must name a unit of theirs."""
        if code and code not in self._parents:
            raise RowRefused("unknown_unit", code=code)
        if not self._may_change(units.above(code, self._parents) if code else ()):
            raise RowRefused("out_of_reach" if code else "whole_catalogue", code=code)

    def _refuse_other(self, draft: ProcedureDraft) -> None:
        field = self.fields.get(draft.field_code)
        if draft.field_name and field not in {None, draft.field_name}:
            raise RowRefused("other_field", code=draft.field_code, name=str(field))
        known = self.procedures.get(draft.code)
        if known is not None and (known[0] != draft.name or draft.field_code not in {"", known[1]}):
            raise RowRefused("other_procedure", code=draft.code, name=known[0])

    def _put(self, draft: ProcedureDraft, unit: str) -> Iterator[bool]:
        if draft.field_code and draft.field_code not in self.fields:
            self.fields[draft.field_code] = self.new_fields[draft.field_code] = draft.field_name
            yield True
        if draft.code not in self.procedures:
            self.procedures[draft.code] = self.new_procedures[draft.code] = (draft.name, draft.field_code)
            yield True
        if unit and (unit, draft.code) not in self.links:
            self.links.add((unit, draft.code))
            self.new_links[unit, draft.code] = None
            yield True


def import_catalogue(session: Session, sheet: Sheet, *, account: str, may_change: MayChange) -> Outcome:
    """Take the rows that fit the catalogue and one another; raise UnknownHeadings; the caller commits."""
    outcome = Outcome(sheet.columns)
    found = _Catalogue(session, may_change)
    for line in sheet.lines(HEADINGS, REQUIRED):
        try:
            if found.take(line):
                outcome.taken += 1
            else:
                outcome.known += 1
        except RowRefused as refused:
            outcome.give_back(line, refused)
    _insert(session, ProcedureField, ({"code": code, "name": name} for code, name in found.new_fields.items()))
    _insert(
        session,
        Procedure,
        (
            {"code": code, "name": name, "field_code": field or None}
            for code, (name, field) in found.new_procedures.items()
        ),
    )
    _insert(session, UnitProcedure, ({"unit_code": u, "procedure_code": p} for u, p in found.new_links))
    if outcome.taken:
        details = {"rows": str(outcome.taken), "file": sheet.place[:200], "sha256": sheet.sha256}
        audit.record(session, "procedure.imported", account=account, **details)
    return outcome


def _insert(
    session: Session,
    table: type[ProcedureField | Procedure | UnitProcedure],
    rows: Iterable[dict[str, str | None]],
) -> None:
    every = list(rows)
    if every:
        session.execute(insert(table), every)
