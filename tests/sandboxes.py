"""What tests of every area need to know about a running sandbox."""

from __future__ import annotations

from diag.sandbox.state import Sandbox


def settings_of(sandbox: Sandbox) -> dict[str, str]:
    """The settings in a sandbox's env file."""
    return dict(line.split("=", 1) for line in sandbox.env_file.read_text().splitlines())


BASIC_SCENARIOS = (
    "healthy",
    "openai-key-missing",
    "openai-key-invalid",
    "openai-quota-exhausted",
    "aws-credentials-missing",
    "aws-signature-mismatch",
    "function-key-wrong",
    "paused",
    "cached",
    "partial",
    "dead-images",
    "flaky",
    "not-deployed",
    "anon-key",
)
"""One of each kind, for tests that run whole processes; ``tests/scenarios`` runs all of them."""
