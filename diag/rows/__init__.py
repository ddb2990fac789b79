"""Rows of work: which are pending, and what becomes of one when the function is called for it."""

from diag.rows.outcome import Outcome, Row
from diag.rows.pending import count_pending, find_row, pending_rows
from diag.rows.picture import Pictures
from diag.rows.worker import RowWorker

__all__ = ["Outcome", "Pictures", "Row", "RowWorker", "count_pending", "find_row", "pending_rows"]
