"""How text looks on a terminal: calm, aligned, readable at 80 columns, without colour and in ASCII."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from diag.diagnosis import Diagnosis, Evidence, Remedy
from diag.secret import redact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

_LABEL = 8  # columns of the label before a fact: "  cause   ..."
_ASCII = str.maketrans({"…": "...", "·": "-", "—": "-", "–": "-", "’": "'", "×": "x", "→": "->"})

_WHOLE = Style(bold=True, meta={"whole": True})


def is_whole(line: Text) -> bool:
    """Whether the line is one to copy, which must not be broken."""
    return any(isinstance(span.style, Style) and span.style.meta.get("whole") for span in line.spans)


@dataclass(frozen=True, slots=True)
class Mark:
    """How a status shows: a glyph (and its ASCII stand-in), a word, a colour. Colour is never the only signal."""

    glyph: str
    plain: str
    word: str
    style: str


MARKS = {
    "pass": Mark("✓", "+", "ok", "green"),
    "ok": Mark("✓", "+", "ok", "green"),
    "warn": Mark("!", "!", "warn", "yellow"),
    "degraded": Mark("!", "!", "degraded", "yellow"),
    "fail": Mark("✗", "x", "FAIL", "bold red"),
    "failed": Mark("✗", "x", "FAILED", "bold red"),
    "unknown": Mark("?", "?", "unknown", "magenta"),
    "inconclusive": Mark("?", "?", "inconclusive", "magenta"),
    "skip": Mark("–", "-", "skip", "cyan"),
    "error": Mark("✗", "x", "ERROR", "bold red"),
}


@dataclass(frozen=True, slots=True)
class Paper:
    """What is written on. ``width`` in columns; None where lines must not be broken (a pipe)."""

    width: int | None = 80
    unicode: bool = True

    @classmethod
    def of(cls, console: Console) -> Paper:
        """The paper that a console is."""
        broken = console.is_terminal or "COLUMNS" in console._environ
        return cls(min(console.width, 100) if broken else None, console.encoding.lower().startswith("utf"))

    def mark(self, status: str) -> Text:
        """Glyph and word of a status."""
        mark = MARKS[status]
        return Text(f"{mark.glyph if self.unicode else mark.plain} {mark.word}", mark.style)

    def words(self, text: str) -> str:
        """The text as it may be shown here: redacted, on one line, in ASCII where nothing else can be read."""
        line = " ".join(redact(text).split())
        line = "".join(letter if letter.isprintable() else "?" for letter in line)
        return line if self.unicode else line.translate(_ASCII).encode("ascii", "replace").decode()

    def lines(self, text: str, indent: int) -> list[str]:
        """The text broken at the paper's width, every line but the first indented. Long words stay whole: commands
        and URLs are there to be copied."""
        words = self.words(text)
        if self.width is None:
            return [words]
        broken = textwrap.wrap(words, max(20, self.width - indent), break_long_words=False, break_on_hyphens=False)
        return [broken[0], *(" " * indent + line for line in broken[1:])] if broken else [""]

    def fact(self, label: str, text: str, indent: int = 2, style: str = "") -> Text:
        """``label   text``, the text aligned with that of other facts."""
        start = indent + _LABEL
        found = Text(" " * indent + label.ljust(_LABEL), "dim")
        found.append("\n".join(self.lines(text, start)), style or "not dim")
        return found

    def command(self, text: str, indent: int = 2) -> Text:
        """A command to copy: never broken."""
        return Text.assemble(" " * (indent + _LABEL), (self.words(text), _WHOLE))

    def evidence(self, evidence: Iterable[Evidence], indent: int = 2, most: int = 4) -> list[Text]:
        """What was seen, a line or two each."""
        shown = list(evidence)
        facts = [
            self.fact("seen" if n == 0 else "", f"{e.where}: {e.text}", indent) for n, e in enumerate(shown[:most])
        ]
        more = len(shown) - most
        return [*facts, self.fact("", f"and {more} more (-v shows all)", indent)] if more > 0 else facts

    def remedies(self, remedies: Iterable[Remedy], indent: int = 2) -> list[Text]:
        """How to mend it, with the command to copy and the page to read."""
        found = []
        for remedy in remedies:
            found.append(self.fact("mend", remedy.text, indent))
            found.extend([self.command(remedy.command, indent)] if remedy.command else [])
            found.extend([self.command(remedy.url, indent)] if remedy.url else [])
        return found

    def cause(self, diagnosis: Diagnosis, indent: int = 2) -> Text:
        """The signature and where to read more about it."""
        return self.fact("cause", f"{diagnosis.signature} ({scope_words(diagnosis)})", indent)


def scope_words(diagnosis: Diagnosis) -> str:
    """What the scope means for the next call."""
    if diagnosis.scope is None:
        return "proves nothing about the credentials" if diagnosis.signature == "function.cached" else "fine"
    if diagnosis.signature == "unknown" and diagnosis.scope.value == "project":
        return "no known cause: counts as a fault of the project until shown otherwise"
    return {
        "project": "every call will end alike until it is mended",
        "item": "this row only",
        "transient": "likely to pass, unchanged",
    }[diagnosis.scope.value]


def money(usd: float) -> str:
    """An estimate in USD."""
    return f"${usd:.3f}" if usd < 1 else f"${usd:,.2f}"
