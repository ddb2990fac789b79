"""A backfill run as text: what was done, what failed and why, what is left and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from shlex import quote

from rich.text import Text

from diag.backfill import BackfillResult, Plan
from diag.catalogue import SIGNATURES, remedies
from diag.diagnosis import Remedy
from diag.errors import ExitCode
from diag.report.terminal import Paper, money
from diag.rows.command import look_at

NO_RUN = "none"
"""Stands for the run's name where there was nothing to do."""
_MOST = 10
_RESUME = "run the same command again: it goes on where this one stopped, and calls no row twice that is done"


def plan_text(plan: Plan, function: str, *, gated: bool) -> str:
    """What would be done and what it would cost, in one sentence or two."""
    known = f" ({plan.refused:,} more are known to fail on their own account)" if plan.refused else ""
    gate = "preflight and canary calls decide first whether it starts; " if gated else ""
    return (
        f"{plan.rows:,} rows to call {function} for{known}: {gate}"
        f"about {duration(plan.seconds)} and about {money(plan.cost_usd)} (both estimated)"
    )


def duration(seconds: float) -> str:
    """A length of time for people: ``40 s``, ``12 min``, ``3 h 20 min``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def render(result: BackfillResult, paper: Paper, verbosity: int = 0, context: dict[str, str] | None = None) -> Text:
    """The whole summary; ``verbosity`` -1 is one line."""
    head = _head(result, paper)
    if verbosity < 0:
        return head
    lines = [head, *_facts(result, paper), *_failures(result, paper), *_mend(result, paper, context or {})]
    return Text("\n").join(lines)


def _head(result: BackfillResult, paper: Paper) -> Text:
    word, style = _word(result)
    return Text(word, style) + Text(paper.words(f": {_sentence(result)}"))


def _word(result: BackfillResult) -> tuple[str, str]:
    if result.exit_code is ExitCode.UNHEALTHY:
        return "NOT STARTED", "bold red"
    if result.stopped is not None:
        return ("INTERRUPTED" if result.stopped.reason == "interrupted" else "STOPPED"), "bold yellow"
    if result.finished:
        return "FINISHED", "bold green" if not result.failed else "bold yellow"
    return "DONE", "bold green" if not result.failed else "bold yellow"


def _sentence(result: BackfillResult) -> str:
    if result.stopped is not None and result.stopped.why:
        return result.stopped.why
    if result.finished and not result.remaining:
        return "no row is left without a result"
    if result.finished:
        return f"no row is left but {result.refused:,} that fail on their own account"
    if result.remaining is None:
        return "how many rows are left could not be counted"
    return f"{result.remaining:,} rows are still without a result"


def _facts(result: BackfillResult, paper: Paper) -> Iterator[Text]:
    if result.gate.decision != "none":
        yield paper.fact("gate", f"{result.gate.decision}: {result.gate.why}")
    if result.attempted:
        rows = f"{result.succeeded:,} done, {result.failed:,} failed"
        yield paper.fact("rows", f"{rows} of {result.pending:,} that were pending" + _skipped(result))
    if result.run == NO_RUN:
        return
    took = duration(result.duration_ms / 1000)
    of_them = f"{result.retries:,} retries, {result.wasted:,} for nothing"
    yield paper.fact(
        "calls", f"{result.calls:,} in {took} ({of_them}); about {money(result.cost_usd)} spent (estimated)"
    )
    if result.unresolved:
        cut = f"{result.unresolved:,} calls were cut off and may have been paid for; the next run looks for their"
        yield paper.fact("", f"{cut} results before it calls again")
    if result.stopped is not None and result.remaining is not None:
        yield paper.fact("left", f"{result.remaining:,} rows are still without a result")
    if result.queue is not None and result.stopped is None:
        yield paper.fact("queued", f"{result.queued:,} rows on {result.queue}; they wait for workers:")
        yield paper.fact("", f"nukediag worker --queue {quote(result.queue)}")
    yield paper.fact("run", result.run)


def _skipped(result: BackfillResult) -> str:
    if not result.skipped:
        return ""
    return f"; {result.skipped:,} skipped, an earlier run found them bad (--retry-failed calls them again)"


def _failures(result: BackfillResult, paper: Paper) -> Iterator[Text]:
    if not result.signatures:
        return
    yield Text("")
    for seen in result.signatures[:_MOST]:
        scope = seen.scope.value if seen.scope else "-"
        known = f"  {seen.count:>6,}  {paper.words(seen.signature):<32} {scope:<10} "
        yield Text(known) + Text(paper.words(f"e.g. {seen.example}") if seen.example else "", "dim")
    if len(result.signatures) > _MOST:
        yield Text(f"         and {len(result.signatures) - _MOST} more kinds")


def _mend(result: BackfillResult, paper: Paper, context: dict[str, str]) -> Iterator[Text]:
    signature = result.stopped.signature if result.stopped else None
    if signature:
        title, mends = _known(result, signature, context)
        yield Text("")
        yield paper.fact("cause", f"{signature}: {title}")
        yield from paper.remedies(mends)
    if result.stopped is not None:
        gated = result.exit_code is ExitCode.UNHEALTHY
        yield paper.fact("next", "mend it, then run the same command again" if gated else _RESUME)
    elif example := next((seen.example for seen in result.signatures if result.failed and seen.example), None):
        yield paper.fact("next", f"look at one of them: {look_at(example)}")


def _known(result: BackfillResult, signature: str, context: dict[str, str]) -> tuple[str, Sequence[Remedy]]:
    """Title and remedies: as the run met it (it may be a signature of the user's own), else the catalogue's."""
    met = next((seen for seen in result.signatures if seen.signature == signature and seen.title), None)
    if met is not None:
        return met.title, met.remedies
    return SIGNATURES[signature].title if signature in SIGNATURES else signature, remedies(signature, context)
