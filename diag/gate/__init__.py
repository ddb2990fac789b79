"""From the outcomes of calls to a decision: start, do not start, pause, stop. Pure: nothing here calls or waits."""

from diag.gate.guard import ITEMS, Alarm, AlarmKind, Guard
from diag.gate.limits import Limits
from diag.gate.reading import Reading, read
from diag.gate.sequential import Decision, GateTest
from diag.gate.wilson import wilson

__all__ = ["ITEMS", "Alarm", "AlarmKind", "Decision", "GateTest", "Guard", "Limits", "Reading", "read", "wilson"]
