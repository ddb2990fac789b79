from __future__ import annotations

import pytest

from diag.verify import Standing, Verification
from diag.verify.limits import requests_per_second, seconds


def revealing(limit: str, remaining: str, reset: str) -> Verification:
    words = {"limit": limit, "remaining": remaining, "reset": reset}
    limits = {f"x-ratelimit-{word}-requests": value for word, value in words.items()}
    return Verification("openai", ("OPENAI_API_KEY",), "POST", Standing.VALID, limits=limits)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("120ms", 0.12), ("8.64s", 8.64), ("6m0s", 360), ("1h2m3.5s", 3723.5), ("0.000s", 0), ("soon", None), ("", None)],
)
def test_a_reset_is_read_in_seconds(text: str, expected: float | None) -> None:
    assert seconds(text) == (None if expected is None else pytest.approx(expected))


def test_a_limit_per_minute_becomes_a_rate() -> None:
    assert requests_per_second([revealing("600", "599", "100ms")]) == pytest.approx(10)
    assert requests_per_second([revealing("600", "600", "0s")]) == pytest.approx(10)


def test_an_allowance_per_day_is_no_rate() -> None:
    assert requests_per_second([revealing("10000", "9999", "8.64s")]) is None


def test_the_lowest_limit_counts_and_what_is_no_number_does_not() -> None:
    asked = [revealing("600", "1", "59.9s"), revealing("60", "59", "1s"), revealing("many", "some", "soon")]
    assert requests_per_second(asked) == pytest.approx(1)
    assert requests_per_second([revealing("", "", "")]) is None
