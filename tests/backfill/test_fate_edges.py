"""What follows from one outcome for its row, at the edges of what decides it."""

from dataclasses import replace

import pytest

from diag.backfill.fate import Fate, Policy, fate, is_ambiguous, is_unreadable, is_wasted
from diag.diagnosis import Answer, Diagnosis, Scope, Verdict
from diag.gate import read
from diag.rows.outcome import Outcome, Row


def outcome(signature, scope=Scope.TRANSIENT, verdict=Verdict.FAILED, *, status=None, **more):
    answer = None if status is None else Answer(status=status)
    found = Diagnosis(verdict, signature, scope, "")
    return Outcome(Row("1", None), found, answer=answer, **{"called": True, "marked": False, **more})


def judged(one, **more):
    return fate(one, read(one.diagnosis), **{"attempt": 1, "waited": 0.0, "may_retry": True, **more})


@pytest.mark.parametrize(
    ("status", "lost"),
    [(501, False), (502, True), (503, False), (504, True), (505, False), (519, False), (520, True), (521, False),
     (523, False), (524, True), (525, False), (None, False)],
)  # fmt: skip
def test_the_gateway_has_reached_the_function_and_lost_its_answer_with_these_statuses_alone(status, lost):
    assert is_ambiguous(outcome("gateway.unavailable", status=status)) is lost
    assert is_ambiguous(outcome("openai.overloaded", status=status)) is False


@pytest.mark.parametrize(
    ("status", "unreadable"),
    [(199, False), (200, True), (201, True), (298, True), (299, True), (300, False), (None, False)],
)
@pytest.mark.parametrize("signature", ["function.empty", "unknown"])
def test_only_what_says_that_all_went_well_may_have_done_its_work_unreadably(signature, status, unreadable):
    assert is_unreadable(outcome(signature, status=status)) is unreadable


def test_what_can_be_read_or_was_never_called_is_not_unreadable():
    assert not is_unreadable(outcome("function.error-in-200", status=200))
    assert not is_unreadable(outcome("unknown", status=200, called=False))
    assert not is_unreadable(outcome("function.ok", called=False))


@pytest.mark.parametrize(
    ("one", "wasted"),
    [
        (outcome("openai.overloaded", status=500), True),
        (outcome("function.partial", verdict=Verdict.DEGRADED, status=200), True),
        (outcome("function.partial", verdict=Verdict.DEGRADED, status=200, marked=True), False),
        (outcome("function.ok", None, Verdict.OK, status=200, marked=True), False),
        (outcome("function.paused", verdict=Verdict.INCONCLUSIVE, status=200), False),
        (outcome("image.not-found", Scope.ITEM, called=False), False),
    ],
)
def test_wasted_is_what_may_have_been_paid_for_and_left_nothing(one, wasted):
    assert is_wasted(one) is wasted


@pytest.mark.parametrize(("waited", "becomes"), [(899.9, Fate.RETRY), (900.0, Fate.FAILED)])
def test_a_quarter_of_an_hour_of_throttling_is_the_patience(waited, becomes):
    assert judged(outcome("openai.rate-limited", status=429), waited=waited) is becomes


def test_a_failure_of_the_whole_project_behind_an_unconfirmed_success_is_looked_up_first():
    away = outcome("supabase.permission-denied", Scope.PROJECT, unverified=True)
    assert judged(away) is Fate.UNRESOLVED
    assert judged(replace(away, unverified=False)) is Fate.BROKEN


def test_who_holds_no_rows_leaves_them_for_a_later_process_at_once():
    assert judged(outcome("network.timeout"), policy=Policy(hold=False)) is Fate.LEFT
    assert judged(outcome("openai.overloaded"), policy=Policy(hold=False)) is Fate.RETRY


@pytest.mark.parametrize(
    ("renewable", "may_retry", "becomes"),
    [(True, True, Fate.RETRY), (True, False, Fate.BROKEN), (False, True, Fate.BROKEN)],
)
def test_a_stored_answer_is_called_anew_where_this_run_has_left_it(renewable, may_retry, becomes):
    stored = outcome("function.cached", None, Verdict.INCONCLUSIVE, status=200)
    assert judged(stored, renewable=renewable, may_retry=may_retry) is becomes


@pytest.mark.parametrize(("refusals", "becomes"), [(0, Fate.RETRY), (49, Fate.RETRY), (50, Fate.FAILED)])
def test_the_fiftieth_refusal_is_the_last_of_a_row_in_a_pass(refusals, becomes):
    assert judged(outcome("openai.rate-limited", status=429), refusals=refusals) is becomes


def test_who_counts_no_refusals_has_none():
    once = Policy(refusals=1)
    assert judged(outcome("openai.rate-limited", status=429), policy=once) is Fate.RETRY
    assert judged(outcome("openai.rate-limited", status=429), policy=once, refusals=1) is Fate.FAILED
    assert judged(outcome("openai.rate-limited", status=429), policy=Policy(refusals=0)) is Fate.FAILED
