"""How long an answer asks to wait."""

import pytest

from diag.catalogue import classify
from diag.catalogue.waits import said
from diag.diagnosis import Answer


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Please try again in 1.2s.", 1.2),
        ("Please try again in 644ms.", 0.644),
        ("Please try again in 7m12s.", 432.0),
        ("Please retry after 26 seconds.", 26.0),
        ('"retryDelay": "34s"', 34.0),
        ("retryAfterMs: 1500", 1.5),
        ("Please wait 2 minutes", 120.0),
        ("no number here, try again later", None),
        ("try again in 99999 days", None),
    ],
)
def test_waits_are_read_from_the_text(text: str, seconds: float | None) -> None:
    assert said(text) == (pytest.approx(seconds) if seconds is not None else None)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:30 GMT", "Date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 30.0),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:30 GMT"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
    ],
)
def test_waits_are_read_from_the_headers(headers: dict[str, str], seconds: float | None) -> None:
    assert classify(Answer(status=429, headers=headers, body="slow down")).retry_after == seconds
