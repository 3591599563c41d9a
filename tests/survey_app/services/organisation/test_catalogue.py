"""Does the catalogue say which unit handles which procedure, and take tables as offices send them?"""

import pytest
from sqlalchemy import select

from survey_app.services.organisation import catalogue
from survey_app.services.organisation.catalogue import ProcedureDraft
from survey_app.services.organisation.import_catalogue import import_catalogue
from survey_app.services.organisation.sheet import RowRefused
from survey_app.store import Store
from survey_app.store.models import AuditEntry
from tests.survey_app.services.organisation.sheets import anything, below_79, reasons, sheet

COLUMNS = "Mã đơn vị;Mã TTHC;Tên thủ tục;Mã lĩnh vực;Lĩnh vực"
BIRTH = "1.001193;Đăng ký khai sinh;HT;Hộ tịch"


def test_rows_with_and_without_a_unit_are_taken_and_wrong_ones_given_back(store: Store) -> None:
    table = sheet(
        COLUMNS,
        f"26734;{BIRTH}",
        f"26737;{BIRTH}",
        f"26737;{BIRTH}",
        ";1.004194;Đăng ký tạm trú;;",
        f"99999;{BIRTH}",
        ";1.001193;Đăng ký khai tử;HT;Hộ tịch",
        ";1.001194;Đăng ký kết hôn;HT;Hôn nhân",
        ";1.001195;Chứng thực;CT;",
        ";;Không mã;HT;Hộ tịch",
        ";1.1;Không mã lĩnh vực;;Đất đai",
    )
    with store.writing() as session:
        outcome = import_catalogue(session, table, account="quan-tri", may_change=anything)
        session.commit()
    assert (outcome.taken, outcome.known) == (3, 1)
    assert reasons(outcome) == {6: "unknown_unit", 7: "other_procedure", 8: "other_field", 9: "unknown_field",
                                10: "bad_procedure_code", 11: "field_without_code"}  # fmt: skip
    with store.reading() as session:
        listed = [(p.code, p.field_name, p.units) for p in catalogue.procedures(session)]
        assert listed == [("1.001193", "Hộ tịch", 2), ("1.004194", None, 0)]
        assert [p.code for p in catalogue.procedures(session, "ho tich")] == ["1.001193"]
        assert [p.name for p in catalogue.procedures_of(session, "26734")] == ["Đăng ký khai sinh"]
        assert session.scalars(select(AuditEntry.event)).all() == ["procedure.imported"]


def test_whoever_is_in_charge_of_some_units_must_name_one_of_them(store: Store) -> None:
    table = sheet(COLUMNS, f"26734;{BIRTH}", f";{BIRTH}")
    with store.writing() as session:
        outcome = import_catalogue(session, table, account="a", may_change=below_79)
    assert (outcome.taken, reasons(outcome)) == (1, {3: "whole_catalogue"})


def test_single_procedures_are_made_renamed_given_to_a_unit_and_taken_back(store: Store) -> None:
    draft = ProcedureDraft(code="1.1", name=" Cấp  bản sao ", field_code="HT", field_name="Hộ tịch")
    with store.writing() as session:
        assert catalogue.put(session, draft, account="a")
        assert not catalogue.put(session, draft, account="a")
        assert catalogue.put(session, ProcedureDraft(code="1.1", name="Cấp bản sao", field_code="HT",
                                                     field_name="Hộ tịch, quốc tịch"), account="a")  # fmt: skip
        assert catalogue.assign(session, "26734", "1.1", account="a")
        assert not catalogue.assign(session, "26734", "1.1", account="a")
        assert catalogue.procedures_of(session, "26734")[0].field_name == "Hộ tịch, quốc tịch"
        assert catalogue.withdraw(session, "26734", "1.1", account="a")
        assert not catalogue.withdraw(session, "26734", "1.1", account="a")
        with pytest.raises(catalogue.NoSuchProcedure):
            catalogue.assign(session, "26734", "khong-co", account="a")
        with pytest.raises(RowRefused):
            catalogue.put(session, ProcedureDraft(code="2", name=""), account="a")
        session.commit()
        events = session.scalars(select(AuditEntry.event).order_by(AuditEntry.number)).all()
    assert events == ["procedure.created", "procedure.changed", "procedure.assigned", "procedure.withdrawn"]
