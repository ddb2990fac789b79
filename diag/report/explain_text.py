"""Explanations as text: one diagnosis, a signature's page, the whole list, a log."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from diag.catalogue.describe import describe
from diag.catalogue.examples import EXAMPLES
from diag.catalogue.log import Group, LogReport, root_group
from diag.catalogue.registry import SIGNATURES
from diag.diagnosis import Diagnosis, Verdict
from diag.report.terminal import Paper, scope_words

_HIDDEN = "non-2xx status code"
_HINT = "The client library hid the answer's body, where the cause stands: nukediag test-image --next shows it."


def diagnosis_text(diagnosis: Diagnosis, paper: Paper, verbosity: int = 0) -> Text:
    """What an answer means and how to mend it; ``verbosity`` -1 is one line."""
    head = _head(diagnosis, paper)
    if verbosity < 0:
        return head
    lines = [head, paper.fact("means", scope_words(diagnosis))]
    lines += paper.evidence(diagnosis.evidence, most=99 if verbosity else 4)
    if diagnosis.others:
        lines.append(paper.fact("also", ", ".join(diagnosis.others)))
    if diagnosis.retry_after is not None:
        lines.append(paper.fact("wait", f"{diagnosis.retry_after:g} s, says the answer"))
    if diagnosis.verdict is not Verdict.OK:
        lines += paper.remedies(diagnosis.remedies)
        lines += [paper.fact("hint", _HINT)] if any(_HIDDEN in one.text for one in diagnosis.evidence) else []
    return Text("\n").join(lines)


def signature_text(identifier: str, paper: Paper) -> Text:
    """The page of one signature: what it is, how it looks, what it is not, how to mend it."""
    diagnosis = describe(identifier)
    lines = [
        Text.assemble((identifier, "bold"), f": {paper.words(diagnosis.title)}"),  # nothing has failed here: no cross
        paper.fact("verdict", diagnosis.verdict.value),
        paper.fact("means", scope_words(diagnosis)),
    ]
    own = [example for example in EXAMPLES if example.signature == identifier]
    for number, example in enumerate(own[:3]):
        status = f"{example.status} " if example.status else ""
        lines.append(paper.fact("looks" if not number else "", f"{status}{example.body or '(no body)'}"))
    unlike = sorted({example.like for example in own if example.like})
    if unlike:
        lines.append(paper.fact("not", f"to be confused with {', '.join(unlike)}"))
    lines += paper.remedies(diagnosis.remedies)
    return Text("\n").join(lines)


def catalogue_text(paper: Paper) -> Text:
    """Every signature on a line of its own."""
    width = max(map(len, SIGNATURES))
    lines = [
        Text(f"{one.id.ljust(width)}  {(one.scope.value if one.scope else '-').ljust(9)}  {paper.words(one.title)}")
        for one in SIGNATURES.values()
    ]
    return Text("\n").join(lines)


def log_text(report: LogReport, paper: Paper, verbosity: int = 0) -> Text:
    """A log: the figures, the groups with counts, times and examples, and what to do first."""
    lines = [Text(_sum(report), "bold")]
    if verbosity >= 0:
        for group in report.groups[: 99 if verbosity else 12]:
            lines += [Text(""), *_group(group, paper)]
        lines += _first(report, paper)
    return Text("\n").join(lines)


def _head(diagnosis: Diagnosis, paper: Paper) -> Text:
    mark = paper.mark(diagnosis.verdict.value)
    told = "\n".join(paper.lines(f"{diagnosis.signature}: {diagnosis.title}", len(mark.plain) + 2))
    return Text.assemble(mark, "  ", (told, "bold"))


def _sum(report: LogReport) -> str:
    causes = len({group.diagnosis.signature for group in report.groups})
    told = f"{report.lines} lines, {report.failures} failures, {causes} cause{'' if causes == 1 else 's'}"
    figures = ", ".join(f"{name} {number}" for name, number in report.progress.items())
    return f"{told} ({report.writer}: {figures})" if figures else told


def _group(group: Group, paper: Paper) -> Iterator[Text]:
    diagnosis = group.diagnosis
    title = group.shape if group.shape else diagnosis.title
    yield Text(f"{group.times:>6} × " if paper.unicode else f"{group.times:>6} x ", "bold") + Text(
        paper.words(f"{diagnosis.signature}: {title}")
    )
    if group.retried and group.count:
        yield paper.fact("", f"and {group.retried} tries before that")
    when = " to ".join(dict.fromkeys(one for one in (group.first, group.last) if one))
    yield paper.fact("when", f"{when + ', ' if when else ''}from line {group.first_line}")
    for number, example in enumerate(group.examples[:2]):
        yield paper.fact("seen" if not number else "", example)


def _first(report: LogReport, paper: Paper) -> Iterator[Text]:
    root = root_group(report)
    if root is None:
        return
    yield Text("")
    yield Text(paper.words(f"First: {root.diagnosis.signature} ({scope_words(root.diagnosis)})"), "bold")
    yield from paper.remedies(root.diagnosis.remedies)
    if any(_HIDDEN in example for group in report.groups for example in group.examples):
        yield paper.fact("hint", _HINT)
