"""Mutants that no test can notice, or that need none: (file, what the line became) -> why."""

from __future__ import annotations

from collections.abc import Mapping

EQUIVALENT: Mapping[tuple[str, str], str] = {}
