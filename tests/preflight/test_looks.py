from __future__ import annotations

from collections.abc import Sequence

import pytest

from diag.catalogue import describe
from diag.preflight.facts import Facts
from diag.preflight.looks import look_until, worth_another_look
from diag.preflight.model import CALL, Check, CheckResult, Finding, Status

NOT_FOUND = describe("gateway.function-not-found")
PASSING = describe("gateway.unavailable")
MISSING = describe("openai.key-missing")


async def never(facts: Facts) -> Finding:
    raise AssertionError("not run here")


def one(id: str, status: Status, *, required: bool = True, proved: bool = False, **finding: object) -> CheckResult:
    check = Check(id, id.partition(".")[0], "claim", never, required=required, proved_by_call=proved)
    return CheckResult(check, Finding(status, "so", **finding))  # type: ignore[arg-type]


GOOD = one("function.deployed", Status.PASS)
OPEN = one("data.table", Status.UNKNOWN)


@pytest.mark.parametrize(
    ("results", "again"),
    [
        ([GOOD], set()),
        ([GOOD, OPEN], {"data.table"}),
        ([OPEN, one("data.visible", Status.SKIP, because="data.table")], {"data.table", "data.visible"}),
        ([OPEN, one("a.a", Status.FAIL, diagnosis=MISSING)], set()),
        ([OPEN, one("a.a", Status.ERROR)], set()),
        ([OPEN, one("a.a", Status.FAIL, diagnosis=MISSING, required=False)], {"data.table"}),
        ([GOOD, one("function.boots", Status.FAIL, diagnosis=NOT_FOUND)], {"function.boots"}),
        ([one("function.deployed", Status.FAIL, diagnosis=NOT_FOUND)], set()),
        ([one("project.reachable", Status.FAIL, diagnosis=PASSING)], {"project.reachable"}),
        ([one("settings.key", Status.UNKNOWN)], set()),
        ([one(CALL, Status.UNKNOWN, cost_usd=0.02)], set()),
        ([one(CALL, Status.FAIL, diagnosis=PASSING, cost_usd=0.02)], set()),
        ([one(CALL, Status.SKIP, because="--no-call")], set()),
        ([one("a.a", Status.UNKNOWN, required=False)], set()),
        ([one(CALL, Status.PASS), one("a.a", Status.UNKNOWN, proved=True), OPEN], {"data.table"}),
    ],
)
def test_only_what_waiting_can_change_is_looked_at_again(results: Sequence[CheckResult], again: set[str]) -> None:
    assert worth_another_look(results) == again


class Clock:
    """A clock that sleeping moves on."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


async def looked(wait: float, clock: Clock, *rounds: CheckResult) -> tuple[CheckResult, ...]:
    coming = list(rounds)

    async def look(ids: frozenset[str], before: Sequence[CheckResult]) -> tuple[CheckResult, ...]:
        return tuple((coming.pop(0) if coming else OPEN) if each.check.id in ids else each for each in before)

    return await look_until((GOOD, OPEN), look, wait=wait, clock=clock, sleep=clock.sleep)


async def test_without_a_wait_one_look_is_all() -> None:
    clock = Clock()
    assert (await looked(0.0, clock))[1] is OPEN
    assert clock.slept == []


async def test_the_looks_grow_rarer_and_end_in_time() -> None:
    clock = Clock()
    results = await looked(60.0, clock)
    assert clock.slept == [2, 4, 8, 15, 15, 15, 1]
    assert results[1].finding.attempts == 8


async def test_an_answer_ends_the_wait_and_what_was_known_stays() -> None:
    clock = Clock()
    results = await looked(60.0, clock, OPEN, one("data.table", Status.PASS))
    assert (results[0], results[1].status, results[1].finding.attempts) == (GOOD, Status.PASS, 3)
    assert clock.slept == [2, 4]


async def test_a_definite_failure_ends_the_wait() -> None:
    clock = Clock()
    results = await looked(60.0, clock, one("data.table", Status.FAIL, diagnosis=MISSING))
    assert (results[1].status, clock.slept) == (Status.FAIL, [2])
