from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest

from diag.catalogue import describe
from diag.diagnosis import Answer
from diag.preflight.facts import Facts
from diag.preflight.model import Check, CheckResult, Finding, Status
from diag.preflight.runner import run_checks
from diag.project import ProjectError

NO_FACTS = cast(Facts, None)


def check(id: str, status: Status = Status.PASS, **options: object) -> Check:
    async def run(facts: Facts) -> Finding:
        await asyncio.sleep(0)
        return Finding(status, "said so")

    return Check(id, "group", "claim", run, **options)  # type: ignore[arg-type]


async def results(*checks: Check) -> dict[str, CheckResult]:
    return {one.check.id: one for one in await run_checks(checks, NO_FACTS)}


async def test_results_come_in_declared_order_whoever_ends_first() -> None:
    async def slow(facts: Facts) -> Finding:
        for _ in range(20):
            await asyncio.sleep(0)
        return Finding(Status.PASS, "slow")

    heard: list[str] = []
    checks = [Check("slow", "g", "c", slow), check("quick")]
    ordered = await run_checks(checks, NO_FACTS, lambda one: heard.append(one.check.id))
    assert [one.check.id for one in ordered] == ["slow", "quick"]
    assert heard == ["quick", "slow"]


@pytest.mark.parametrize("status", [Status.FAIL, Status.UNKNOWN, Status.SKIP, Status.ERROR])
async def test_a_check_is_skipped_when_what_it_needs_did_not_pass(status: Status) -> None:
    found = await results(check("a", status), check("b", needs=("a",)))
    assert found["b"].status is Status.SKIP
    assert found["b"].finding.because == "a"


async def test_a_warning_is_enough_for_those_who_need_it() -> None:
    found = await results(check("a", Status.WARN), check("b", needs=("a",)))
    assert found["b"].status is Status.PASS


async def test_a_chain_of_skips_names_its_beginning() -> None:
    found = await results(check("a", Status.FAIL), check("b", needs=("a",)), check("c", needs=("b",)))
    assert found["c"].finding.because == "a"


async def test_siblings_of_a_failure_go_on() -> None:
    found = await results(check("a"), check("b", Status.FAIL, needs=("a",)), check("c", needs=("a",)))
    assert found["c"].status is Status.PASS


@pytest.mark.parametrize(("status", "expected"), [(Status.FAIL, Status.SKIP), (Status.UNKNOWN, Status.PASS)])
async def test_only_a_failure_bars_a_check_that_costs_money(status: Status, expected: Status) -> None:
    found = await results(check("a", status), check("paid", barred_by=("a",)))
    assert found["paid"].status is expected


async def test_a_check_that_crashes_does_not_stop_the_others_and_leaks_nothing() -> None:
    async def crash(facts: Facts) -> Finding:
        raise KeyError("sb_secret_Ab3dEf6hIj9lMn2pQr5tUv_12345678")

    found = await results(Check("a", "g", "c", crash), check("b"))
    assert found["a"].status is Status.ERROR
    assert "Ab3dEf6h" not in str(found["a"])
    assert found["b"].status is Status.PASS


async def test_a_refusal_by_the_project_is_a_finding_with_its_diagnosis() -> None:
    async def refuse(facts: Facts) -> Finding:
        raise ProjectError("reading", Answer(status=401), describe("supabase.key-invalid"))

    facts = cast(Facts, SimpleNamespace(context={"ref": "abcdefghijklmnopqrst"}))
    (found,) = await run_checks([Check("a", "g", "c", refuse)], facts)
    assert (found.status, found.signature) == (Status.FAIL, "supabase.key-invalid")
    assert "--project-ref abcdefghijklmnopqrst" in (found.remedies[1].command or "")


async def test_only_what_really_runs_is_announced() -> None:
    began: list[str] = []
    checks = [check("a", Status.FAIL), check("b", needs=("a",)), check("c")]
    await run_checks(checks, NO_FACTS, on_start=lambda one: began.append(one.id))
    assert began == ["a", "c"]
