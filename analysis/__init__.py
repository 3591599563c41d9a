"""What the answers mean: index scores with their n, interval and method. No web, no database."""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = ["MadeReplicates", "ReplicateWeights", "Survey", "__version__", "survey_design"]

if TYPE_CHECKING:
    from analysis.survey.interface import Survey, survey_design
    from analysis.survey.replicates import MadeReplicates, ReplicateWeights


def __getattr__(name: str) -> object:
    """Return the estimation interface when it is asked for: the web imports this package without numpy."""
    if name in {"Survey", "survey_design"}:
        from analysis.survey import interface  # noqa: PLC0415 - numpy and pandas only for those who estimate

        return getattr(interface, name)
    if name in {"MadeReplicates", "ReplicateWeights"}:
        from analysis.survey import replicates  # noqa: PLC0415 - as above

        return getattr(replicates, name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
