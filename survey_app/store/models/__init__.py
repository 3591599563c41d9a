"""What is kept, and what is never kept? The tables, one module a subject."""

from survey_app.store.models.answers import Comment, Response, Submission
from survey_app.store.models.audit import AuditEntry, AuditRoot
from survey_app.store.models.catalogue import Procedure, ProcedureField, UnitProcedure
from survey_app.store.models.keys import ApiKey
from survey_app.store.models.staff import (
    StaffAccount,
    StaffGrant,
    StaffLoginTry,
    StaffRecoveryCode,
    StaffSession,
)
from survey_app.store.models.surveys import Survey, SurveyUnit
from survey_app.store.models.tables import Base
from survey_app.store.models.units import Unit, UnitSuccessor

__all__ = [
    "ApiKey",
    "AuditEntry",
    "AuditRoot",
    "Base",
    "Comment",
    "Procedure",
    "ProcedureField",
    "Response",
    "StaffAccount",
    "StaffGrant",
    "StaffLoginTry",
    "StaffRecoveryCode",
    "StaffSession",
    "Submission",
    "Survey",
    "SurveyUnit",
    "Unit",
    "UnitProcedure",
    "UnitSuccessor",
]
