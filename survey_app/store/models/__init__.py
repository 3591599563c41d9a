"""What is kept, and what is never kept? The tables, one module a subject."""

from survey_app.store.models.answers import Comment, Response, Submission
from survey_app.store.models.audit import AuditEntry, AuditRoot
from survey_app.store.models.keys import ApiKey
from survey_app.store.models.staff import StaffAccount
from survey_app.store.models.surveys import Survey, SurveyUnit
from survey_app.store.models.tables import Base
from survey_app.store.models.units import Unit

__all__ = [
    "ApiKey",
    "AuditEntry",
    "AuditRoot",
    "Base",
    "Comment",
    "Response",
    "StaffAccount",
    "Submission",
    "Survey",
    "SurveyUnit",
    "Unit",
]
