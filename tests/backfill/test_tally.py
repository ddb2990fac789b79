"""What a run's figures add up to."""

from __future__ import annotations

import pytest

from diag.backfill.tally import Tally
from diag.catalogue import describe
from diag.rows.outcome import Outcome, Row


def met(*signatures: str) -> Tally:
    tally = Tally(0.02)
    for name in signatures:
        tally.add_call(Outcome(Row("1", None), describe(name), called=True))
    return tally


def test_stored_answers_and_calls_that_reached_nobody_cost_nothing() -> None:
    free = met("function.cached", "function.paused", "gateway.auth-invalid", "network.refused")
    assert (free.calls, free.cost_usd, free.wasted) == (4, 0.0, 0)


def test_a_call_that_broke_off_may_have_been_paid_for() -> None:
    broken = met("network.reset", "network.timeout", "openai.key-invalid", "function.ok")
    assert (broken.calls, broken.cost_usd, broken.wasted) == (4, pytest.approx(0.08), 3)


def test_the_databases_answer_says_nothing_about_what_the_call_cost():
    away = Outcome(Row("1", None), describe("network.refused"), called=True, unverified=True)
    tally = Tally(0.02)
    tally.add_call(away)
    assert (tally.calls, tally.cost_usd, tally.wasted) == (1, 0.02, 1)
