"""How a table stands: speed and state of the latest run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from diag.backfill.history import state_of
from diag.backfill.result import GateReport
from diag.backfill.runs import PastRun, Runs, Slot
from diag.backfill.standing import Counts, Pace, Standing, pace_of, with_run
from diag.errors import JournalError

NOW = 1_800_000_000.0
RUN = PastRun(
    "r", "f", 77, NOW - 600, None, NOW - 1, "running", None, 8, pending=1000, attempted=500, succeeded=490, failed=10,
    skipped=0, calls=500, retries=0, wasted=0, unresolved=0, passes=1, refused=0, remaining=None, cost_usd=10.5,
    exit_code=None, options={}, gate=GateReport(), stopped=None,
)  # fmt: skip


def slots(*ago: int, width: int = 10, good: int = 20, refused: int = 0, failed: int = 0) -> list[Slot]:
    """Slots that began so many seconds ago."""
    return [
        Slot(int(NOW) - each, width, good, good, refused, failed, 0, 0) for each in sorted(ago, reverse=True)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ended", "holder", "state"),
    [(None, 77, "running"), (None, 0, "running"), (None, 78, "killed"), (None, None, "killed"), (NOW, 77, "ended")],
)
def test_a_run_goes_on_only_while_its_process_holds_the_journal(
    ended: float | None, holder: int | None, state: str
) -> None:
    assert state_of(replace(RUN, ended_at=ended), holder) == state


def test_the_rate_is_that_of_the_last_minutes_alone() -> None:
    pace = pace_of(slots(*range(310, 600, 10), good=1_000) + slots(*range(10, 301, 10)), NOW - 600, NOW)
    assert pace
    assert pace.rate == pytest.approx(2.0, rel=0.05)


def test_a_young_run_is_measured_from_its_beginning() -> None:
    pace = pace_of(slots(10, 20), NOW - 20, NOW)
    assert pace == Pace(20.0, 40, 40, 0)
    assert pace_of(slots(1), NOW - 1, NOW) is None


def test_wide_slots_of_long_runs_are_measured_over_their_own_time() -> None:
    pace = pace_of(slots(640, 1280, width=640, good=6_400), NOW - 100_000, NOW)
    assert pace
    assert pace.rate == pytest.approx(10.0)


def test_a_run_in_which_nothing_ends_any_more_has_the_rate_nought() -> None:
    pace = pace_of(slots(5_000), NOW - 6_000, NOW)
    assert pace
    assert (pace.rate, pace.success_rate) == (0.0, None)
    assert standing(pace=pace).seconds_left is None


def test_rows_own_faults_are_progress_and_no_failures() -> None:
    pace = pace_of(slots(10, good=10, refused=10, failed=5), NOW - 10, NOW)
    assert pace
    assert (pace.rate, pace.success_rate) == (2.0, 10 / 15)


def standing(
    pending: int | None = 1_000, refused: int = 200, phase: str = "running", pace: Pace | None = None
) -> Standing:
    counts = Counts(pending, None if pending is None else 5)
    return Standing("t", "f", counts, refused, replace(RUN, phase=phase), "running", pace or Pace(100, 400, 390, 10))


def test_what_is_left_is_without_the_rows_that_are_known_to_be_bad() -> None:
    assert standing().left == 800
    assert standing().seconds_left == 200.0
    assert standing(pending=100).left == 0


@pytest.mark.parametrize("phase", ["paused", "stopping"])
def test_nobody_foretells_the_end_of_a_run_that_does_not_go_on(phase: str) -> None:
    assert standing(phase=phase).seconds_left is None


def test_without_a_count_nothing_is_foretold() -> None:
    assert standing(pending=None).seconds_left is None
    assert not Counts(0, 0).seen
    assert Counts(0, 3).seen


def test_a_run_in_the_journal_is_told_with_what_it_met(tmp_path: Path) -> None:
    blank = Standing("t", "f", Counts(5, 5))
    assert with_run(blank, Runs(tmp_path / "none.sqlite3"), NOW) == blank
    broken = tmp_path / "broken.sqlite3"
    broken.write_text("this is no database, whatever its name says" * 100)
    with pytest.raises(JournalError, match="cannot be read"):
        with_run(blank, Runs(broken), NOW)
