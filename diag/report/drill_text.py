"""The report card of a drill for people: a line for each scenario, then what to mend, each kind once."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from diag.report.drill_words import MEND, WHAT, excerpt
from diag.report.terminal import Paper
from diag.sandbox.drill.model import Card, Conduct, Drilled, Weakness

_MARKS = {Conduct.HONEST: "pass", Conduct.UNTOUCHED: "pass", Conduct.PLATFORM: "skip", Conduct.WEAK: "fail"}
_MOST_NAMES = 6


def drilled_lines(each: Drilled, paper: Paper, verbosity: int = 0) -> Text:
    """One scenario: how the function took it, and, where it is weak, what it answered."""
    mark = paper.mark(_MARKS[each.conduct])
    lines = [Text.assemble(mark, "  ", (each.scenario.name, "bold"), f"  {_conduct(each)}")]
    if each.weaknesses or verbosity > 0:
        lines += [paper.fact("answer", _answer(each)), paper.fact("told", _told(each)), paper.fact("did", _did(each))]
    lines += [paper.fact("weak", _weakness(kind, each)) for kind in each.weaknesses]
    return Text("\n").join(lines)


def _conduct(each: Drilled) -> str:
    return {
        Conduct.HONEST: f"said so: {each.shot.told.signature}",
        Conduct.UNTOUCHED: "worked as usual",
        Conduct.PLATFORM: f"not its own answer: {each.shot.told.signature}",
        Conduct.WEAK: each.scenario.title,
    }[each.conduct]


def _answer(each: Drilled) -> str:
    status = each.shot.answer.status
    return f"{status if status is not None else 'none'} {excerpt(each.shot)}"


def _told(each: Drilled) -> str:
    told = each.shot.told.signature
    return told if each.recognised else f"{told}, where the cause is {each.scenario.signature}"


def _did(each: Drilled) -> str:
    shot = each.shot
    paid = [f"{count} paid to {name.removesuffix('_accepted')}" for name, count in shot.paid.items() if count]
    wrote = [f"{count} in {name}" for name, count in shot.wrote.items()]
    columns = [f"set {', '.join(sorted(shot.columns))}"] if shot.columns else []
    return "; ".join([*paid, *wrote, *columns]) or "nothing was paid, nothing written"


def _weakness(kind: Weakness, each: Drilled) -> str:
    if kind is not Weakness.LEAKS_SECRET:
        return WHAT[kind]
    pieces = [f"{leak.characters} characters of {leak.secret} in {leak.where}" for leak in each.shot.leaks]
    return f"{WHAT[kind]}: {', '.join(pieces)}"


def card_lines(card: Card, paper: Paper, verbosity: int = 0) -> Text:
    """The end of the card: totals, and how to make the function honest. ``verbosity`` -1: the totals alone."""
    if not card.healthy:
        return Text("\n").join(_not_healthy(card, paper))
    lines = [_totals(card, paper)]
    return Text("\n").join([*lines, *(_mends(card, paper) if verbosity >= 0 else ())])


def _not_healthy(card: Card, paper: Paper) -> Iterator[Text]:
    yield Text.assemble(
        paper.mark("fail"), f"  {card.function} does not work with nothing at fault; no fault was tried"
    )
    yield paper.fact("answer", _answer(card.drilled[0]))
    for number, line in enumerate(card.log.splitlines()):
        yield paper.fact("log" if number == 0 else "", line)


def _totals(card: Card, paper: Paper) -> Text:
    counts = {conduct: sum(each.conduct is conduct for each in card.drilled) for conduct in Conduct}
    told = sum(each.recognised for each in card.drilled if each.conduct is not Conduct.UNTOUCHED)
    touched = len(card.drilled) - counts[Conduct.UNTOUCHED]
    words = (
        f"  {card.function}: {len(card.drilled)} scenarios; honest in {counts[Conduct.HONEST]}, weak in "
        f"{counts[Conduct.WEAK]}, untouched by {counts[Conduct.UNTOUCHED]}, {counts[Conduct.PLATFORM]} answered by "
        f"others; the cause could be told in {told} of {touched}"
    )
    return Text.assemble(paper.mark("fail" if card.weak else "pass"), words)


def _mends(card: Card, paper: Paper) -> Iterator[Text]:
    for kind in Weakness:
        names = [each.scenario.name for each in card.drilled if kind in each.weaknesses]
        if names:
            more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
            yield Text.assemble("\n", (f"{kind}", "bold"), f"  {WHAT[kind]}: {len(names)} of {len(card.drilled)}")
            yield paper.fact("under", ", ".join(names[:_MOST_NAMES]) + more)
            yield paper.fact("mend", MEND[kind])
