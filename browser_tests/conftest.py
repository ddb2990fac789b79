"""Without a browser these tests fail, and say what to do: they are run where somebody asks for them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from chromium import program

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "report"))


def pytest_sessionstart() -> None:
    """Say at once what is missing."""
    try:
        program()
    except LookupError as error:
        pytest.exit(str(error), returncode=2)
