"""The backfill: which rows, how fast, until when; with a journal that survives being killed."""

from diag.backfill.controls import Controls
from diag.backfill.events import Event, Notice, Observer, RowAnswered
from diag.backfill.options import Options
from diag.backfill.plan import Plan, make_plan
from diag.backfill.result import BackfillResult, GateReport, SignatureCount, Stopped
from diag.backfill.run import run

__all__ = [
    "BackfillResult",
    "Controls",
    "Event",
    "GateReport",
    "Notice",
    "Observer",
    "Options",
    "Plan",
    "RowAnswered",
    "SignatureCount",
    "Stopped",
    "make_plan",
    "run",
]
