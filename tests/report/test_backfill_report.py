"""A backfill as text, as JSON, and while it runs."""

import io
import json
import re
from dataclasses import replace

import pytest
from rich.console import Console

from diag.backfill import BackfillResult, GateReport, Notice, Plan, RowAnswered, SignatureCount, Stopped
from diag.backfill.fate import Fate
from diag.backfill.tally import Tally
from diag.catalogue import describe
from diag.diagnosis import Remedy, Scope
from diag.errors import ExitCode
from diag.report.backfill_document import BackfillDocument, backfill_document
from diag.report.backfill_progress import BarProgress, PlainProgress, progress, progress_words
from diag.report.backfill_text import duration, plan_text, render
from diag.report.terminal import Paper
from diag.rows import Outcome, Row

DONE = BackfillResult(
    "run-1", "analyze-image", 100, attempted=100, succeeded=90, failed=10, calls=95, retries=5, passes=1,
    signatures=(SignatureCount("image.not-found", Scope.ITEM, 10, "row-7"),), remaining=10, refused=10,
    duration_ms=65_000, cost_usd=1.995, gate=GateReport("open", "7 of 7 canary calls succeeded", 7, 7),
    exit_code=ExitCode.ROWS_FAILED,
)  # fmt: skip
STOPPED = replace(
    DONE,
    stopped=Stopped("guard", "openai.quota-exhausted", "openai.quota-exhausted came 2 times"),
    remaining=60,
    exit_code=ExitCode.STOPPED,
)


def text(result, **more):
    return render(result, Paper(width=None), **more).plain


def test_finished_is_said_only_where_nothing_but_bad_rows_remains():
    assert text(DONE).startswith("FINISHED: no row is left but 10 that fail on their own account")
    assert "FINISHED" not in text(replace(DONE, remaining=11))
    assert "FINISHED" not in text(replace(DONE, remaining=None))
    assert "FINISHED" not in text(STOPPED)


def test_a_stop_says_the_cause_the_cost_and_the_mend():
    told = text(STOPPED)
    assert told.startswith("STOPPED: openai.quota-exhausted came 2 times")
    for expected in ("60 rows are still without a result", "about $2.00 spent (estimated)", "platform.openai.com"):
        assert expected in told
    assert "run the same command again" in told


def test_a_signature_of_the_users_own_brings_its_own_mend():
    own = SignatureCount("own.ledger-closed", Scope.PROJECT, 2, "row-1", "the ledger is closed", (Remedy("Open it."),))
    stopped = replace(STOPPED, stopped=Stopped("guard", own.signature, "it came 2 times"), signatures=(own,))
    told = text(stopped)
    assert "own.ledger-closed: the ledger is closed" in told
    assert "Open it." in told
    (shown,) = backfill_document(stopped).signatures
    assert (shown.title, shown.remedies[0].text) == ("the ledger is closed", "Open it.")


def test_failures_are_listed_with_a_row_to_look_at():
    assert "10  image.not-found" in text(DONE)
    assert "nukediag test-image row-7" in text(DONE)


def test_quiet_is_one_line():
    assert "\n" not in text(DONE, verbosity=-1)


@pytest.mark.parametrize("result", [DONE, STOPPED])
def test_the_document_keeps_its_schema_and_tells_the_same(result):
    document = json.loads(backfill_document(result).model_dump_json())
    assert BackfillDocument.model_validate(document).schema_ == "nukediag/backfill/1"
    assert (document["succeeded"], document["failed"], document["calls"]) == (90, 10, 95)
    assert document["exit_code"] == int(result.exit_code)
    (met,) = document["signatures"]
    assert (met["signature"], met["scope"], met["count"], met["example"]) == ("image.not-found", "item", 10, "row-7")
    assert (document["stopped"] is None) == (result.stopped is None)


@pytest.mark.parametrize(
    ("seconds", "words"), [(12.4, "12 s"), (89, "89 s"), (720, "12 min"), (12_000, "3 h 20 min"), (0, "0 s")]
)
def test_durations_are_for_people(seconds, words):
    assert duration(seconds) == words


def test_the_plan_names_rows_time_and_money():
    told = plan_text(Plan(2740, 6, 2734, 57.41, 860), "analyze-image", gated=True)
    for expected in ("2,734 rows", "6 more", "14 min", "$57.41", "estimated", "canary"):
        assert expected in told


def test_progress_tells_rate_success_cost_and_what_is_left():
    tally = Tally(0.021, attempted=412, succeeded=400, calls=412, paid=412)
    words = progress_words(tally, 2734, 0.9)
    for expected in ("412/2,734 rows", "0.9/s", "97 % good", "12 failed", "$8.65", "43 min left"):
        assert expected in words.replace("97%", "97 %")


def test_without_a_terminal_progress_is_plain_lines_with_the_time():
    console = Console(file=io.StringIO(), force_terminal=False)
    PlainProgress(console, 10)(Notice("pausing for 30 s"))
    line = console.file.getvalue()
    assert line.endswith("Z pausing for 30 s\n")
    assert "\x1b" not in line


def shown_on(**terminal: object) -> str:
    """What a run's end leaves on a terminal."""
    told = io.StringIO()
    console = Console(file=told, force_terminal=True, _environ={"TERM": "xterm"}, **terminal)  # type: ignore[arg-type]
    tally = Tally(0.02, attempted=2_500, succeeded=2_388, calls=2_900, paid=2_900)
    with progress(console, 2_734) as bar:
        assert isinstance(bar, BarProgress)
        outcome = Outcome(Row("row-1", None), describe("function.ok"), called=True)
        bar(RowAnswered(outcome, Fate.DONE, 1, tally))
    return told.getvalue()


@pytest.mark.parametrize(("width", "words"), [(80, "2,500/2,734 · "), (140, "2,500/2,734 rows · ")])
def test_the_bar_and_its_words_share_the_line(width: int, words: str) -> None:
    told = shown_on(width=width)
    assert words in told
    assert "$58.00" in told
    assert max(len(re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", line)) for line in re.split(r"[\r\n]", told)) <= width


def test_a_dumb_terminal_gets_plain_lines() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, _environ={"TERM": "dumb"})
    with progress(console, 10) as shown:
        assert isinstance(shown, PlainProgress)
