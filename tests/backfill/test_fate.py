"""What follows from one outcome for its row."""

from dataclasses import replace

import pytest

from diag.backfill.fate import Fate, fate, is_ambiguous
from diag.diagnosis import Answer, Diagnosis, Scope, Verdict
from diag.gate import read
from diag.rows.outcome import Outcome, Row

ROW = Row("1", "https://pictures.example/1.jpg")


def outcome(signature, scope, verdict=Verdict.FAILED, *, status=500, marked=False):
    found = Diagnosis(verdict, signature, scope, "")
    return Outcome(ROW, found, called=True, marked=marked, answer=Answer(status=status))


UNVERIFIED = [
    outcome("supabase.unavailable", Scope.TRANSIENT),
    outcome("supabase.rate-limited", Scope.TRANSIENT),
    outcome("supabase.permission-denied", Scope.PROJECT),
]


def judged(one, *, attempt=1, waited=0.0, may_retry=True):
    return fate(one, read(one.diagnosis), attempt=attempt, waited=waited, may_retry=may_retry)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (outcome("function.ok", None, Verdict.OK), Fate.DONE),
        (outcome("image.not-found", Scope.ITEM), Fate.REFUSED),
        (outcome("openai.refused", Scope.ITEM, Verdict.DEGRADED), Fate.REFUSED),
        (outcome("openai.key-invalid", Scope.PROJECT), Fate.BROKEN),
        (outcome("function.partial", Scope.PROJECT, Verdict.DEGRADED), Fate.BROKEN),
        (outcome("openai.overloaded", Scope.TRANSIENT), Fate.RETRY),
        (outcome("openai.overloaded", Scope.TRANSIENT, Verdict.DEGRADED), Fate.RETRY),
        (outcome("openai.rate-limited", Scope.TRANSIENT), Fate.RETRY),
        (outcome("network.timeout", Scope.TRANSIENT), Fate.UNRESOLVED),
        (outcome("runtime.idle-timeout", Scope.TRANSIENT, status=504), Fate.UNRESOLVED),
        (outcome("gateway.unavailable", Scope.TRANSIENT, status=504), Fate.UNRESOLVED),
        (outcome("gateway.unavailable", Scope.TRANSIENT, status=503), Fate.RETRY),
        (outcome("network.refused", Scope.TRANSIENT), Fate.RETRY),
        (outcome("function.unfinished", Scope.TRANSIENT, Verdict.INCONCLUSIVE), Fate.UNRESOLVED),
        (outcome("function.cached", None, Verdict.INCONCLUSIVE, marked=True), Fate.DONE),
        (outcome("function.cached", None, Verdict.INCONCLUSIVE), Fate.BROKEN),
    ],
)
def test_first_call(one, expected):
    assert judged(one) is expected


def test_the_fourth_transient_failure_is_the_last():
    one = outcome("openai.overloaded", Scope.TRANSIENT)
    assert judged(one, attempt=3) is Fate.RETRY
    assert judged(one, attempt=4) is Fate.FAILED


def test_an_empty_budget_ends_retries():
    assert judged(outcome("openai.overloaded", Scope.TRANSIENT), may_retry=False) is Fate.FAILED


def test_throttling_uses_up_no_attempts_but_patience():
    one = outcome("openai.rate-limited", Scope.TRANSIENT)
    assert judged(one, attempt=9, waited=800) is Fate.RETRY
    assert judged(one, attempt=9, waited=901) is Fate.FAILED


@pytest.mark.parametrize("one", [replace(one, unverified=True) for one in UNVERIFIED])
def test_a_success_that_the_database_could_not_confirm_is_looked_up_before_anything_else(one):
    assert judged(one) is Fate.UNRESOLVED
    assert judged(one, may_retry=False) is Fate.UNRESOLVED
    assert judged(one, attempt=4) is Fate.LEFT


def test_out_of_attempts_a_call_without_a_known_end_is_left_for_a_look():
    assert judged(outcome("network.timeout", Scope.TRANSIENT), attempt=4) is Fate.LEFT


def test_a_row_that_was_never_called_is_not_ambiguous():
    assert not is_ambiguous(replace(outcome("network.timeout", Scope.TRANSIENT), called=False))
