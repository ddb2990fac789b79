"""How a table and its latest backfill stand, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rich.text import Text

from diag.backfill.runs import PastRun
from diag.backfill.standing import Standing
from diag.fleet.state import QueueState
from diag.report.backfill_text import duration
from diag.report.page.words import clock, share
from diag.report.queue_text import queues_text
from diag.report.terminal import Paper, money

_MOST = 5
_PHASES = {
    "begun": ("STARTING", "bold blue"),
    "gate": ("ASKING THE GATE", "bold blue"),
    "running": ("RUNNING", "bold blue"),
    "paused": ("PAUSED", "bold yellow"),
    "resting": ("RESTING", "bold yellow"),
    "stopping": ("STOPPING", "bold yellow"),
}
_STALE = 15.0  # seconds without a sign after which one should know


def render(standing: Standing, paper: Paper, now: float, verbosity: int = 0, queues: Sequence[QueueState] = ()) -> Text:
    """The whole status; ``verbosity`` -1 is one line. ``now``: seconds since 1970."""
    if verbosity < 0:
        return _head(standing, replace(paper, width=None), now) + Text(paper.words(f"; {line(standing)}"))
    head = _head(standing, paper, now)
    shared = [Text(line) for line in queues_text(queues, paper)]
    return Text("\n").join(
        [head, *_rows(standing, paper), *_facts(standing, paper, now), *_met(standing, paper), *shared]
    )


def line(standing: Standing) -> str:
    """The figures in one line: ``812 done · 1,922 pending · 3.2/s · 97 % good · about $17.05 · 10 min left``."""
    counts, run, pace, left = standing.counts, standing.run, standing.pace, standing.seconds_left
    parts = [f"{counts.done:,} done", f"{counts.pending:,} pending"] if counts.pending is not None else [counts.message]
    if pace:
        parts.append(f"{pace.rate:.1f}/s")
    if run and run.attempted and standing.state == "running":
        parts += [f"{share(run.succeeded / run.attempted)} good", f"about {money(run.cost_usd)}"]
    if left is not None and standing.state == "running":
        parts.append(f"{duration(left)} left")
    return " · ".join(parts)


def _head(standing: Standing, paper: Paper, now: float) -> Text:
    word, style, told = _word(standing, now)
    return Text(word, style) + Text(": " + "\n".join(paper.lines(told, len(word) + 2)))


def _word(standing: Standing, now: float) -> tuple[str, str, str]:
    run = standing.run
    if standing.trouble:
        return "UNKNOWN", "bold magenta", f"{standing.trouble.message}; {standing.trouble.remedy}"
    if run is None:
        return "IDLE", "bold", f"no backfill of {standing.table} has run from here"
    if standing.state == "running":
        word, style = _PHASES.get(run.phase, _PHASES["running"])
        quiet = now - (run.seen_at or run.started_at)
        stale = f"; it was last heard of {duration(quiet)} ago" if quiet > _STALE else ""
        return word, style, f"for {duration(now - run.started_at)}, process {run.process}{stale}"
    if standing.state == "killed":
        when = clock(run.seen_at or run.started_at)
        return "KILLED", "bold red", f"the last run went away at {when}; the same command goes on where it was"
    if run.stopped:
        why = run.stopped.why or run.stopped.reason
        return "STOPPED", "bold yellow", f"{why}, at {clock(run.ended_at or run.started_at)}"
    done = standing.left == 0
    return "FINISHED" if done else "IDLE", "bold green" if done else "bold", f"the last run ended at {_ended(run)}"


def _ended(run: PastRun) -> str:
    return f"{clock(run.ended_at or run.started_at)} with {run.succeeded:,} rows done and {run.failed:,} failed"


def _rows(standing: Standing, paper: Paper) -> Iterator[Text]:
    counts = standing.counts
    if counts.problem:
        yield paper.fact("rows", f"could not be counted: {counts.message}")
        yield paper.fact("cause", f"{counts.problem.signature}: {counts.problem.title}")
        yield from paper.remedies(counts.problem.remedies)
    elif not counts.seen:
        yield paper.fact("rows", f"none of {standing.table} is visible to this key, so nothing can be said of them")
    else:
        refused = f" ({standing.refused:,} known to be bad themselves)" if standing.refused else ""
        yield paper.fact("rows", f"{counts.done:,} done, {counts.pending:,} pending{refused}")


def _facts(standing: Standing, paper: Paper, now: float) -> Iterator[Text]:
    run, pace, left = standing.run, standing.pace, standing.seconds_left
    if run is None:
        return
    if pace:
        until = f"; about {duration(left)} left, until {clock(now + left)}" if left else ""
        yield paper.fact("rate", f"{pace.rate:.3g} rows/s over the last {duration(pace.seconds)}{until}")
    if run.attempted:
        lately = pace.success_rate if pace else None
        recent = f"; {share(lately)} lately, leaving out rows' own faults" if lately is not None else ""
        rate = share(run.succeeded / run.attempted)
        yield paper.fact("success", f"{rate} of {run.attempted:,} rows attempted{recent}")
    wasted = f", {run.wasted:,} of them for nothing" if run.wasted else ""
    yield paper.fact("cost", f"about {money(run.cost_usd)} for {run.calls:,} calls{wasted} (estimated)")
    yield paper.fact("run", f"{run.id}; nukediag report makes a page of it")


def _met(standing: Standing, paper: Paper) -> Iterator[Text]:
    shown = standing.signatures[:_MOST]
    widest = max((len(seen.signature) for seen in shown), default=0)
    for seen in shown:
        scope = seen.scope.value if seen.scope else "-"
        known = f"  {seen.count:>6,}  {paper.words(seen.signature):<{widest}}  {scope:<9}  "
        yield Text(known) + Text(paper.words(f"e.g. {seen.example}") if seen.example else "", "dim")
    if len(standing.signatures) > _MOST:
        yield Text(f"         and {len(standing.signatures) - _MOST} more kinds")
    signature = standing.run.stopped.signature if standing.run and standing.run.stopped else None
    if signature:
        yield paper.fact("cause", f"{signature}: nukediag explain {signature} says how to mend it")
