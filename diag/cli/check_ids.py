"""The ids of preflight's checks, for shells that complete them: the registry itself takes half a second to import.
A test keeps the two alike."""

from __future__ import annotations

GROUPS = ("settings", "project", "function", "data", "secrets", "verify", "call")
CHECKS = (
    "settings.url",
    "settings.key",
    "settings.values",
    "settings.token",
    "project.reachable",
    "project.token",
    "project.active",
    "function.deployed",
    "function.jwt",
    "function.boots",
    "data.table",
    "data.results",
    "data.visible",
    "data.pending",
    "data.pictures",
    "secrets.copies",
    "secrets.code",
    "verify.openai",
    "verify.aws",
    "call.test",
)
