"""What was seen of the command's work: the figures of its run, and the guard that they feed."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from diag.backfill.counters import Counters
from diag.backfill.result import BackfillResult, SignatureCount
from diag.backfill.supervise.marks import Mark
from diag.backfill.tally import first_seen
from diag.diagnosis import Diagnosis
from diag.gate import Guard, Reading, read
from diag.rows.audit import Kind
from diag.rows.outcome import is_free

_CALL = 10.0
"""Seconds that a call takes at most, as a rule: a success proves the state of things when its call began."""
_MOST_BEGUN = 1_000
_UNMARKED = 10


@dataclass
class Ledger:
    """``good``, ``bad`` and ``retried`` are what the command said; ``free`` of its failures cost nothing. ``full`` and
    ``hollow`` are the rows that it marked with and without results behind the mark. ``begun`` counts per row (an id, or
    its beginning) how often a call began. ``looking``: whether the database can tell what was marked; without it the
    command's word has to do. ``counters`` is where the journal counts over time."""

    guard: Guard
    accept_degraded: bool = False
    clock: Callable[[], float] = time.time
    looking: bool = True
    counters: Counters = field(default_factory=Counters)
    calls: int = 0
    good: int = 0
    bad: int = 0
    retried: int = 0
    free: int = 0
    full: int = 0
    hollow: int = 0
    done: int = 0
    begun: OrderedDict[str, int] = field(default_factory=OrderedDict)
    _signatures: dict[str, SignatureCount] = field(default_factory=dict)
    _good_before: int = 0

    def feed(self, reading: Reading, signature: str, ended: float | None = None) -> None:
        """One more outcome for the guard; ``ended``: when its call did (seconds since 1970)."""
        now = self.clock()
        call = int(((ended or now) - _CALL) * 1000)  # the guard only compares: any number that grows with time will do
        self.guard = self.guard.after(reading, signature, call=call, started=int(now * 1000))

    def reading(self, diagnosis: Diagnosis) -> Reading:
        """As gate and guard read it."""
        return read(diagnosis, accept_degraded=self.accept_degraded)

    def begin(self, row: str) -> None:
        """The command says that a call for this row begins."""
        self.calls += 1
        if row:
            self.begun[row] = self.begun.pop(row, 0) + 1
            if len(self.begun) > _MOST_BEGUN:
                self.begun.popitem(last=False)

    def count(self, diagnosis: Diagnosis, example: str = "") -> None:
        """A failure, by its signature."""
        name = diagnosis.signature
        seen = self._signatures.get(name) or first_seen(diagnosis, example)
        self._signatures[name] = replace(seen, count=seen.count + 1, example=seen.example or example)
        self.counters.meet(diagnosis, example)

    def exemplify(self, signature: str, row: str) -> None:
        """The id of a row that met a signature, learned later."""
        if (seen := self._signatures.get(signature)) and not seen.example:
            self._signatures[signature] = replace(seen, example=row)

    def add(self, mark: Mark) -> None:
        """A row that the command marked."""
        accepted = self.accept_degraded and mark.kind is Kind.INCOMPLETE
        full = mark.kind is Kind.FULL or accepted
        self.full += full
        self.hollow += not full
        self.counters.count(self.clock(), calls=1, good=full, failed=not full, wasted=not full)

    def succeed(self) -> None:
        """A success in the command's words."""
        self.good += 1
        if not self.looking:
            self.feed(Reading.SUCCESS, "function.ok")
            self.counters.count(self.clock(), calls=1, good=1)

    def fail(self, diagnosis: Diagnosis, *, final: bool) -> None:
        """A failure in the command's words: of a row, or (not ``final``) of a try that it repeats."""
        self.bad += final
        self.retried += not final
        reading = self.reading(diagnosis)
        throttled, item = reading is Reading.THROTTLED, reading is Reading.ITEM
        failed, free = not (throttled or item), is_free(diagnosis)
        self.free += free
        self.counters.count(
            self.clock(), calls=1, refused=item, failed=failed, throttled=throttled, wasted=not free
        )  # fmt: skip

    def unmarked(self) -> int:
        """How many successes were claimed, a look ago or earlier, of which the table shows nothing, where that is most
        of them; 0 where all is well."""
        claimed, self._good_before = self._good_before, self.good
        missing = claimed - self.full - self.hollow
        return missing if missing >= _UNMARKED and missing * 2 > claimed else 0

    @property
    def succeeded(self) -> int:
        """Rows that the command really finished."""
        return self.full if self.looking else self.good

    @property
    def touched(self) -> int:
        """Rows that the command has come to an end with, well or badly."""
        return max(self.good + self.bad, self.full + self.hollow + self.bad, self.done)

    def added_to(self, own: BackfillResult, price: float) -> BackfillResult:
        """The run with nukediag's own calls and the command's together."""
        calls = max(self.calls, self.touched + self.retried)
        succeeded, failed = own.succeeded + self.succeeded, own.failed + max(0, self.touched - self.succeeded)
        # A mark with nothing behind it is no result, whatever the count of unmarked rows says.
        remaining = None if own.remaining is None else own.remaining + self.hollow
        if remaining is not None:  # a row may have failed for nukediag and the command, or been done by the other
            failed = min(failed, remaining)
        in_flight = max(0, self.calls - self.good - self.bad - self.retried) if own.stopped else 0
        counts = {seen.signature: seen for seen in own.signatures}
        for name, seen in self._signatures.items():
            mine = counts.get(name)
            counts[name] = replace(seen, count=seen.count + mine.count, example=mine.example) if mine else seen
        return replace(
            own,
            attempted=succeeded + failed,
            succeeded=succeeded,
            failed=failed,
            calls=own.calls + calls,
            retries=own.retries + self.retried,
            remaining=remaining,
            signatures=tuple(sorted(counts.values(), key=lambda seen: (-seen.count, seen.signature))),
            cost_usd=round(own.cost_usd + (calls - self.free) * price, 6),
            unresolved=own.unresolved + in_flight,
            wasted=own.wasted + self.bad + self.retried - self.free + self.hollow,
        )
