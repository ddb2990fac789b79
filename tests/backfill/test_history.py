"""What the journal tells of a run to those who show it, while it is written and afterwards."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from diag.backfill.fate import Fate
from diag.backfill.history import history_of, result_of
from diag.backfill.journal import Journal
from diag.backfill.result import BackfillResult, Stopped
from diag.backfill.runs import Runs
from diag.diagnosis import Evidence
from diag.errors import ExitCode
from diag.rows.outcome import Outcome, Row

from .worlds import DEAD, OK

RESULT = BackfillResult(
    "run-1", "f", 3, attempted=3, succeeded=1, failed=2, calls=3, cost_usd=0.063, wasted=2, remaining=2,
    stopped=Stopped("guard", "image.not-found", "enough"), exit_code=ExitCode.STOPPED,
)  # fmt: skip


async def begun(path: Path) -> Journal:
    """A journal with one row done and two bad ones, still held."""
    held = await Journal.open(path, "f", "run-1")
    await held.begin(3, {"command": "node script.js"})
    seen = tuple(Evidence(where, f"text of {where}") for where in ("status", "header server", "body error", "log"))
    for row, verdict, fate in (("a", OK, Fate.DONE), ("b", DEAD, Fate.REFUSED), ("c", DEAD, Fate.REFUSED)):
        await held.intent(row)
        diagnosis = replace(verdict, evidence=seen) if verdict is DEAD else verdict
        await held.outcome(Outcome(Row(row, None), diagnosis, called=True, marked=verdict is OK), fate)
    return held


async def test_a_run_is_read_while_it_goes_on(journal: Path) -> None:
    held = await begun(journal)
    runs = Runs(journal)
    run = runs.latest(1)[0]
    assert history_of(runs, run).state == "running"
    assert result_of(runs, run, time.time() + 60).duration_ms > 59_000
    await held.close()
    assert history_of(runs, run).state == "killed"


async def test_an_ended_run_is_told_as_it_was(journal: Path) -> None:
    held = await begun(journal)
    await held.finish(RESULT)
    await held.close()
    runs = Runs(journal)
    run = runs.run("run-1")
    assert run
    history, result = history_of(runs, run), result_of(runs, run, 0.0)
    assert (history.state, history.command, history.rows_total) == ("ended", "node script.js", 2)
    assert replace(result, duration_ms=0.0, signatures=()) == RESULT
    assert [(seen.signature, seen.count) for seen in result.signatures] == [("image.not-found", 2)]


async def test_what_tells_most_is_kept_of_a_failure(journal: Path) -> None:
    held = await begun(journal)
    await held.close()
    kept = {row.evidence for row in Runs(journal).failed_rows("run-1")}
    assert kept == {"body error: text of body error; log: text of log"}


async def test_rows_are_counted_beyond_those_that_are_shown(journal: Path) -> None:
    held = await begun(journal)
    await held.close()
    runs = Runs(journal)
    assert (len(runs.failed_rows("run-1", most=1)), runs.failed_count("run-1"), runs.failed_count("other")) == (1, 2, 0)


async def test_rows_whose_call_has_no_known_end_are_named_while_it_runs_and_after_a_kill(journal: Path) -> None:
    held = await begun(journal)
    await held.intent("d")
    assert Runs(journal).unended("f") == ["d"]
    assert Runs(journal).unended("another") == []
    await held.close()
    again = await Journal.open(journal, "f", "run-2")
    assert Runs(journal).unended("f") == ["d"]
    await again.close()


@pytest.mark.parametrize(
    ("noted", "price", "wasted"),
    [(0.05, 0.05, 0.1), (0, 0.0, 0.0), (None, None, 0.042), (True, None, 0.042), ("1", None, 0.042)],
)
async def test_a_run_remembers_what_a_call_cost_whatever_the_settings_say_later(
    journal: Path, noted: object, price: float | None, wasted: float
) -> None:
    held = await Journal.open(journal, "f", "run-1")
    await held.begin(3, {} if noted is None else {"cost_per_call": noted})
    await held.finish(RESULT)
    await held.close()
    runs = Runs(journal)
    result = result_of(runs, runs.latest(1)[0], 0.0)
    assert result.cost_per_call == price
    assert result.wasted_usd == pytest.approx(wasted)
