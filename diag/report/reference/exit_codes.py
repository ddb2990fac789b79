"""Exit codes."""

from __future__ import annotations

from diag.errors import ExitCode
from diag.report.reference.model import Page, Table

MEANINGS = {
    ExitCode.OK: "healthy, or done; warnings are allowed unless `--strict`",
    ExitCode.BUG: "nukediag itself failed: a bug, or a part of the local sandbox that could not be had",
    ExitCode.USAGE: "the command line or a setting is wrong",
    ExitCode.UNHEALTHY: "a required check or the test call failed, or the gate stayed shut: nothing was backfilled",
    ExitCode.DEGRADED: "an answer lacks a part, or there are warnings under `--strict`",
    ExitCode.CANNOT_VOUCH: "nothing failed, but a required check is unknown or skipped, or the answer proves nothing",
    ExitCode.STOPPED: "a backfill started and was stopped early; its journal is written",
    ExitCode.ROWS_FAILED: "a backfill finished, and some rows failed",
    ExitCode.INTERRUPTED: "interrupted; the journal is written",
}


def page() -> Page:
    """What each code means."""
    rows = tuple((str(int(code)), meaning) for code, meaning in sorted(MEANINGS.items()))
    return Page(
        "Exit codes",
        (
            "The same in every output format.",
            Table(("code", "meaning"), rows),
            "Where several apply to a preflight, the order is 1, 3, 5, 4, 0. A backfill starts after 0 alone; behind a "
            "shut gate it ends with 3, whatever shut it.",
            "In a script: `nukediag preflight -q || exit $?`. A script that only wants to know whether something is "
            "broken looks for 3; one that spends money on the answer looks for 0.",
        ),
    )
