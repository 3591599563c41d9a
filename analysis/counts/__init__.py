"""What do the tally sheets (bảng tổng hợp) of units say? Read, reconciled and turned into shares."""

from analysis.counts.reading import read_counts
from analysis.counts.reconcile import reconcile
from analysis.counts.table import counts_table
from analysis.counts.tally import CountSheet

__all__ = ["CountSheet", "counts_table", "read_counts", "reconcile"]
