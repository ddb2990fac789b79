from __future__ import annotations

from dataclasses import fields

import pytest

from diag.sandbox.counters import Counters
from diag.sandbox.scenarios import ALIASES, GROUPS, SCENARIOS, Scenario, wrong_twin
from diag.sandbox.stage import find
from diag.sandbox.upstreams.aws_faults import Faults as AwsFaults
from diag.sandbox.upstreams.gemini_refusals import Faults as GeminiFaults
from diag.sandbox.upstreams.openai_faults import Faults as OpenAIFaults
from diag.sandbox.upstreams.openrouter import Faults as RouterFaults
from diag.sandbox.upstreams.photos import Faults as PhotoFaults

HEALTHY = {
    "OPENAI_API_KEY": "sk-proj-" + "a" * 60,
    "AWS_ACCESS_KEY_ID": "AKIA" + "B" * 16,
    "AWS_SECRET_ACCESS_KEY": "c" * 40,
    "AWS_REGION": "us-east-1",
    "SERVICE_ROLE_KEY": "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0." + "d" * 43,
}
KEPT_NAMES = """AWS_OTHER_KEY_ID AWS_OTHER_SECRET AWS_SESSION_KEY_ID AWS_SESSION_SECRET AWS_EXPIRED_TOKEN
    OPENAI_RESTRICTED_KEY OPENAI_DEACTIVATED_KEY GEMINI_API_KEY OPENROUTER_API_KEY
    VEHICLE_HISTORY_KEY SUPABASE_ANON_KEY"""
KEPT = {name: f"kept-{name}" for name in KEPT_NAMES.split()}


def test_every_faulty_scenario_differs_from_a_healthy_project():
    healthy = SCENARIOS["healthy"]
    assert healthy.secrets_from(HEALTHY, KEPT) == HEALTHY
    expected = {"name", "title", "signature", "preflight_exit", "most_paid", "also"}
    faults = [field.name for field in fields(Scenario) if field.name not in expected]
    for scenario in SCENARIOS.values():
        differs = any(getattr(scenario, fault) != getattr(healthy, fault) for fault in faults)
        assert differs == (scenario is not healthy), scenario.name


def test_no_two_scenarios_have_the_same_name():
    assert sum(len(scenarios) for scenarios in GROUPS.values()) == len(SCENARIOS)


def test_no_secret_of_a_scenario_is_the_right_one():
    for scenario in SCENARIOS.values():
        secrets = scenario.secrets_from(HEALTHY, KEPT)
        assert all(secrets.get(name) != HEALTHY.get(name) for name in scenario.secrets), scenario.name


def test_removed_secrets_are_gone():
    left = SCENARIOS["aws-credentials-missing"].secrets_from(HEALTHY)
    assert set(HEALTHY) - set(left) == {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}


@pytest.mark.parametrize("name", ["openai-key-invalid", "aws-signature-mismatch", "function-key-wrong"])
def test_wrong_secret_keeps_its_form(name):
    scenario = SCENARIOS[name]
    secrets = scenario.secrets_from(HEALTHY)
    for changed in scenario.secrets:
        assert secrets[changed] != HEALTHY[changed]
        assert (len(secrets[changed]), secrets[changed][:8]) == (len(HEALTHY[changed]), HEALTHY[changed][:8])


def test_wrong_twin_of_a_jwt_keeps_its_claims():
    key = HEALTHY["SERVICE_ROLE_KEY"]
    assert wrong_twin(key).split(".")[:2] == key.split(".")[:2]


@pytest.mark.parametrize(
    ("part", "faults"),
    [
        ("openai", OpenAIFaults),
        ("gemini", GeminiFaults),
        ("openrouter", RouterFaults),
        ("aws", AwsFaults),
        ("photos", PhotoFaults),
    ],
)
def test_stand_ins_understand_the_faults_of_every_scenario(part, faults):
    given = [scenario.faults[part] for scenario in SCENARIOS.values() if part in scenario.faults]
    assert given
    for each in given:
        faults.model_validate(each)


@pytest.mark.parametrize(("alias", "name"), ALIASES.items())
def test_another_name_leads_to_the_same_scenario(alias, name):
    assert alias not in SCENARIOS
    assert find(alias) is SCENARIOS[name]


def test_scenario_that_changes_rows_can_take_it_back():
    for scenario in SCENARIOS.values():
        assert bool(scenario.enter) == bool(scenario.leave)


def test_only_accepted_calls_of_one_provider_count_as_paid_twice():
    counters = Counters()
    counters.attempted("openai")
    counters.accepted("openai", "a")
    counters.accepted("aws", "a")
    counters.accepted("openai", None)
    counters.accepted("openai", None)
    assert counters.twice == 0
    counters.accepted("aws", "a")
    counters.function_called("analyze-image")
    calls = {"function": 1, "openai": 1, "openai_accepted": 3, "aws": 0, "aws_accepted": 2}
    assert calls.items() <= counters.calls.items()
    assert counters.twice == 1
    counters.reset()
    assert (set(counters.calls.values()), counters.twice) == ({0}, 0)
