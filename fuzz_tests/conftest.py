"""Where there is no atheris there is nothing to test, which is said. The search by chance is tested with the rest."""

from __future__ import annotations

import pytest

from fuzz import guided


def pytest_sessionstart() -> None:
    """End at once without atheris."""
    if not guided.here():
        pytest.exit("no atheris here: its tests do not run, and make fuzz draws its inputs by chance", returncode=0)
