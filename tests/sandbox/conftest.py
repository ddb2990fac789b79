"""What the sandbox's own tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sandbox.stands import Stand, standing


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    """A gateway in front of small functions, with no database behind it."""
    async with standing(tmp_path) as found:
        yield found
