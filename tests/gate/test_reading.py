"""How gate and guard read a diagnosis."""

import pytest

from diag.diagnosis import Diagnosis, Scope, Verdict
from diag.gate import Reading, read, wilson


@pytest.mark.parametrize(
    ("verdict", "signature", "scope", "expected"),
    [
        (Verdict.OK, "function.ok", None, Reading.SUCCESS),
        (Verdict.FAILED, "openai.key-invalid", Scope.PROJECT, Reading.PROJECT),
        (Verdict.DEGRADED, "aws.credentials-missing", Scope.PROJECT, Reading.PROJECT),
        (Verdict.DEGRADED, "openai.rate-limited", Scope.TRANSIENT, Reading.THROTTLED),
        (Verdict.FAILED, "aws.throttled", Scope.TRANSIENT, Reading.THROTTLED),
        (Verdict.FAILED, "image.not-found", Scope.ITEM, Reading.ITEM),
        (Verdict.FAILED, "network.timeout", Scope.TRANSIENT, Reading.FAILURE),
        (Verdict.FAILED, "unknown", Scope.PROJECT, Reading.PROJECT),
        (Verdict.INCONCLUSIVE, "function.cached", None, Reading.NEUTRAL),
        (Verdict.INCONCLUSIVE, "function.unfinished", Scope.TRANSIENT, Reading.NEUTRAL),
        (Verdict.INCONCLUSIVE, "function.paused", Scope.PROJECT, Reading.PROJECT),
    ],
)
def test_reading_of_a_diagnosis(verdict, signature, scope, expected):
    assert read(Diagnosis(verdict, signature, scope, "")) is expected


def test_degraded_answers_count_as_success_only_where_accepted():
    degraded = Diagnosis(Verdict.DEGRADED, "function.partial", Scope.PROJECT, "")
    assert read(degraded) is Reading.PROJECT
    assert read(degraded, accept_degraded=True) is Reading.SUCCESS


def test_wilson_brackets_the_rate_and_knows_nothing_without_trials():
    low, high = wilson(7, 7)
    assert 0.71 < low < 0.73
    assert high == pytest.approx(1)
    assert wilson(0, 0) == (0.0, 1.0)
