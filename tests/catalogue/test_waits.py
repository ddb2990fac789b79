"""How long an answer asks to wait."""

import pytest

from diag.catalogue import classify
from diag.catalogue.waits import moment, said
from diag.diagnosis import Answer


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Please try again in 1.2s.", 1.2),
        ("Please try again in 644ms.", 0.644),
        ("Please try again in 7m12s.", 432.0),
        ("Please try again in 1h30m12.5s", 5412.5),
        ("Please retry after 26 seconds.", 26.0),
        ("Retry your request after 10 minutes", 600.0),
        ('"retryDelay": "34s"', 34.0),
        ("Please wait 2 minutes", 120.0),
        ("wait 1 hr 5 mins 3 secs", 3903.0),
        ("wait 2 Hours", 7200.0),
        ("available in 250 milliseconds", 0.25),
        ("your quota resets in 2d", 172800.0),
        ("try again in 20", 20.0),
        ("retry after 30 more seconds", 30.0),
        ("retry after 5-10 seconds", 5.0),
        ("retry after 5 \u017f", 5.0),
        ("retry in 5 hamburgers", 5.0),
    ],
)
def test_waits_are_read_from_the_text(text: str, seconds: float) -> None:
    assert said(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("retryAfterMs: 1500", 1.5),
        ('{"retry_after_ms": 1200}', 1.2),
        ('{"retryAfterMs":"1200"}', 1.2),
        ('{"retry_after": {"milliseconds": 1200}}', 1.2),
        ('{"retry_after_seconds": 7}', 7.0),
        ('{"retry_after": 7.5}', 7.5),
        ('{"retryAfter":12,"code":429}', 12.0),
        ('{"ready":false,"retryIn":5}', 5.0),
        ("retry_after_minutes: 5", 300.0),
    ],
)
def test_the_unit_of_a_wait_may_stand_in_its_name(text: str, seconds: float) -> None:
    assert said(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text",
    [
        "no number here, try again later",
        "attempt 3/5 failed, retrying: 429 Too Many Requests",
        "Please retry. HTTP 429",
        "Please retry after. 429",
        '{"retry_after": null, "code": 429}',
        "retry attempt 2 of 3 failed",
        "waiting for 3 images",
        "Rekognition is not available in region eu-north-1",
        "retry later\n429",
        "retry after 2026-11-23",
        "retry_after: 1732345678",
        "it took 26 seconds",
    ],
)
def test_a_number_that_stands_beside_such_a_word_is_no_wait(text: str) -> None:
    assert said(text) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("try again in 7 days", 604_800.0), ("try again in 7 days 1 second", None), ("try again in 99999 days", None)],
)
def test_nobody_is_made_to_wait_for_more_than_a_week(text: str, seconds: float | None) -> None:
    assert said(text) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:30 GMT", "Date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 30.0),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:30 GMT"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "-0.5"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:30 GMT", "Date": "soon"}, None),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:30 -0000", "Date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 30.0),
        ({"Retry-After": "Wed, 21 Oct 2026 08:28:30 +0100", "Date": "Wed, 21 Oct 2026 07:28:00 -0000"}, 30.0),
        ({"Retry-After": "Wed, 21 Oct 99999999999999999999 07:28:30 GMT"}, None),
        (
            {"Retry-After": "Wed, 21 Oct 2026 07:28:30 +99999999999999999", "Date": "Wed, 21 Oct 2026 07:28:00 GMT"},
            None,
        ),
        ({"retry-after-ms": "soon", "retry-after": "7"}, 7.0),
    ],
)
def test_waits_are_read_from_the_headers(headers: dict[str, str], seconds: float | None) -> None:
    assert classify(Answer(status=429, headers=headers, body="slow down")).retry_after == seconds


@pytest.mark.parametrize(("year", "known"), [("1999", False), ("2000", True), ("2999", True), ("3000", False)])
def test_a_time_that_no_clock_of_today_shows_is_none(year: str, known: bool) -> None:
    assert (moment(f"Wed, 21 Oct {year} 07:28:30 GMT") is not None) is known


@pytest.mark.parametrize("text", [None, "", "soon", "Wed, 21 Oct 2026", "Wed, 41 Oct 2026 07:28:30 GMT"])
def test_what_is_no_date_is_no_time(text: str | None) -> None:
    assert moment(text) is None
