"""What the documents say is there: files, headings, commands, flags, settings."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from diag.catalogue.own import compile_own
from diag.cli.root import root
from diag.config import load

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")])
_LINK = re.compile(r"(?P<picture>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _prose(page: Path) -> str:
    return re.sub(r"`[^`\n]+`", "", _FENCE.sub("", page.read_text(encoding="utf-8")))


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in plain}


def _links(page: Path) -> Iterator[re.Match[str]]:
    return _LINK.finditer(_prose(page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_and_headings_that_exist(page: Path) -> None:
    broken = []
    for link in _links(page):
        path, _, anchor = link["target"].partition("#")
        target = (page.parent / path).resolve() if path else page
        if link["target"].startswith(("http://", "https://", "mailto:")):
            continue
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            broken.append(link["target"])
    assert broken == []


def test_pictures_are_small_say_in_words_what_they_show_and_load_nothing() -> None:
    shown = [(page, link) for page in PAGES for link in _links(page) if link["picture"]]
    assert len(shown) > 8
    assert all(len(link["text"]) > 10 for _, link in shown)
    pictures = sorted((ROOT / "docs" / "pictures").glob("*.svg"))
    assert {(page.parent / link["target"]).resolve() for page, link in shown} <= set(pictures)
    for picture in pictures:
        text = picture.read_text(encoding="utf-8")
        assert len(text) < 60_000
        assert "url(http" not in text
        assert "<script" not in text


def _typed() -> Iterator[tuple[Path, str]]:
    """Every line that calls nukediag: in fences, in indented blocks, in table cells and in the prose."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        fenced = "\n".join(inside for _, inside in _FENCE.findall(text))
        lines = re.findall(r"^(?:\$ )?(nukediag .+)$", fenced, re.MULTILINE)
        outside = _FENCE.sub("", text)
        lines += re.findall(r"^    (nukediag .+)$", outside, re.MULTILINE) + re.findall(
            r"`(nukediag [^`\n]+)`", outside
        )
        yield from ((page, line.partition(" #")[0]) for line in lines)


def _unknown_words(line: str) -> list[str]:
    """The commands and flags in a line that there are not."""
    words = shlex.split(re.sub(r"[|>]\s.*$|<\(.*$", "", line.replace("…", "").replace("\\|", "|")), comments=True)[1:]
    command: click.Command = root
    context = click.Context(root, info_name="nukediag")
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words[0].partition("|")[0])
        if found is None:
            return [words[0]]
        command, words = found, words[1:]
    known = {flag for each in command.params for flag in (*each.opts, *each.secondary_opts)} | {"--help", "--version"}
    own = words[: words.index("--")] if "--" in words else words
    return [word for word in own if word.startswith("--") and word.partition("=")[0].rstrip(",.;:") not in known]


def test_commands_and_flags_in_the_documents_exist() -> None:
    typed = [(page, line) for page, line in _typed() if not re.match(r"nukediag [<(]|nukediag \W", line)]
    assert len(typed) > 100
    wrong = [f"{page.name}: {line}: {words}" for page, line in typed if (words := _parsed(line))]
    assert wrong == []


def _parsed(line: str) -> list[str]:
    try:
        return _unknown_words(line)
    except ValueError:  # a quotation that goes on in the next line
        return []


def test_settings_in_the_documents_can_be_read(tmp_path: Path) -> None:
    snippets = [
        text for page in PAGES for kind, text in _FENCE.findall(page.read_text(encoding="utf-8")) if kind == "toml"
    ]
    assert len(snippets) >= 2
    for text in snippets:
        (tmp_path / "nukediag.toml").write_text(text)
        configuration = load(environ={}, folder=tmp_path)
        assert len(compile_own(configuration.own_signatures).rules) == text.count("[[signature]]")
