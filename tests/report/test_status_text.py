"""The status as text and as a document."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from diag.backfill.result import GateReport, SignatureCount, Stopped
from diag.backfill.runs import PastRun
from diag.backfill.standing import Counts, Pace, Standing
from diag.catalogue import describe
from diag.diagnosis import Scope
from diag.errors import JournalError
from diag.report.status_document import status_document
from diag.report.status_text import render
from diag.report.terminal import Paper

NOW = 1_800_000_000.0
RUN = PastRun(
    "20270115T070000Z-abc123", "analyze-image", 77, NOW - 600, None, NOW - 1, "running", None, 8, pending=2734,
    attempted=840, succeeded=812, failed=28, skipped=0, calls=850, retries=10, wasted=4, unresolved=0, passes=1,
    refused=0, remaining=None, cost_usd=17.85, exit_code=None, options={}, gate=GateReport(), stopped=None,
)  # fmt: skip
MET = tuple(SignatureCount(f"image.kind-{n}", Scope.ITEM, 9 - n, f"id-{n}") for n in range(7))
LIVE = Standing(
    "vehicle_images", "analyze-image", Counts(1_922, 1_012), 22, RUN, "running", Pace(300, 960, 950, 50), MET
)


def text(standing: Standing, verbosity: int = 0) -> str:
    return render(standing, Paper(None), NOW, verbosity).plain


def with_run(state: Any = "ended", **changes: object) -> Standing:
    return replace(LIVE, run=replace(RUN, **changes), state=state, pace=None)  # type: ignore[arg-type]


def test_a_running_backfill_is_told_with_rate_end_success_and_cost() -> None:
    assert text(LIVE).splitlines()[:6] == [
        "RUNNING: for 10 min, process 77",
        "  rows    1,012 done, 1,922 pending (22 known to be bad themselves)",
        "  rate    3.2 rows/s over the last 5 min; about 10 min left, until 2027-01-15 08:09:53 UTC",
        "  success 96.7 % of 840 rows attempted; 95 % lately, leaving out rows' own faults",
        "  cost    about $17.85 for 850 calls, 4 of them for nothing (estimated)",
        "  run     20270115T070000Z-abc123; nukediag report makes a page of it",
    ]


def test_one_line_says_the_same_in_short() -> None:
    assert text(LIVE, -1) == (
        "RUNNING: for 10 min, process 77; 1,012 done · 1,922 pending · 3.2/s · 96.7 % good · about $17.85 · 10 min left"
    )


def test_it_fits_into_80_columns_with_ids_as_long_as_they_are() -> None:
    met = [SignatureCount("image.not-found", Scope.ITEM, 62, "009dfc66-7f3f-5794-a8e9-36f165a7beac")]
    why = "no success after it came three times, and it fails every call alike until it is mended"
    stopped = with_run(ended_at=NOW, stopped=Stopped("guard", "openai.key-invalid", why))
    for standing in (LIVE, stopped, replace(LIVE, signatures=met)):
        assert max(map(len, render(standing, Paper(80), NOW).plain.splitlines())) <= 80
        assert "\n" not in render(standing, Paper(80), NOW, -1).plain


def test_what_is_met_most_often_is_named_and_the_rest_counted() -> None:
    lines = text(LIVE).splitlines()
    assert lines[6].split() == ["9", "image.kind-0", "item", "e.g.", "id-0"]
    assert lines[-1].strip() == "and 2 more kinds"


@pytest.mark.parametrize(
    ("standing", "head"),
    [
        (Standing("t", "f", Counts(5, 1)), "IDLE: no backfill of t has run from here"),
        (with_run("running", phase="paused"), "PAUSED: for 10 min, process 77"),
        (with_run("running", phase="gate"), "ASKING THE GATE: for 10 min, process 77"),
        (with_run("running", seen_at=NOW - 120), "RUNNING: for 10 min, process 77; it was last heard of 2 min ago"),
        (with_run("killed"), "KILLED: the last run went away at 2027-01-15 07:59:59 UTC; the same command goes on"),
        (with_run(ended_at=NOW, stopped=Stopped("guard", "aws.throttled", "too many refusals")),
         "STOPPED: too many refusals, at 2027-01-15 08:00:00 UTC"),
        (with_run(ended_at=NOW), "IDLE: the last run ended at 2027-01-15 08:00:00 UTC with 812 rows done and"),
        (replace(with_run(ended_at=NOW), refused=1_922), "FINISHED: the last run ended at"),
    ],
)  # fmt: skip
def test_the_first_line_says_how_it_stands(standing: Standing, head: str) -> None:
    assert text(standing).startswith(head)


def test_a_stopped_run_names_the_cause_and_where_its_mend_stands() -> None:
    stopped = with_run(ended_at=NOW, stopped=Stopped("guard", "aws.throttled", "why"))
    assert "nukediag explain aws.throttled" in text(stopped)


def test_a_database_that_cannot_be_asked_is_told_with_its_mend_and_ends_in_5() -> None:
    blind = replace(LIVE, counts=Counts(problem=describe("supabase.key-invalid"), message="counting was refused"))
    assert "could not be counted: counting was refused" in text(blind)
    assert "  mend " in text(blind)
    document = status_document(blind, NOW)
    assert (document.exit_code, document.pending, document.done) == (5, None, None)
    assert document.problem
    assert document.problem.signature == "supabase.key-invalid"


def test_a_journal_that_cannot_be_read_is_told_beside_what_the_database_counts() -> None:
    blind = replace(
        LIVE, run=None, state=None, pace=None, trouble=JournalError("the journal is broken", "move it away")
    )
    assert text(blind).splitlines()[:2] == [
        "UNKNOWN: the journal is broken; move it away",
        "  rows    1,012 done, 1,922 pending (22 known to be bad themselves)",
    ]
    document = status_document(blind, NOW)
    assert (document.exit_code, document.journal, document.pending) == (5, "the journal is broken", 1_922)


def test_a_key_that_sees_no_row_is_no_good_news() -> None:
    nothing = Standing("t", "f", Counts(0, 0))
    assert "none of t is visible to this key" in text(nothing)
    assert status_document(nothing, NOW).exit_code == 5


def test_the_document_has_the_pace_and_the_end() -> None:
    document = status_document(LIVE, NOW)
    assert document.pace
    assert (document.pace.rows_per_second, document.pace.left_ms) == (3.2, 593_750)
    assert document.run
    assert (document.run.process, document.run.success_rate) == (77, 812 / 840)


def test_hostile_words_neither_break_the_line_nor_colour_it() -> None:
    bad = with_run(ended_at=NOW, stopped=Stopped("guard", None, "a\x1b[31m\nb sk-proj-Abcdefgh12345678"))
    head = text(bad).splitlines()[0]
    assert "\x1b" not in head
    assert head.startswith("STOPPED: a")
    assert "Abcdefgh" not in head
