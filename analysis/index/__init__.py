"""What is the index of each unit? From responses that pass by to the index table."""

from analysis.index.calculation import IndexRequest, index_table
from analysis.index.intake import NoResponses

__all__ = ["IndexRequest", "NoResponses", "index_table"]
