"""``nukediag backfill``: the function for every row without a result, if that is worth it."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from diag.cli.check_options import gate_options
from diag.cli.formats import REPORTS
from diag.cli.options import Session, project_options
from diag.errors import UsageError

if TYPE_CHECKING:
    from diag.preflight.wishes import Wishes

_EPILOG = """\b
Examples:
  nukediag backfill --if-healthy              preflight, canary calls, then every pending row
  nukediag backfill --if-healthy --dry-run    what it would do and cost; calls nothing
  nukediag backfill --limit 50 --yes          fifty rows, no question asked
  nukediag backfill --if-healthy --max-cost 10
  nukediag backfill --if-healthy --allow data.pictures --wait 5m
                                              what preflight may find amiss, and how long it may look again
  nukediag backfill --if-healthy --queue photos
                                              the gate here, the rows for any number of nukediag workers
  nukediag backfill --if-healthy -- node scripts/backfill-all-images.js 10 1000
                                              the same gate for your own script, then watch over it

\b
Exit codes: 0 done · 3 the gate stayed shut, nothing was backfilled · 6 stopped early
  7 finished, some rows failed · 130 interrupted; run it again to go on
"""


class Concurrency(click.ParamType[int]):
    """A number of calls, or ``auto``."""

    name = "N|auto"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """0 for ``auto``."""
        if value == "auto":
            return 0
        number: int = click.IntRange(min=1).convert(value, param, ctx)
        return number


@click.command(epilog=_EPILOG)
@click.option("--if-healthy", is_flag=True, help="Only if preflight and a few canary calls say that it is worth it.")
@click.option(
    "--fallback",
    is_flag=True,
    help="With --if-healthy: where only AWS is at fault, go on with the function without it.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be done and what it would cost; call nothing.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask before spending.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Attempt at most N rows.")
@click.option("--concurrency", type=Concurrency(), default=None, help="Calls in flight at most.")
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), metavar="N", help="A known limit, calls/second.")
@click.option("--max-calls", type=click.IntRange(min=1), metavar="N", help="Stop after N paid calls.")
@click.option("--max-cost", type=click.FloatRange(min=0), metavar="USD", help="Stop before more is spent (estimated).")
@click.option("--max-duration", type=click.FloatRange(min=0), metavar="SECONDS", help="Start nothing after so long.")
@click.option("--passes", type=click.IntRange(min=1), metavar="N", help="Walks over pending rows.  [default: 2]")
@click.option("--retry-failed", is_flag=True, help="Also rows that an earlier run found bad.")
@click.option("--repair", is_flag=True, help="Instead: finished rows with nothing behind their mark, analysed anew.")
@click.option("--accept-rate", type=click.FloatRange(0.05, 0.99), metavar="RATE", help="Be content with this rate.")
@click.option("--accept-degraded", is_flag=True, help="Mark rows of degraded answers that saved something.")
@click.option("--force", is_flag=True, help="No gate, whatever the state of the project; recorded in the journal.")
@click.option("--queue", metavar="NAME", help="Open the gate, then leave the rows to the workers on this queue.")
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[-- CMD [ARG]...]")
@gate_options
@partial(project_options, formats=REPORTS)
def command(
    session: Session,
    *,
    dry_run: bool,
    yes: bool,
    queue: str | None,
    words: tuple[str, ...],
    wishes: Wishes,
    **own: Any,
) -> int:
    """Call the function for every row without a result.

    A row is done when its results are in the database; only then is it marked. Everything is journalled, so that a
    run that is stopped or killed at any moment goes on where it was.

    With -- CMD somebody else's backfill runs instead, behind the same gate: its output is read, what it writes is
    looked at in the database, and it is stopped as soon as going on is waste.
    """
    if not (yes or dry_run or (sys.stdin.isatty() and sys.stderr.isatty())):
        raise UsageError("a backfill spends money, and nobody can be asked here", "add --yes, or --dry-run to look")
    from diag.cli.backfilling import backfilled, shown

    return shown(session, backfilled(session, own, wishes, words, queue, dry_run=dry_run, ask=not yes))
