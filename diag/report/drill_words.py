"""What the report card says of each weakness, and how it quotes an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from diag.sandbox.drill.model import Shot, Weakness
from diag.secret import redact

WHAT: Final[Mapping[Weakness, str]] = {
    Weakness.CLAIMS_SUCCESS: "it answered that all went well",
    Weakness.HIDES_CAUSE: "nobody can tell the cause from its answer",
    Weakness.HANGS: "it did not answer in time",
    Weakness.STORES_FAILURE: "the database now says that the row is analysed",
    Weakness.PAYS_FOR_NOTHING: "it paid for an analysis that it could not save",
    Weakness.LEAKS_SECRET: "its answer carries a piece of a secret",
}
"""Weakness -> what is wrong."""

MEND: Final[Mapping[Weakness, str]] = {
    Weakness.CLAIMS_SUCCESS: (
        'Let the error end the call: no catch that goes on with an empty result; answer 500 {"error": message}, or '
        '{"success": false, "error": message} with what is there.'
    ),
    Weakness.HIDES_CAUSE: (
        "Pass on what the failed service said: its status, its error code and its message. Check `response.ok` of "
        "every fetch, `error` of every supabase-js call, and each variable from Deno.env before it is used."
    ),
    Weakness.HANGS: (
        "Give every outgoing call a deadline well under the platform's 150 s, such as "
        "`signal: AbortSignal.timeout(60_000)`, and answer with an error when it passes."
    ),
    Weakness.STORES_FAILURE: (
        "Write results, status and scan time only after all of the analysis is there; write a failure as failed, so "
        "that the next run takes the row up again."
    ),
    Weakness.PAYS_FOR_NOTHING: (
        "Ask the database first (a select of the row costs nothing): if that fails, the paid calls need not be made."
    ),
    Weakness.LEAKS_SECRET: (
        "Take that field out of the answer, and change the secret if the function ever ran in production like this. "
        "To see which key is in use, compare its SHA-256 instead."
    ),
}
"""Weakness -> how to mend it."""

_LONGEST = 300  # characters of a body


def excerpt(shot: Shot) -> str:
    """The answer's body on one line, cut and without any piece of a secret."""
    answer = shot.answer
    body = answer.body if isinstance(answer.body, str) else answer.body.decode(errors="replace")
    for leak in shot.leaks:  # longest first
        body = body.replace(leak.piece, "…")
    line = " ".join(redact(body or answer.failure_text).split())
    return line if len(line) <= _LONGEST else line[:_LONGEST] + " …"
