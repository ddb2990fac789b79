"""Every scenario of the sandbox, by every command that meets it: the right cause and exit code, few paid calls."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from scenarios.conftest import Ran, Stage

from diag.catalogue import SIGNATURES
from diag.diagnosis import Scope
from diag.sandbox.scenarios import SCENARIOS, UNPLAYED, Scenario

Command = Callable[..., Ran]

VERDICTS = {0: "healthy", 3: "unhealthy", 4: "unhealthy", 5: "unknown"}
CODES = {"ok": 0, "failed": 3, "degraded": 4, "inconclusive": 5}
BY_CHANCE = ("flaky", "dead-images", "openai-rate-limited")


def causes(scenario: Scenario) -> tuple[str, ...]:
    return (scenario.signature, *scenario.also)


@pytest.mark.sandbox
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_command_names_the_cause_and_a_gated_backfill_costs_little(
    stage: Stage, nukediag: Command, name: str
) -> None:
    for check in (preflight_names_the_cause, one_call_names_the_cause, gated_backfill_costs_little):
        stage.play(name)
        check(stage, nukediag, SCENARIOS[name])


@pytest.mark.sandbox
def test_what_a_call_just_before_wrote_is_not_the_cause_of_one_that_never_reached_the_function(
    stage: Stage, nukediag: Command
) -> None:
    stage.play("error-in-200")
    assert nukediag("test-image", "--next").document["signature"] == "openai.model-unavailable"  # from the log
    stage.play("load-error")
    assert nukediag("test-image", "--next").document["signature"] == "runtime.load-error"


def preflight_names_the_cause(stage: Stage, nukediag: Command, scenario: Scenario) -> None:
    ran = nukediag("preflight")
    assert ran.code in scenario.preflight_exit, ran.document
    assert ran.document["verdict"] == VERDICTS[ran.code]
    if ran.code:
        assert ran.document["signature"] in causes(scenario), ran.document
    assert stage.counted()["twice"] == 0


def one_call_names_the_cause(stage: Stage, nukediag: Command, scenario: Scenario) -> None:
    ran = nukediag("test-image", "--next")
    assert ran.code == ran.document["exit_code"] == CODES[ran.document["verdict"]]
    if scenario.name not in BY_CHANCE:
        assert ran.document["signature"] in causes(scenario), ran.document
        assert (ran.code == 0) == (ran.document["signature"] == "function.ok")


def gated_backfill_costs_little(stage: Stage, nukediag: Command, scenario: Scenario) -> None:
    ran = nukediag("backfill", "--if-healthy", "--yes")
    after, rows = stage.counted(), len(stage.pending.split(","))
    assert after["twice"] == 0
    if scenario.most_paid is not None:
        assert (ran.code, after["rows"]["pending"]) == (3, rows), ran.document
        assert ran.document["stopped"]["signature"] in causes(scenario), ran.document
        assert stage.paid() <= scenario.most_paid
    elif scenario.name not in BY_CHANCE:
        assert (ran.code, after["rows"]["pending"]) == (0, 0), ran.document


def test_a_fault_of_the_whole_project_costs_two_paid_calls_at_most() -> None:
    """What the scenarios themselves allow: more only where another row may do better, and so is tried."""
    generous = [scenario for scenario in SCENARIOS.values() if (scenario.most_paid or 0) > 2]
    assert {SIGNATURES[scenario.signature].scope for scenario in generous} <= {Scope.ITEM, Scope.TRANSIENT}


def test_every_signature_has_a_scenario_or_a_reason_for_none() -> None:
    assert set(SIGNATURES) - {scenario.signature for scenario in SCENARIOS.values()} == set(UNPLAYED)
    page = (Path(__file__).parents[2] / "docs/sandbox.md").read_text()
    assert [signature for signature, why in UNPLAYED.items() if f"| `{signature}` | {why} |" not in page] == []


def test_every_expected_signature_is_one_of_the_catalogue() -> None:
    assert {cause for scenario in SCENARIOS.values() for cause in causes(scenario)} <= set(SIGNATURES)
