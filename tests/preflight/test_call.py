from __future__ import annotations

import pytest

from diag.catalogue import describe
from diag.preflight.checks.call import is_worth_another, judge, pause
from diag.preflight.model import Status
from diag.rows import Outcome, Row


def outcomes(*signatures: str) -> list[Outcome]:
    return [Outcome(Row(str(n), "u"), describe(name), called=True) for n, name in enumerate(signatures)]


@pytest.mark.parametrize(
    ("signatures", "status", "signature"),
    [
        (["function.ok"], Status.PASS, None),
        (["openai.overloaded", "function.ok"], Status.WARN, "openai.overloaded"),
        (["openai.refused", "openai.rate-limited", "function.ok"], Status.WARN, "openai.refused"),
        (["openai.overloaded"] * 3, Status.FAIL, "openai.overloaded"),
        (["openai.overloaded", "openai.key-invalid"], Status.FAIL, "openai.key-invalid"),
        (["function.cached", "openai.overloaded", "function.cached"], Status.FAIL, "openai.overloaded"),
        (["function.cached"] * 3, Status.UNKNOWN, "function.cached"),
        (["openai.overloaded", "function.partial"], Status.WARN, "function.partial"),
        (["openai.overloaded", "function.paused"], Status.FAIL, "openai.overloaded"),
    ],
)
def test_what_several_calls_say_together(signatures: list[str], status: Status, signature: str | None) -> None:
    found = judge(outcomes(*signatures), 0.021)
    assert found.status is status
    assert (found.diagnosis.signature if found.diagnosis else None) == signature
    assert found.attempts == len(signatures)


def test_stored_answers_and_refusals_at_the_gate_cost_nothing() -> None:
    free = outcomes("function.cached", "function.paused", "gateway.auth-invalid", "network.refused")
    assert judge(free, 0.021).cost_usd == 0
    assert judge(outcomes("openai.key-invalid"), 0.021).cost_usd == pytest.approx(0.021)
    # Broken off while it waited for the answer: the work may have been done.
    assert judge(outcomes("network.timeout"), 0.021).cost_usd == pytest.approx(0.021)


@pytest.mark.parametrize(
    ("signature", "again"),
    [
        ("openai.rate-limited", True),
        ("openai.image-rejected", True),
        ("function.cached", True),
        ("openai.key-invalid", False),
        ("function.partial", False),
        ("function.unfinished", False),
        ("unknown", False),
    ],
)
def test_another_row_is_tried_only_where_it_may_teach_more(signature: str, again: bool) -> None:
    assert is_worth_another(describe(signature)) is again


def test_the_pause_is_what_the_answer_asks_for_within_reason() -> None:
    assert pause(describe("openai.rate-limited", retry_after=3.0)) == 3.0
    assert pause(describe("openai.rate-limited", retry_after=900.0)) == 20.0
    assert pause(describe("openai.rate-limited")) == 1.0
    assert pause(describe("openai.image-rejected")) == 0.0
