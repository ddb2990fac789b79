"""The logs table: what a query finds, and what it is told."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from diag.sandbox.log_query import QueryError, run
from diag.sandbox.logbook import Logbook


@pytest.fixture
def book() -> Logbook:
    found = Logbook(delay=0)
    for number, status in enumerate((200, 500, 503)):
        attributes = {"response.status_code": status, "execution_id": f"worker-{number % 2}"}
        found.write("function_edge_logs", f"POST | {status}", "INFO", attributes)
    found.write("function_logs", "it's \\ broken\nhere", "ERROR", {"event_type": "Log", "function_id": "f"})
    return found


def ask(book: Logbook, sql: str) -> list[dict[str, Any]]:
    now = time.time()
    return run(book, sql, now - 60, now + 60)


def test_the_documented_shape_of_a_query_works(book: Logbook) -> None:
    found = ask(
        book,
        """
        -- somebody: calls of one function
        select toUnixTimestamp64Milli(timestamp) as ts_ms, event_message,
               toInt32OrZero(log_attributes['response.status_code']) as status,
               log_attributes['no such key'] as nothing
        from logs
        where source = 'function_edge_logs' and log_attributes['execution_id'] = 'worker-0'
        order by timestamp desc limit 50""",
    )
    assert [row["status"] for row in found] == [503, 200]
    assert {row["nothing"] for row in found} == {""}
    assert abs(found[0]["ts_ms"] / 1000 - time.time()) < 60


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ("event_message ilike '%BROKEN%'", 1),
        ("event_message = 'it''s \\\\ broken\nhere'", 1),
        ("match(event_message, '50[03]')", 2),
        ("positionCaseInsensitive(event_message, 'post') = 1", 3),
        ("log_attributes['response.status_code'] in ('500', '503')", 2),
        ("mapContains(log_attributes, 'event_type')", 1),
        ("timestamp > now() - interval 1 hour", 4),
        ("timestamp > now() + interval 1 hour", 0),
        ("timestamp >= toDateTime64('2020-01-01T00:00:00', 3)", 4),
        ("timestamp < '2020-01-01 00:00:00'", 0),
        ("severity_text = 'ERROR' or source = 'nowhere'", 1),
    ],
)
def test_conditions_in_clickhouses_words_are_understood(book: Logbook, condition: str, count: int) -> None:
    assert ask(book, f"select count() as n from logs where {condition}") == [{"n": count}]


def test_rows_can_be_grouped(book: Logbook) -> None:
    found = ask(
        book, "select source, count() as n, countIf(severity_text = 'ERROR') e from logs group by source order by n"
    )
    assert found == [{"source": "function_logs", "n": 1, "e": 1}, {"source": "function_edge_logs", "n": 3, "e": 0}]


def test_attributes_are_texts_and_times_have_no_zone(book: Logbook) -> None:
    [row] = ask(book, "select timestamp, log_attributes from logs where event_message = 'POST | 500'")
    assert row["log_attributes"] == {"response.status_code": "500", "execution_id": "worker-1"}
    assert len(row["timestamp"]) == len("2026-06-22T09:34:06.215000")


@pytest.mark.parametrize(
    ("sql", "complaint"),
    [
        ("select * from logs", "Wildcards"),
        ("select count(*) from logs", "Wildcards"),
        ("select id from function_logs", "does not exist"),
        ("select id from entries", "does not exist"),
        ("select id from system.logs", "does not exist"),
        ("select nothing from logs", "no such column"),
        ("select noSuchFunction(id) from logs", "no such function"),
        ("select id from logs where timestamp > now() - interval 1 fortnight", "nterval|rror"),
        ("delete from logs", "single SELECT"),
        ("drop table entries", "single SELECT"),
        ("select id from logs; select id from logs", "single SELECT"),
        ("select from where", "rror"),
    ],
)
def test_what_the_endpoint_does_not_take_is_said(book: Logbook, sql: str, complaint: str) -> None:
    with pytest.raises(QueryError, match=complaint):
        ask(book, sql)
    assert ask(book, "select count() as n from logs") == [{"n": 4}]


def test_at_most_a_thousand_rows_come_back(book: Logbook) -> None:
    for _ in range(1100):
        book.write("edge_logs", "x", "INFO", {})
    assert len(ask(book, "select id from logs limit 5000")) == 1000


def test_what_is_outside_the_window_or_still_on_its_way_is_not_found(book: Logbook) -> None:
    now = time.time()
    assert run(book, "select id from logs", now - 7200, now - 3600) == []
    book.delay = 60
    assert ask(book, "select id from logs") == []


def test_a_function_that_talks_too_much_is_not_heard_in_full() -> None:
    book = Logbook(delay=0)
    for number in range(130):
        book.write("function_logs", "y" * 20_000, "INFO", {"function_id": "f", "number": number})
    found = ask(book, "select event_message from logs")
    assert len(found) == 100
    assert {len(row["event_message"]) for row in found} == {10_000}


def test_the_oldest_rows_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diag.sandbox.logbook._MOST_ROWS", 1000)
    book = Logbook(delay=0)
    for number in range(3000):
        book.write("edge_logs", json.dumps(number), "INFO", {})
    found = ask(book, "select min(toInt32OrZero(event_message)) as first, count() as n from logs")
    assert found == [{"first": 2000, "n": 1000}]
