"""A drill's report card as a report: what is weak first, then how each fault was taken."""

from __future__ import annotations

from collections.abc import Iterator

from diag.report.drill_document import DrillDocument, DrilledModel
from diag.report.drill_words import MEND, WHAT
from diag.report.page.model import Fact, Figure, Item, Mend, ReportDocument, Seen, Subject, Tone
from diag.report.page.words import share, took
from diag.sandbox.drill.model import Conduct, Weakness

_TONES: dict[Conduct, Tone] = {
    Conduct.WEAK: "bad", Conduct.HONEST: "good", Conduct.PLATFORM: "unknown", Conduct.UNTOUCHED: "good",
}  # fmt: skip


def report_of_drill(document: DrillDocument) -> ReportDocument:
    """The report of a drill's document."""
    weak = document.totals.get(Conduct.WEAK, 0)
    return ReportDocument(
        exit_code=0,
        subject=Subject(
            kind="drill", document=document.schema_, version=document.version, exit_code=document.exit_code
        ),
        title=f"Drill of {document.function}",
        about=[Fact(label="functions", text=document.folder)] if document.folder else [],
        tone="bad" if not document.healthy else "warn" if weak else "good",
        verdict="does not work" if not document.healthy else "weak" if weak else "honest",
        why=_why(document, weak),
        mends=[Mend(text=f"{_names(document, kind)}: {MEND[kind]}") for kind in WHAT if document.weaknesses.get(kind)],
        figures=list(_figures(document)),
        items=[_item(each) for conduct in _TONES for each in document.scenarios if each.conduct is conduct],
        log=document.log.splitlines()[-40:],
    )


def _why(document: DrillDocument, weak: int) -> str:
    if not document.healthy:
        return "it does not work with nothing at fault, so no fault was tried"
    if not weak:
        return "whatever fault reached it, it said so and left nothing behind"
    counts = document.weaknesses
    kinds = [f"{what} ({counts[kind]}\N{NO-BREAK SPACE}×)" for kind, what in WHAT.items() if counts.get(kind, 0)]
    return f"in {weak} of {len(document.scenarios)} scenarios: {'; '.join(kinds)}"


def _names(document: DrillDocument, kind: Weakness) -> str:
    return f"{kind} ({document.weaknesses.get(kind, 0)} of {len(document.scenarios)})"


def _figures(document: DrillDocument) -> Iterator[Figure]:
    all_ = len(document.scenarios)
    touched = all_ - document.totals.get(Conduct.UNTOUCHED, 0)
    yield Figure(name="scenarios", label="scenarios", value=all_, text=f"{all_}")
    for conduct, label in _LABELS.items():
        count = document.totals.get(conduct, 0)
        yield Figure(name=conduct.value, label=label, value=count, text=f"{count}", note=share(count / (all_ or 1)))
    told = sum(each.recognised for each in document.scenarios if each.conduct is not Conduct.UNTOUCHED)
    yield Figure(name="told", label="cause could be told", value=told, text=f"{told} of\N{NO-BREAK SPACE}{touched}")


_LABELS = {
    Conduct.HONEST: "honest",
    Conduct.WEAK: "weak",
    Conduct.UNTOUCHED: "untouched",
    Conduct.PLATFORM: "answered by others",
}


def _item(each: DrilledModel) -> Item:
    status = f"{each.status if each.status is not None else 'no answer'}"
    return Item(
        id=each.scenario,
        group=each.component,
        status=each.conduct.value,
        tone=_TONES[each.conduct],
        claim=each.title,
        summary="; ".join(weakness.what for weakness in each.weaknesses) or f"told as {each.told}",
        signature=each.told,
        evidence=[Seen(where=f"answer {status}", text=each.body)] if each.conduct is not Conduct.UNTOUCHED else [],
        notes=list(_notes(each)),
    )


def _notes(each: DrilledModel) -> Iterator[str]:
    if not each.recognised:
        yield f"the cause was {each.expected}"
    paid = [f"{count} paid to {name}" for name, count in each.paid.items() if count]
    wrote = [f"{count} in {name}" for name, count in each.wrote.items()]
    if paid or wrote:
        yield "; ".join([*paid, *wrote])
    for leak in each.leaks:
        yield f"{leak.characters} characters of {leak.secret} in {leak.where}"
    yield took(each.duration_ms)
