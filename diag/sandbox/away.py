"""A database that is away, in PostgREST's words: Supabase Lite has others, and some for its own end.

Codes and statuses: PostgREST's guide to its errors, "Group 0 - Connection" and "HTTP status codes".
"""

from __future__ import annotations

import json
import re
from typing import Final, NamedTuple

from aiohttp import web


class Away(NamedTuple):
    """An answer of PostgREST that is about its database, not about the request."""

    code: str
    message: str
    status: int = 503

    def response(self) -> web.Response:
        """For the caller; the code stands in a header too, which is all that a HEAD request gets to see of it."""
        body = {"code": self.code, "details": None, "hint": None, "message": self.message}
        return web.json_response(body, status=self.status, headers={"proxy-status": f"PostgREST; error={self.code}"})


REFUSED: Final = Away("PGRST000", "Database connection error. Retrying.")
LOST: Final = Away("PGRST001", "Database client error. Retrying the connection.")
NO_SCHEMA: Final = Away("PGRST002", "Could not query the database for the schema cache. Retrying.")
ENDED: Final = Away("57P01", "terminating connection due to administrator command")
CRASHED: Final = Away("57P02", "terminating connection because of crash of another server process", 500)

_WORDS: Final = (
    (ENDED, re.compile(r"due to administrator command")),
    (CRASHED, re.compile(r"because of crash of another server process")),
    (REFUSED, re.compile(r"ECONNREFUSED|CONNECT_TIMEOUT|ETIMEDOUT|the database system is (?!.*read)")),
    (LOST, re.compile(r"ECONNRESET|EPIPE|CONNECTION_(?:CLOSED|ENDED|DESTROYED)|socket (?:has been ended|hang up)")),
    (LOST, re.compile(r"[Cc]onnection (?:terminated|closed|ended)|\(reading '(?:write|destroy|end)'\)")),
)
_CODES: Final = (
    (ENDED, re.compile("57P01")),
    (CRASHED, re.compile("57P02")),
    (REFUSED, re.compile("57P03|08...")),
)


def said_away(status: int, body: bytes) -> Away | None:
    """What PostgREST would have said, where Lite says that its database is away; None for every other answer.

    Only errors without a code of the database's own are read for their words: Lite calls them ``SUP``. What a user's
    SQL raises has a code.
    """
    if status < 500:
        return None
    try:
        found = json.loads(body)
        code, message = str(found["code"]), str(found["message"])
    except (ValueError, TypeError, KeyError):
        return None
    table, text = (_WORDS, message) if code == "SUP" else (_CODES, code)
    return next((away for away, pattern in table if pattern.search(text)), None)
