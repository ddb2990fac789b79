"""A backfill run as a report."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from diag.backfill.history import History
from diag.backfill.result import BackfillResult, GateReport, SignatureCount, Stopped
from diag.backfill.runs import FailedRow, Latency, Slot
from diag.diagnosis import Remedy, Scope
from diag.errors import ExitCode, UsageError
from diag.report.backfill_document import backfill_document
from diag.report.page import markdown
from diag.report.page.backfill import report_of_backfill, told_by
from diag.report.page.html import render
from diag.report.page.model import ReportDocument
from diag.report.page.reading import read_document
from diag.report.page.times import flow, latency

T0 = 1_800_000_000
GOOD = BackfillResult("r1", "f", pending=100, attempted=100, succeeded=100, calls=100, cost_usd=2.1, remaining=0)
MINE = SignatureCount(
    "mine.licence", Scope.PROJECT, 30, "id-9", "the licence has ended", (Remedy("renew it", "renew"),)
)
SHUT = BackfillResult(
    "r2", "f", pending=100, signatures=(SignatureCount("openai.key-invalid", Scope.PROJECT, 3, "id-1"),),
    gate=GateReport("shut", "3 of 3 canary calls failed", 3, 0), stopped=Stopped("gate", "openai.key-invalid", "shut"),
    exit_code=ExitCode.UNHEALTHY, calls=3, wasted=3, cost_usd=0.063, remaining=100,
)  # fmt: skip


def history(state: str = "ended", **rest: object) -> History:
    return History(state, T0, T0 + 60.0, **rest)  # type: ignore[arg-type]


def slot(at: int, *, width: int = 10, good: int = 5, refused: int = 0, failed: int = 0, throttled: int = 0) -> Slot:
    return Slot(T0 + at, width, good + refused + failed + throttled, good, refused, failed, throttled, failed)


@pytest.mark.parametrize(
    ("result", "state", "verdict", "tone"),
    [
        (GOOD, "ended", "finished", "good"),
        (GOOD, "running", "running", "busy"),
        (GOOD, "killed", "killed", "warn"),
        (SHUT, "ended", "not started", "bad"),
        (BackfillResult("r", "f", 9, stopped=Stopped("interrupted"), exit_code=ExitCode.INTERRUPTED), "ended",
         "interrupted", "warn"),
        (BackfillResult("r", "f", 9, stopped=Stopped("guard", "aws.throttled", "why")), "ended", "stopped", "bad"),
        (BackfillResult("r", "f", 9, attempted=9, succeeded=4, failed=5, remaining=5), "ended", "done", "warn"),
    ],
)  # fmt: skip
def test_the_verdict_is_a_word_and_its_tone(result: BackfillResult, state: str, verdict: str, tone: str) -> None:
    report = report_of_backfill(result, history(state))
    assert (report.verdict, report.tone) == (verdict, tone)


def test_a_run_that_goes_on_has_no_exit_code_yet() -> None:
    assert report_of_backfill(GOOD, history("running")).subject.exit_code is None
    assert report_of_backfill(SHUT, history()).subject.exit_code == 3


def test_a_stopped_run_names_cause_and_mends_and_how_to_go_on() -> None:
    report = report_of_backfill(SHUT, history())
    assert report.cause
    assert report.cause.signature == "openai.key-invalid"
    assert len(report.mends) > 1
    assert "same command again" in report.mends[-1].text


def test_a_users_own_signature_keeps_its_title_and_its_mend() -> None:
    stopped = BackfillResult("r", "f", 9, signatures=(MINE,), stopped=Stopped("guard", "mine.licence", "why"))
    report = report_of_backfill(stopped)
    assert report.cause
    assert report.cause.title == report.failures[0].title == "the licence has ended"
    assert report.mends[0].command == report.failures[0].mends[0].command == "renew"


def test_money_that_left_nothing_is_counted_at_the_price_of_a_call() -> None:
    figures = {figure.name: figure for figure in report_of_backfill(SHUT).figures}
    assert figures["wasted_usd"].value == pytest.approx(0.063)
    assert figures["success_rate"].value is None


def test_money_that_left_nothing_is_not_spread_over_calls_that_cost_nothing() -> None:
    half = BackfillResult("r", "f", 9, calls=100, wasted=50, cost_usd=1.0, cost_per_call=0.02)
    figures = {figure.name: figure for figure in report_of_backfill(half).figures}
    assert figures["wasted_usd"].value == pytest.approx(1.0)
    read = {one.name: one for one in read_document(backfill_document(half).model_dump_json(), "r").figures}
    assert read["wasted_usd"].value == pytest.approx(1.0)


def test_failures_quote_what_a_row_of_theirs_met() -> None:
    row = FailedRow("id-1", "broken", 1, T0, T0 + 2, 2000.0, "openai.key-invalid", Scope.PROJECT, 500, "status: 500")
    report = report_of_backfill(SHUT, history(rows=[row], rows_total=1))
    assert report.failures[0].evidence == "status: 500"
    assert report.rows
    assert report.rows.shown[0].id == "id-1"


def test_steps_without_anything_are_there_and_what_is_left_out_of_the_rate_is_apart() -> None:
    found = flow([slot(0), slot(30, good=3, refused=4, failed=1, throttled=2)])
    assert found
    assert found.seconds == 10
    assert [(one.done, one.refused, one.throttled, one.failed) for one in found.moments] == [
        (5, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0), (3, 4, 2, 1),
    ]  # fmt: skip
    assert [one.rate for one in found.moments] == [1.0, None, None, 0.75]


@pytest.mark.parametrize(("count", "width"), [(720, 10), (700, 1280), (500, 160), (720, 40_960), (1, 10)])
def test_a_run_of_any_length_is_drawn_in_at_most_120_steps_and_nothing_is_lost(count: int, width: int) -> None:
    found = flow([slot(number * width, width=width, failed=1) for number in range(count)])
    assert found
    assert len(found.moments) <= 121
    assert sum(moment.done for moment in found.moments) == 5 * count
    assert sum(moment.failed for moment in found.moments) == count


def test_percentiles_are_read_off_the_bands() -> None:
    found = latency([Latency(100, 200, 50, 0), Latency(200, 400, 30, 10), Latency(400, 800, 0, 10)])
    assert found
    assert (found.p50_ms, found.p90_ms) == (200.0, 400.0)
    assert 400 < (found.p99_ms or 0) <= 800
    assert latency([]) is None


def test_the_page_of_millions_of_rows_stays_small() -> None:
    row = FailedRow("i" * 36, "failed", 4, T0, T0 + 9, 9000.0, "openai.overloaded", Scope.TRANSIENT, 503, "x" * 500)
    kinds = [SignatureCount(f"mine.kind-{number}", Scope.ITEM, 1_000, "id") for number in range(300)]
    huge = BackfillResult("r", "f", 9_000_000, attempted=9_000_000, failed=9_000_000, signatures=tuple(kinds))
    slots = [slot(number * 5_120, width=5_120, good=9_999, failed=99) for number in range(720)]
    page = render(report_of_backfill(huge, history(rows=[row] * 100, rows_total=9_000_000, slots=slots)))
    assert len(page) < 500_000
    assert "9,000,000 rows have no result" in page


def test_a_document_and_the_run_it_tells_of_make_the_same_report() -> None:
    document = backfill_document(SHUT)
    assert told_by(document) == SHUT
    read = read_document(document.model_dump_json(), "b.json")
    own = report_of_backfill(SHUT, version=document.version)
    assert read.model_dump(exclude={"made_at"}) == own.model_dump(exclude={"made_at"})


def test_a_report_can_be_read_again() -> None:
    report = report_of_backfill(SHUT, history(slots=[slot(0)]))
    assert read_document(report.model_dump_json(), "r.json") == ReportDocument.model_validate(report.model_dump())


def test_fields_of_a_later_version_are_no_reason_to_show_nothing() -> None:
    later = {**json.loads(backfill_document(GOOD).model_dump_json()), "invented_later": 1}
    assert read_document(json.dumps(later), "b.json").verdict == "finished"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ('{"schema": "nukediag/backfill/1", "duration_ms": 1e999}', "no JSON"),
        ('{"schema": "nukediag/backfill/1", "duration_ms": NaN}', "no JSON"),
        ("[]", "does not say which document"),
        ('{"schema": ["nukediag/backfill/1"]}', "does not say which document"),
        ('{"schema": "nukediag/config/1"}', "is a nukediag/config/1"),
        ('{"schema": "nukediag/backfill/1"}', "not a whole nukediag/backfill/1 at "),
    ],
)
def test_what_is_no_document_is_a_usage_error(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_document(text, "x.json")


@pytest.mark.parametrize("form", [render, markdown.render])
def test_a_row_is_looked_at_by_one_command_in_every_form(form: Callable[[ReportDocument], str]) -> None:
    failed = replace(GOOD, signatures=(replace(MINE, example="-V1StGXR8"),), succeeded=70, failed=30)
    assert "nukediag test-image -- -V1StGXR8" in form(report_of_backfill(failed))
