"""A sandbox with the shared queue installed, and queues of a test's own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from sandboxes import settings_of

from diag.fleet.install import script
from diag.sandbox.state import Sandbox

from .databases import Sql

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def _connection(shared_sandbox: Sandbox) -> Iterator[Sql]:
    sql = Sql(settings_of(shared_sandbox)["DATABASE_URL"])
    yield sql
    sql.connection.close()


@pytest.fixture
def sql(_connection: Sql) -> Sql:
    """The functions, installed, called as their owner."""
    if _connection.one("select to_regprocedure('nukediag.status(text, timestamptz)')") is None:
        _connection.do(script("install"))
    return _connection


@pytest.fixture
def queue() -> str:
    """The name of a queue that nobody else has."""
    return f"cars_{next(_NUMBERS)}"
