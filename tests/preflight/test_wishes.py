from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest

from diag.catalogue import describe
from diag.config.settings import Settings
from diag.errors import ExitCode, UsageError
from diag.preflight.facts import Facts
from diag.preflight.judgement import exit_code, is_proven
from diag.preflight.model import CALL, Check, CheckResult, Finding, Status
from diag.preflight.registry import checks_for, known_checks
from diag.preflight.runner import run_checks
from diag.preflight.wishes import Plan, Wishes, plan_of, refuse_unknown

NO_FACTS = cast(Facts, SimpleNamespace(context={}))
CHECKS = checks_for(Settings())


def check(id: str, finding: Finding | None = None, **options: object) -> Check:
    async def run(facts: Facts) -> Finding:
        return finding or Finding(Status.PASS, "said so")

    return Check(id, id.partition(".")[0], "claim", run, **options)  # type: ignore[arg-type]


async def results(checks: list[Check], plan: Plan) -> dict[str, CheckResult]:
    return {one.check.id: one for one in await run_checks(checks, NO_FACTS, plan=plan)}


def plan(**wishes: object) -> Plan:
    return plan_of(Wishes(**wishes), CHECKS, known_checks(Settings()), now=0.0)  # type: ignore[arg-type]


def left_out(**wishes: object) -> set[str]:
    return set(plan(**wishes).omitted)


def test_only_brings_with_it_what_the_check_needs_and_nothing_else() -> None:
    run = {one.id for one in CHECKS} - left_out(only=("function.deployed",))
    assert run == {"function.deployed", "project.token", "settings.token"}


def test_a_group_stands_for_all_its_checks() -> None:
    run = {one.id for one in CHECKS} - left_out(only=("data",))
    assert {one.id for one in CHECKS if one.group == "data"} <= run
    assert CALL not in run


def test_skip_leaves_out_the_check_itself_and_says_by_which_flag() -> None:
    assert plan(skip=("data.pictures",)).omitted == {"data.pictures": "--skip"}


def test_skip_beats_only() -> None:
    assert plan(only=("data",), skip=("data.pictures",)).omitted["data.pictures"] == "--skip"


@pytest.mark.parametrize(
    ("name", "near"), [("settings.ulr", "settings.url"), ("verfy", "verify"), ("call", None), ("xyz", "groups")]
)
def test_an_unknown_name_is_a_usage_error_with_the_near_one(name: str, near: str | None) -> None:
    if near is None:
        assert refuse_unknown(name, CHECKS) is None  # type: ignore[func-returns-value]
        return
    with pytest.raises(UsageError) as raised:
        refuse_unknown(name, CHECKS)
    assert near in raised.value.remedy
    assert raised.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize("name", ["secrets.code", "verify.gemini", "verify.supabase"])
def test_a_check_that_does_not_apply_here_may_still_be_named(name: str) -> None:
    assert name not in {one.id for one in CHECKS}
    assert plan(skip=(name,)).omitted == {}


async def test_what_needs_a_check_that_was_left_out_names_that_check() -> None:
    found = await results([check("a.a"), check("b.b", needs=("a.a",))], Plan(omitted={"a.a": "--skip"}))
    assert (found["a.a"].finding.because, found["b.b"].finding.because) == ("--skip", "a.a")


@pytest.mark.parametrize("required", [True, False])
async def test_leaving_out_a_required_check_keeps_anybody_from_vouching(required: bool) -> None:
    found = await results([check("a.a", required=required), check("b.b")], Plan(omitted={"a.a": "--skip"}))
    assert exit_code(list(found.values())) == (ExitCode.CANNOT_VOUCH if required else ExitCode.OK)


FAILED = Finding(Status.FAIL, "broken", describe("openai.key-missing"))


async def test_an_allowed_failure_is_a_warning_that_is_still_shown_and_lets_others_run() -> None:
    checks = [check("a.a", FAILED), check("b.b", needs=("a.a",)), check("c.c", barred_by=("a.a",))]
    found = await results(checks, Plan(allowed=frozenset({"a.a"})))
    assert (found["a.a"].status, found["a.a"].allowed) == (Status.WARN, True)
    assert found["a.a"].signature == "openai.key-missing"
    assert [found[name].status for name in ("b.b", "c.c")] == [Status.PASS, Status.PASS]
    assert exit_code(list(found.values())) is ExitCode.OK
    assert exit_code(list(found.values()), strict=True) is ExitCode.DEGRADED


@pytest.mark.parametrize("status", [Status.UNKNOWN, Status.PASS, Status.WARN, Status.SKIP])
async def test_only_failures_are_allowed(status: Status) -> None:
    found = await results([check("a.a", Finding(status, "so"))], Plan(allowed=frozenset({"a.a"})))
    assert (found["a.a"].status, found["a.a"].allowed) == (status, False)


async def test_a_failed_call_that_is_allowed_proves_nothing() -> None:
    found = await results([check(CALL, FAILED)], Plan(allowed=frozenset({CALL})))
    assert not is_proven(list(found.values()))


def stuck(id: str, **options: object) -> Check:
    async def run(facts: Facts) -> Finding:
        await asyncio.Event().wait()
        raise AssertionError("never")

    return Check(id, "g", "claim", run, **options)  # type: ignore[arg-type]


async def test_no_answer_in_time_is_unknown_and_the_others_go_on() -> None:
    found = await results([stuck("a.a"), check("b.b")], Plan(timeout=0.01))
    assert found["a.a"].status is Status.UNKNOWN
    assert "--timeout" in found["a.a"].finding.summary
    assert found["b.b"].status is Status.PASS


async def test_a_call_that_the_deadline_cuts_off_is_unknown_and_counted_as_paid() -> None:
    soon = asyncio.get_running_loop().time() + 0.01
    found = await results([stuck(CALL, cost_usd=0.02)], Plan(timeout=0.001, ends_at=soon))
    finding = found[CALL].finding
    assert (finding.status, finding.cost_usd) == (Status.UNKNOWN, 0.02)
    assert "--deadline" in finding.summary


async def test_nothing_is_begun_once_the_time_is_up() -> None:
    async def run(facts: Facts) -> Finding:
        raise AssertionError("begun")

    found = await results([Check("a.a", "g", "claim", run, cost_usd=1.0)], Plan(ends_at=0.0))
    assert (found["a.a"].status, found["a.a"].finding.cost_usd) == (Status.UNKNOWN, 0.0)


async def test_a_timeout_of_the_check_itself_is_no_timeout_of_ours() -> None:
    async def run(facts: Facts) -> Finding:
        raise TimeoutError("its own")

    found = await results([Check("a.a", "g", "claim", run)], Plan(timeout=60.0))
    assert found["a.a"].status is Status.ERROR
