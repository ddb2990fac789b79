"""A report as Markdown (the dialect of GitHub), safe against text that is Markdown or HTML itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from diag.report.page.html import is_web_address
from diag.report.page.model import Failure, Fixes, Flow, Item, Mend, ReportDocument, RowSeen
from diag.report.page.words import share, took
from diag.rows.command import look_at

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+!|~$&@])")
_RUNS = re.compile(r"`+")
_GLYPHS = {"good": "✅", "warn": "⚠️", "bad": "❌", "unknown": "❔", "busy": "▶️"}
_MOST_ROWS = 50
_MOST_STEPS = 24


def render(report: ReportDocument) -> str:
    """The whole report."""
    parts = [_head(report), _mends(report.mends), _fixes(report.fixes), _figures(report), _failures(report.failures)]
    parts += [_items(report.items), _gate(report), _flow(report.flow), _latency(report), _rows(report), _log(report)]
    return "\n\n".join(part for part in (*parts, _foot(report)) if part) + "\n"


def plain(text: str) -> str:
    """Text that stays text: every character that Markdown, HTML or a mention could be made of is escaped."""
    escaped = _SPECIAL.sub(r"\\\1", text)
    return re.sub(r"(?i)(https?|www)(:|\.)", r"\1\\\2", escaped)  # GitHub makes links of bare addresses


def code(text: str) -> str:
    """Text in a code span, whatever backticks it holds; it may stand in a table."""
    longest = max((len(run) for run in _RUNS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest or text != text.strip() else ""
    return f"{fence}{pad}{text.replace('|', chr(92) + '|') or ' '}{pad}{fence}"


def _head(report: ReportDocument) -> str:
    lines = [f"# {plain(report.title)}", ""]
    lines += (
        [" · ".join(f"{plain(fact.label)} {plain(fact.text)}" for fact in report.about), ""] if report.about else []
    )
    lines.append(f"{_GLYPHS[report.tone]} **{plain(report.verdict.upper())}**: {plain(report.why)}")
    if report.cause:
        lines += ["", f"{code(report.cause.signature)} {plain(report.cause.title)}"]
    return "\n".join(lines)


def _mends(mends: Iterable[Mend]) -> str:
    lines = [_mend(one, f"{number}. ") for number, one in enumerate(mends, 1)]
    return "\n".join(["## What to do", "", *lines]) if lines else ""


def _mend(mend: Mend, bullet: str) -> str:
    lines = [f"{bullet}{plain(mend.text)}"]
    indent = " " * len(bullet)
    if mend.command:
        lines += ["", *(f"{indent}{line}" for line in _block(mend.command)), ""]
    if mend.url:
        lines.append(f"{indent}<{mend.url}>" if _is_link(mend.url) else f"{indent}{code(mend.url)}")
    return "\n".join(lines)


def _is_link(url: str) -> bool:
    return is_web_address(url) and not set(url) & set("<> \\")


def _block(text: str) -> Iterator[str]:
    fence = "`" * max(3, 1 + max((len(run) for run in _RUNS.findall(text)), default=0))
    yield from (fence, text, fence)


def _table(title: str, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads, lines = list(heads), [f"| {' | '.join(cells)} |" for cells in rows]
    if not lines:
        return ""
    return "\n".join([f"## {title}", "", f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}", *lines])


def _fixes(fixes: Fixes | None) -> str:
    if fixes is None:
        return ""
    changes = ((plain(one.label), plain(one.text)) for one in fixes.changes)
    note = [("", plain(fixes.note))] if fixes.note else []
    return _table(plain(fixes.title), ("", ""), [*changes, *note])


def _figures(report: ReportDocument) -> str:
    rows = ((plain(one.label), plain(one.text), plain(one.note)) for one in report.figures)
    return _table("Figures", ("", "", ""), rows)


def _failures(failures: Iterable[Failure]) -> str:
    heads = ("times", "cause", "what it means", "mend", "look at one")
    return _table("What failed, by cause", heads, (tuple(_failure(seen)) for seen in failures))


def _failure(seen: Failure) -> Iterator[str]:
    yield f"{seen.count:,}"
    yield code(seen.signature)
    evidence = f" {code(seen.evidence)}" if seen.evidence else ""
    yield f"{plain(seen.title)}{evidence}"
    first = seen.mends[0] if seen.mends else None
    yield f"{plain(first.text)} {code(first.command) if first.command else ''}".strip() if first else ""
    yield code(look_at(seen.example)) if seen.example else ""


def _items(items: Iterable[Item]) -> str:
    heads = ("", "what", "found", "mend")
    return _table("In detail", heads, (tuple(_item(item)) for item in items))


def _item(item: Item) -> Iterator[str]:
    yield f"{_GLYPHS[item.tone]} {plain(item.status)}"
    yield f"{plain(item.claim)} {code(item.id)}"
    seen = [f"{plain(one.where)} {code(one.text)}" for one in item.evidence]
    yield "<br>".join([plain(item.summary), *seen]) if item.tone != "good" else plain(item.summary)
    mends = [f"{plain(one.text)} {code(one.command) if one.command else ''}".strip() for one in item.mends]
    yield "<br>".join(mends)


def _gate(report: ReportDocument) -> str:
    return _table("The gate", ("", ""), ((plain(fact.label), plain(fact.text)) for fact in report.gate))


def _flow(flow: Flow | None) -> str:
    if flow is None:
        return ""
    shown = [moment for moment in flow.moments if moment.any]
    every = -(-len(shown) // _MOST_STEPS)
    rows = (
        (
            f"{one.at:%H:%M:%S}",
            f"{one.done:,}",
            f"{one.refused:,}",
            f"{one.throttled:,}",
            f"{one.failed:,}",
            share(one.rate) or "–",
        )
        for one in shown[:: max(1, every)]
    )
    heads = ("from (UTC)", "done", "the row's own fault", "too fast", "failed", "success")
    skipped = f" (every {every}th is shown)" if every > 1 else ""
    return _table(f"Calls in {flow.seconds:.0f} s each{skipped}", heads, rows)


def _latency(report: ReportDocument) -> str:
    seen = report.latency
    if seen is None:
        return ""
    percentiles = (("half", seen.p50_ms), ("nine in ten", seen.p90_ms), ("99 in a hundred", seen.p99_ms))
    rows = ((part, f"up to {took(value)}") for part, value in percentiles if value is not None)
    return _table("How long calls took", ("", ""), rows)


def _rows(report: ReportDocument) -> str:
    if not report.rows or not report.rows.total:
        return ""
    shown = report.rows.shown[:_MOST_ROWS]
    title = f"Rows to look at ({len(shown):,} of {report.rows.total:,})"
    return _table(title, ("row", "cause", "seen", "status", "took", "calls"), (tuple(_row(one)) for one in shown))


def _row(row: RowSeen) -> Iterator[str]:
    yield code(row.id)
    yield f"{code(row.signature)} {plain(row.state)}" if row.signature else plain(row.state)
    yield code(row.evidence) if row.evidence else ""
    yield "–" if row.status is None else f"{row.status}"
    yield "–" if row.duration_ms is None else took(row.duration_ms)
    yield f"{row.attempts}"


def _log(report: ReportDocument) -> str:
    if not report.log:
        return ""
    return "\n".join(["## The end of its log", "", *_block("\n".join(report.log))])


def _foot(report: ReportDocument) -> str:
    code_ = "" if report.subject.exit_code is None else f", which ended with exit code {report.subject.exit_code}"
    made = f"{report.made_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"Made by nukediag {plain(report.version)} at {made} from {report.subject.document}{code_}."
