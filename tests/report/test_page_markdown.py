"""A report as Markdown: whatever stands in it, it changes nothing but the words."""

from __future__ import annotations

import html5lib
import pytest
from markdown_it import MarkdownIt
from reports import full

from diag.report.page.markdown import render
from diag.secret import Secret, redact

HOSTILE = [
    "| a | b |",
    "`code` ``more`` ```",
    "[text](javascript:alert(1)) ![x](https://evil.example/x.png)",
    "<img src=x onerror=alert(1)> <!-- a -->",
    "# head **bold** ~~gone~~ _it_ * - + 1. > quote",
    "https://evil.example www.evil.example @somebody #12 $x$",
    "\\| \\` ends with a backslash \\",
    "a&lt;b&amp;c",
]
RENDERER = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")


def tags(text: str) -> list[str]:
    tree = html5lib.parse(RENDERER.render(text), namespaceHTMLElements=False)
    return [str(element.tag) for element in tree.iter()]


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_text_stays_text(words: str) -> None:
    text = render(full(words))
    assert tags(text) == tags(render(full("words")))
    seen = "".join(html5lib.parse(RENDERER.render(text), namespaceHTMLElements=False).itertext())
    assert words in seen


def test_a_mend_is_a_command_to_copy_and_a_link() -> None:
    text = render(full("https://a.example/page"))
    assert "```\n   https://a.example/page\n   ```" in text
    assert "<https://a.example/page>" in text


def test_the_verdict_and_the_repair_come_first() -> None:
    text = render(full().model_copy(update={"verdict": "broken"}))
    places = [text.index(found) for found in ("**BROKEN**", "## What to do", "## Figures", "## What failed", "## Rows")]
    assert places == sorted(places)


def test_long_runs_and_many_rows_stay_readable() -> None:
    text = render(full(rows=100, steps=120))
    assert text.count("\n| 12:") == 24
    assert "every 5th is shown" in text
    assert "## Rows to look at (50 of 1,000)" in text


def test_no_secret_gets_into_markdown() -> None:
    redact.learn(Secret("my*secret*value"))
    text = render(full("sk-proj-Abcdefgh1234567890xyz my*secret*value"))
    assert "Abcdefgh" not in text
    assert "secret\\*value" not in text
    assert "my*secret" not in text
