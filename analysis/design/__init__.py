"""How was the sample drawn? Its description, and the checks of the columns that hold it."""

from analysis.design.description import (
    PIPELINE,
    DesignColumns,
    DesignError,
    DesignRules,
    LonelyPsu,
    SecondStage,
    SurveyDesign,
)

__all__ = [
    "PIPELINE",
    "DesignColumns",
    "DesignError",
    "DesignRules",
    "LonelyPsu",
    "SecondStage",
    "SurveyDesign",
]
