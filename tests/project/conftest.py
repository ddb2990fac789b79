from __future__ import annotations

from collections.abc import Iterator

import pytest
import stamina

from diag.project.retrying import ATTEMPTS


@pytest.fixture(autouse=True)
def no_waiting_between_attempts() -> Iterator[None]:
    """Retries happen as often as in earnest, without their pauses."""
    with stamina.set_testing(True, attempts=ATTEMPTS):
        yield
