"""Fixtures of the backfill's tests."""

import pytest


@pytest.fixture
def journal(tmp_path):
    """Where the journal of a test stands."""
    return tmp_path / "state" / "backfill.sqlite3"
