"""GitHub's workflow commands: annotations of a step, and masks.

Sources: docs.github.com "Workflow commands for GitHub Actions". GitHub shows ten annotations of a kind for each step,
so what is more than ten in all is summed up in the last one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from diag.inert import inert
from diag.report.fixes import fix_lines
from diag.report.page.model import ReportDocument
from diag.report.page.words import mend_line
from diag.report.preflight_document import CheckModel, PreflightDocument
from diag.secret import Secret, redact

MOST = 10
_SHORTEST_MASK = 8  # characters: GitHub stars a mask out wherever it stands, and a short one stands in many words
_ORDER: tuple[str, ...] = ("error", "fail", "unknown", "warn")
Level = Literal["error", "warning", "notice"]
_LEVELS: dict[str, Level] = {
    "good": "notice", "busy": "notice", "warn": "warning", "unknown": "warning", "bad": "error",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Annotation:
    """What GitHub shows beside a run."""

    level: Level
    title: str
    message: str


def commands(annotations: Sequence[Annotation]) -> str:
    """One line each, at most ten."""
    shown = list(annotations[:MOST])
    rest = annotations[MOST - 1 :]
    if len(rest) > 1:
        worst = min((one.level for one in rest), key=("error", "warning", "notice").index)
        shown[-1] = Annotation(worst, f"and {len(rest)} more", "\n".join(one.title for one in rest))
    return "".join(f"::{one.level} title={_property(one.title)}::{_data(one.message)}\n" for one in shown)


def masks(secrets: Iterable[Secret]) -> str:
    """Commands that make GitHub star out these values from now on. They hold the values, as they must: GitHub takes
    such a line out of the log before it is kept. Only for secrets that GitHub does not know."""
    lines = {f"::add-mask::{_escaped(secret.reveal().strip())}\n" for secret in secrets if _is_long(secret)}
    return "".join(sorted(lines))


def _is_long(secret: Secret) -> bool:
    return len(secret.reveal().strip()) >= _SHORTEST_MASK


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _data(text: str) -> str:
    return _escaped(inert(redact(text)))


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def preflight_annotations(document: PreflightDocument) -> Iterator[Annotation]:
    """The verdict, what ``--fix`` planned or did, then each problem, the worst first; skips in one."""
    yield _verdict(document)
    if fixed := fix_lines(document.fixed):
        yield Annotation("notice", f"nukediag preflight --fix: {fixed[0]}", "\n".join(fixed[1:]))
    for status in _ORDER:
        yield from (_problem(check) for check in document.checks if check.status == status)
    skipped = [f"{check.id} (because of {check.because})" for check in document.checks if check.status == "skip"]
    if skipped:
        yield Annotation("notice", f"{len(skipped)} checks were skipped", "\n".join(skipped))


def report_annotations(report: ReportDocument) -> Iterator[Annotation]:
    """How it stands, then each cause of failures; for what is neither a preflight nor a drill."""
    level = _LEVELS[report.tone]
    cause = f" ({report.cause.signature})" if report.cause else ""
    mends = [mend_line(one) for one in report.mends]
    title = f"nukediag {report.subject.kind}: {report.verdict}{cause}"
    yield Annotation(level, title, "\n".join([f"{report.title}: {report.why}", *mends]))
    for seen in report.failures:
        told = [
            seen.title,
            *([f"e.g. {seen.example}"] if seen.example else []),
            *(mend_line(one) for one in seen.mends),
        ]
        times = "once" if seen.count == 1 else f"{seen.count:,} times"
        yield Annotation("warning", f"{seen.signature}, {times}", "\n".join(told))


def _verdict(document: PreflightDocument) -> Annotation:
    level: Level = "notice" if document.exit_code == 0 else "error"
    cause = f" ({document.signature})" if document.signature else ""
    counted = ", ".join(f"{count} {name}" for name, count in document.counts.items() if count)
    title = f"nukediag preflight: {document.verdict}{cause}"
    return Annotation(
        level, title, f"{document.project.url or 'no project'}: {counted}; exit code {document.exit_code}"
    )


def _problem(check: CheckModel) -> Annotation:
    level: Level = "error" if check.status in ("error", "fail") and check.required else "warning"
    cause = f" ({check.signature})" if check.signature else ""
    lines = [check.summary, *(f"seen: {one.where}: {one.text}" for one in check.evidence[:3])]
    lines += [mend_line(one) for one in check.remedies]
    return Annotation(level, f"{check.status}: {check.id}{cause}", "\n".join(lines))
