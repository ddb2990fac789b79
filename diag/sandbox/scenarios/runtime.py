"""Scenarios in which the function's worker is at fault."""

from typing import Final

from diag.sandbox.scenarios.model import Scenario

SCENARIOS: Final[tuple[Scenario, ...]] = (
    Scenario("boot-error", "The function does not start", "runtime.boot-error", code="boot-error"),
    Scenario(
        "bundle-missing", "The function's bundle was lost in a deployment", "runtime.load-error", code="no-such-bundle"
    ),
    Scenario(
        "load-error",
        "The platform cannot load the function",
        "runtime.load-error",
        faults={"gateway": {"refusal": "LOAD_FUNCTION_ERROR"}},
    ),
    Scenario(
        "worker-memory", "The function uses more memory than it may", "runtime.worker-limit", code="worker-memory"
    ),
    Scenario("worker-cpu", "The function computes longer than it may", "runtime.worker-limit", code="worker-cpu"),
    Scenario(
        "idle-timeout",
        "The function answers too late, and works on unseen",
        "runtime.idle-timeout",
        most_paid=12,
        code="slow",
        faults={"gateway": {"idle_timeout": 0.5}},
    ),
    Scenario(
        "worker-retired",
        "The worker's time is over while it still works, and the request is cancelled under it",
        "runtime.worker-retired",
        code="slow",
        faults={"gateway": {"wall_clock": 0.5}},
    ),
    Scenario(
        "worker-error",
        "An exception outside the handler ends the worker",
        "runtime.uncaught-exception",
        code="worker-error",
    ),
    Scenario("handler-error", "The handler throws", "runtime.uncaught-exception", code="handler-error"),
    Scenario(
        "invalid-status",
        "The function answers with a status that HTTP does not know",
        "runtime.invalid-status",
        code="invalid-status",
    ),
    Scenario(
        "stale-worker",
        "The OpenAI key was mended, and the warm worker still has the old one",
        "openai.key-invalid",
        faults={"gateway": {"stale": frozenset({"OPENAI_API_KEY"})}},
    ),
    Scenario(
        "cold-starts",
        "Every call starts a new worker",
        "function.ok",
        (0,),
        most_paid=None,
        faults={"gateway": {"cold_starts": True}},
    ),
)
