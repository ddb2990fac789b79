"""A preflight as text: problems first, each with what was seen and the command that mends it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rich.text import Text

from diag.preflight import CheckResult, PreflightResult, Status
from diag.report.terminal import Paper, money

_PROBLEMS = (Status.ERROR, Status.FAIL, Status.UNKNOWN, Status.WARN)
_WORDS = {
    Status.PASS: "passed", Status.WARN: "warned", Status.FAIL: "failed", Status.UNKNOWN: "unknown",
    Status.SKIP: "skipped", Status.ERROR: "crashed",
}  # fmt: skip
_STYLES = {"healthy": "bold green", "unhealthy": "bold red", "unknown": "bold magenta"}


def render(result: PreflightResult, paper: Paper, verbosity: int = 0) -> Text:
    """The whole report; ``verbosity`` -1 is one line, 1 shows every check with its evidence."""
    if verbosity < 0:
        return _verdict(result, replace(paper, width=None))
    lines: list[Text | str] = [_title(result, paper)]
    lines += _everything(result, paper) if verbosity else _problems(result, paper)
    lines += ["", _verdict(result, paper), _counts(result, paper)]
    return Text("\n").join(Text(line) if isinstance(line, str) else line for line in lines)


def _title(result: PreflightResult, paper: Paper) -> Text:
    ref = f" ({result.ref})" if result.ref else ""
    return Text(paper.words(f"preflight of {result.url or 'an unknown project'}{ref}"), "bold")


def _problems(result: PreflightResult, paper: Paper) -> list[Text | str]:
    lines: list[Text | str] = []
    for status in _PROBLEMS:
        for one in result.checks:
            if one.status is status:
                lines += ["", *check_lines(one, paper)]
    skips = _skips(result, paper)
    return [*lines, "", *skips] if skips else lines


def _skips(result: PreflightResult, paper: Paper) -> list[Text]:
    """One line for each cause of skips, with all the checks that it kept from running."""
    kept: dict[str, list[str]] = {}
    for one in result.checks:
        if one.status is Status.SKIP:
            kept.setdefault(one.finding.because or "", []).append(one.check.id)
    return [_line("skip", f"because of {cause}: {', '.join(ids)}", paper, "dim") for cause, ids in kept.items()]


def _everything(result: PreflightResult, paper: Paper) -> list[Text | str]:
    lines: list[Text | str] = []
    group = ""
    for one in result.checks:
        if one.check.group != group:
            group = one.check.group
            lines += ["", Text(group, "bold")]
        lines += check_lines(one, paper)
    return lines


def check_lines(result: CheckResult, paper: Paper) -> list[Text | str]:
    """A check: what it claims and how that ended, then the facts."""
    if result.status is Status.SKIP:
        return [_head(result, paper)]
    facts = _good(result, paper) if result.status is Status.PASS else _bad(result, paper)
    return [_head(result, paper), *facts]


def _head(result: CheckResult, paper: Paper) -> Text:
    told = result.check.claim
    if result.status is Status.SKIP:
        return _line("skip", f"{told} (because of {result.finding.because})", paper, "dim")
    if result.status is Status.PASS:
        told += f": {result.finding.summary}"
    return _line(result.status.value, told, paper)


def _line(status: str, told: str, paper: Paper, style: str = "") -> Text:
    mark = paper.mark(status)
    return Text.assemble("  ", mark, " " * max(1, 10 - len(mark.plain)), ("\n".join(paper.lines(told, 12)), style))


def _good(result: CheckResult, paper: Paper) -> Iterator[Text]:
    finding = result.finding
    if finding.detail:
        yield paper.fact("", finding.detail, 4)
    yield from paper.evidence(finding.evidence, 4)
    if finding.source:
        yield paper.fact("from", finding.source, 4)


def _bad(result: CheckResult, paper: Paper) -> Iterator[Text]:
    finding = result.finding
    yield paper.fact("", finding.summary, 4)
    if finding.diagnosis:
        yield paper.cause(finding.diagnosis, 4)
    yield from paper.evidence(result.evidence, 4)
    if finding.detail:
        yield paper.fact("", finding.detail, 4)
    if finding.source:
        yield paper.fact("from", finding.source, 4)
    yield paper.fact("check", result.check.id, 4)
    if result.allowed:
        yield paper.fact("allowed", "this failed; with --allow it counts as a warning", 4)
    yield from paper.remedies(result.remedies, 4)


def _verdict(result: PreflightResult, paper: Paper) -> Text:
    word = result.verdict.upper()
    told = ": " + "\n".join(paper.lines(why(result), len(word) + 2))
    return Text.assemble((word, _STYLES[result.verdict]), told)


def why(result: PreflightResult) -> str:
    """The verdict's reason in one sentence."""
    causes = {one.finding.because or "" for one in result.checks}
    left_out = sorted(cause for cause in causes if cause.startswith("--"))
    if result.root and result.root.finding.because in left_out:
        return f"nothing failed, but checks were left out ({', '.join(left_out)})"
    if result.root:
        cause = f"{result.root.signature}, " if result.root.signature else ""
        return f"{cause}{result.root.finding.summary}"
    if result.verdict == "healthy":
        return "a real call brought a full answer that is saved" if result.outcomes else "every required check passed"
    return "nothing failed, but not everything could be looked at"


def _counts(result: PreflightResult, paper: Paper) -> Text:
    counted = [f"{count} {_WORDS[Status(name)]}" for name, count in result.counts.items() if count]
    cost = f"; at most about {money(result.cost_usd)} spent" if result.cost_usd else ""
    told = f"{', '.join(counted)} in {result.duration_ms / 1000:.1f} s{cost}; exit code {int(result.exit_code)}"
    return Text(paper.words(told), "dim")
