"""What was seen of the command's work, and what follows from it."""

import pytest

from diag.backfill.result import BackfillResult, Stopped
from diag.backfill.supervise.ledger import Ledger
from diag.backfill.supervise.marks import Mark
from diag.backfill.supervise.watch import stopped_by_itself
from diag.catalogue import describe
from diag.gate import AlarmKind, Guard, Reading
from diag.rows.audit import Kind

EMPTY = describe("function.error-in-200")
UNKNOWN = describe("unknown")
OWN = BackfillResult("r", "analyze-image", 60, attempted=7, succeeded=7, calls=7, cost_usd=0.07, remaining=0)


def ledger(**more):
    return Ledger(Guard(), clock=lambda: 1000.0, **more)


def mark(number, kind=Kind.FULL):
    return Mark(f"row-{number}", 999.0, kind, describe("function.ok") if kind is Kind.FULL else EMPTY)


def test_only_rows_with_results_behind_their_mark_count_as_done():
    seen = ledger(good=3)
    for number, kind in enumerate((Kind.FULL, Kind.FULL, Kind.NOTHING)):
        seen.add(mark(number, kind))
    result = seen.added_to(OWN, 0.01)
    assert (result.succeeded, result.failed, result.attempted, result.remaining) == (9, 1, 10, 1)
    assert (result.calls, result.cost_usd, result.wasted, result.finished) == (10, 0.1, 1, False)


def test_claims_without_marks_are_noticed_a_look_later():
    seen = ledger(good=20)
    assert seen.unmarked() == 0
    assert seen.unmarked() == 20


def test_claims_that_the_table_confirms_are_no_cause_for_alarm():
    seen = ledger(good=20)
    for number in range(18):
        seen.add(mark(number))
    seen.unmarked()
    assert seen.unmarked() == 0


def test_where_the_database_cannot_be_looked_at_the_commands_word_has_to_do():
    result = ledger(looking=False, good=50, bad=3).added_to(BackfillResult("r", "f", 60, remaining=10), 0)
    assert (result.succeeded, result.failed) == (50, 3)


def test_calls_under_way_at_a_stop_are_told():
    seen = ledger(calls=30, good=15, bad=2, retried=3)
    stopped = BackfillResult("r", "f", 60, remaining=40, stopped=Stopped("guard"))
    assert seen.added_to(stopped, 0).unresolved == 10


def test_two_failures_of_the_whole_project_stop_and_a_later_success_clears_the_first():
    seen = ledger()
    seen.feed(Reading.PROJECT, "openai.key-invalid")
    assert seen.guard.alarm is None
    seen.feed(Reading.SUCCESS, "function.ok", ended=1020.0)
    seen.feed(Reading.PROJECT, "openai.key-invalid")
    assert seen.guard.alarm is None
    seen.feed(Reading.SUCCESS, "function.ok", ended=1001.0)  # its call may have begun before the failure
    seen.feed(Reading.PROJECT, "openai.key-invalid")
    assert (seen.guard.alarm.kind, seen.guard.alarm.signature) == (AlarmKind.STOP, "openai.key-invalid")


def test_the_rows_that_were_begun_are_remembered_in_bounded_memory():
    seen = ledger()
    for number in range(5000):
        seen.begin(f"{number:08x}")
    seen.begin("00001387")
    assert (len(seen.begun), seen.begun["00001387"], seen.calls) == (1000, 2, 5001)


@pytest.mark.parametrize(
    ("code", "remaining", "touched", "reason"),
    [
        (0, 0, 0, None),
        (1, 0, 9, None),
        (0, 40, 20, None),
        (1, 40, 20, "command"),
        (-9, 40, 20, "command"),
        (0, 40, 0, "command"),
        (0, None, 0, None),
    ],
)
def test_a_command_that_ends_before_its_work_is_done_stopped_early(code, remaining, touched, reason):
    stopped = stopped_by_itself(code, remaining, touched, UNKNOWN)
    assert (stopped and stopped.reason) == reason


def test_its_last_words_name_the_cause():
    stopped = stopped_by_itself(1, 40, 0, describe("supabase.key-invalid"))
    assert (stopped.signature, "exit code 1" in stopped.why) == ("supabase.key-invalid", True)


def test_failures_of_calls_that_reached_nobody_cost_nothing():
    seen = ledger()
    for signature in ("gateway.auth-invalid", "network.refused", "openai.key-invalid"):
        seen.fail(describe(signature), final=True)
    seen.fail(describe("gateway.rate-limited"), final=False)
    result = seen.added_to(BackfillResult("r", "f", 60, remaining=60), 0.02)
    assert (result.calls, result.wasted, result.cost_usd) == (4, 1, 0.02)
