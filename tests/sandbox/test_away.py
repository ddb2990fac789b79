"""What the data API says about a database that is away: PostgREST's words, whatever Supabase Lite's are."""

import json

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from diag.sandbox.away import CRASHED, ENDED, LOST, NO_SCHEMA, REFUSED, Away, said_away


def lite(message: str, code: str = "SUP") -> bytes:
    return json.dumps({"code": code, "details": None, "hint": None, "message": message}).encode()


# Seen from Lite 0.10.0 while its Postgres was shut down, crashed and started again.
@pytest.mark.parametrize(
    ("message", "away"),
    [
        ("Error: connect ECONNREFUSED 127.0.0.1:23185", REFUSED),
        ("Error: write CONNECT_TIMEOUT 127.0.0.1:23185", REFUSED),
        ("PostgresError: the database system is starting up", REFUSED),
        ("PostgresError: the database system is shutting down", REFUSED),
        ("PostgresError: the database system is in recovery mode", REFUSED),
        ("PostgresError: the database system is not yet accepting connections", REFUSED),
        ("PostgresError: terminating connection due to administrator command", ENDED),
        ("PostgresError: terminating connection because of crash of another server process", CRASHED),
        ("Error: read ECONNRESET", LOST),
        ("Error: write EPIPE", LOST),
        ("Error: write CONNECTION_CLOSED 127.0.0.1:23506", LOST),
        ("Error: This socket has been ended by the other party", LOST),
        ("Error: Connection terminated unexpectedly", LOST),
        ("TypeError: Cannot read properties of null (reading 'write')", LOST),
    ],
)
def test_lites_words_for_a_database_that_is_away_become_postgrests(message: str, away: Away) -> None:
    assert said_away(500, lite(message)) == away


@pytest.mark.parametrize(
    ("code", "away"), [("57P01", ENDED), ("57P02", CRASHED), ("57P03", REFUSED), ("08006", REFUSED), ("08P01", REFUSED)]
)
def test_postgres_own_codes_for_it_are_known_too(code: str, away: Away) -> None:
    assert said_away(500, lite("in any language", code)) == away


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, lite("canceling statement due to statement timeout", "57014")),
        (500, lite("connect ECONNREFUSED 127.0.0.1:1", "P0001")),
        (500, lite("TypeError: Cannot read properties of null (reading 'id')")),
        (400, lite("Error: read ECONNRESET")),
        (200, lite("Error: read ECONNRESET")),
        (500, b"Error: read ECONNRESET"),
        (500, b"[]"),
        (500, b'{"message": "Error: read ECONNRESET"}'),
    ],
)
def test_every_other_answer_stays_as_it_is(status: int, body: bytes) -> None:
    assert said_away(status, body) is None


@pytest.mark.parametrize(
    ("away", "status"), [(REFUSED, 503), (LOST, 503), (NO_SCHEMA, 503), (ENDED, 503), (CRASHED, 500)]
)
async def test_the_code_stands_in_the_body_and_for_head_in_a_header(away: Away, status: int) -> None:
    async def answer(request: web.Request) -> web.Response:
        return away.response()

    application = web.Application()
    application.router.add_get("/", answer)
    async with TestClient(TestServer(application)) as client:
        got = await client.get("/")
        assert (got.status, (await got.json())["code"]) == (status, away.code)
        head: aiohttp.ClientResponse = await client.head("/")
        assert head.headers["proxy-status"] == f"PostgREST; error={away.code}"
