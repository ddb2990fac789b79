"""A whole log: which failures it tells of, how often, from when to when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from diag.catalogue.classify import classify, shorten
from diag.catalogue.entries import logs as words
from diag.catalogue.own import OwnSignatures
from diag.catalogue.registry import SIGNATURES
from diag.catalogue.shapes import shapes
from diag.diagnosis import Answer, Diagnosis

MOST_EXAMPLES = 3
_MOST_REMEMBERED = 10_000  # texts whose diagnosis is kept for the next time: a log may hold a million


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a log: its text, the number of its first line, its time as it was written (or None), and whether
    it is a retry that the log's writer tried again."""

    text: str
    line: int
    time: str | None = None
    retried: bool = False


@dataclass(slots=True)
class Group:
    """The failures of a log that have one signature (and, where that is ``unknown``, one shape)."""

    diagnosis: Diagnosis
    shape: str | None = None
    count: int = 0
    retried: int = 0
    first: str | None = None
    last: str | None = None
    first_line: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        """Count an entry."""
        self.count += not entry.retried
        self.retried += entry.retried
        self.first, self.last = self.first or entry.time, entry.time or self.last
        self.first_line = self.first_line or entry.line
        text = shorten(entry.text)
        if len(self.examples) < MOST_EXAMPLES and text not in self.examples:
            self.examples.append(text)

    @property
    def times(self) -> int:
        """How often it was seen: failures, or where every one was tried again, those tries."""
        return self.count or self.retried


@dataclass(frozen=True, slots=True)
class LogReport:
    """What a log tells. ``progress``: the old backfill script's own figures (total, processed, succeeded, failed,
    skipped), or empty."""

    lines: int
    groups: tuple[Group, ...]
    progress: Mapping[str, int]
    writer: str | None

    @property
    def failures(self) -> int:
        """All failures together."""
        return sum(group.times for group in self.groups)


def is_log(text: str) -> bool:
    """Whether a text is a log of many entries and not one error with its stack."""
    if words.MINE.search(text):
        return True
    lines = text.splitlines()
    begun = sum(1 for line in lines if words.STAMP.match(line) or words.LEVEL.match(line))
    errors = sum(1 for line in lines if not words.CONTINUED.match(line) and words.ERRONEOUS.search(line))
    return begun >= 2 or (len(lines) >= 8 and errors >= 3 and errors * 2 >= len(lines))


def read_log(text: str, own: OwnSignatures | None = None, context: Mapping[str, str] | None = None) -> LogReport:
    """Group the failures of a log by signature, the most frequent first; unknown ones by shape."""
    lines = text.splitlines()
    mine = bool(words.MINE.search(text))
    entries = list(_script_entries(lines) if mine else _failing(_entries(lines)))
    own = own or OwnSignatures()
    known, unknown = _grouped(entries, own, context)
    tell = partial(_diagnosis, context=context, own=own)
    groups = [*known.values(), *_by_shape(unknown, tell)]
    order = sorted(groups, key=lambda group: (-group.times, group.diagnosis.signature, group.shape or ""))
    return LogReport(
        len(lines), tuple(order), _figures(lines) if mine else {}, "backfill-all-images.js" if mine else None
    )


def _grouped(
    entries: Sequence[Entry], own: OwnSignatures, context: Mapping[str, str] | None
) -> tuple[dict[str, Group], list[Entry]]:
    known: dict[str, Group] = {}
    unknown: list[Entry] = []
    seen: dict[str, Diagnosis] = {}
    for entry in entries:
        diagnosis = seen.get(entry.text) or _diagnosis(entry.text, context=context, own=own)
        if len(seen) < _MOST_REMEMBERED:
            seen[entry.text] = diagnosis
        if diagnosis.signature == "unknown":
            unknown.append(entry)
        else:
            known.setdefault(diagnosis.signature, Group(diagnosis)).add(entry)
    return known, unknown


def _diagnosis(text: str, *, context: Mapping[str, str] | None, own: OwnSignatures) -> Diagnosis:
    return classify(Answer(body=text), context=context, own=own)


def _by_shape(unknown: Sequence[Entry], tell: Callable[[str], Diagnosis]) -> Iterator[Group]:
    texts = [_without_stamp(entry.text.splitlines()[0] if entry.text else "") for entry in unknown]
    for shape in shapes(texts):
        group = Group(tell(unknown[shape.members[0]].text), shape.text)
        for number in shape.members:
            group.add(unknown[number])
        yield group


def _without_stamp(line: str) -> str:
    return words.STAMP.sub("", line).lstrip(" ]:-|\t")


def _entries(lines: Iterable[str]) -> Iterator[Entry]:
    """The entries of a log of any kind: a line, with the lines that continue it (stacks, objects)."""
    block: list[str] = []
    start, time = 1, None
    for number, line in enumerate(lines, 1):
        if block and _continues(block, line):
            block.append(line)
            continue
        if block:
            yield Entry("\n".join(block), start, time)
        block, start, time = ([line] if line.strip() else []), number, _time(line)
    if block:
        yield Entry("\n".join(block), start, time)


def _continues(block: Sequence[str], line: str) -> bool:
    if words.STAMP.match(line) or words.LEVEL.match(line) or not line.strip() or len(block) > 200:
        return False
    if any(one.startswith("Traceback") for one in block) and (line.startswith(" ") or block[-1].startswith(" ")):
        return True  # the exception's own line stands last in a Python traceback, and is not indented
    return bool(words.CONTINUED.match(line)) or block[-1].rstrip().endswith(("{", "[", "(", ",", ":"))


def _time(line: str) -> str | None:
    found = words.STAMP.match(line)
    return found[1] if found else None


def _failing(entries: Iterable[Entry]) -> Iterator[Entry]:
    return (entry for entry in entries if words.ERRONEOUS.search(entry.text) and not words.HARMLESS.search(entry.text))


def _script_entries(lines: Sequence[str]) -> Iterator[Entry]:
    """The failures that the old script's log tells of: a try that is repeated, and a row that was given up. Its
    closing list repeats the latter and is not counted twice."""
    given_up = any(words.GIVEN_UP.match(line) for line in lines)
    for number, line in enumerate(lines, 1):
        attempt, final, fatal, listed = (
            words.ATTEMPT.match(line),
            words.GIVEN_UP.match(line),
            words.FATAL.match(line),
            words.LISTED.match(line),
        )
        if final or fatal:
            yield Entry((final or fatal)["text"] or line.strip(), number)  # type: ignore[index]
        elif attempt:
            yield Entry(attempt["text"], number, retried=True)
        elif listed and not given_up:
            yield Entry(listed["text"], number)


def _figures(lines: Sequence[str]) -> dict[str, int]:
    """The script's own figures: its closing summary, or the last line of progress."""
    figures: dict[str, int] = {}
    for line in lines:
        total, progress = words.TOTALS.match(line), words.PROGRESS.search(line)
        if progress:
            figures.update(processed=int(progress[1]), total=int(progress[2]))
        if total:
            figures[words.FIELD[total[1]]] = int(total[2])
    return figures


def root_group(report: LogReport) -> Group | None:
    """The group to mend first: what stops every call goes before what concerns single rows, then the more frequent."""
    rank = {"project": 0, "transient": 1, "item": 2}
    ordered = sorted(
        report.groups,
        key=lambda group: (
            group.diagnosis.signature == "unknown",
            rank.get(str(SIGNATURES[group.diagnosis.signature].scope), 3)
            if group.diagnosis.signature in SIGNATURES
            else 0,
            -group.times,
        ),
    )
    return ordered[0] if ordered else None
