"""The page of a report: it is whole, loads nothing, runs nothing, and hostile text stays text."""

from __future__ import annotations

import base64
import hashlib
import re
from xml.etree import ElementTree

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import full, item

from diag.report.page.html import is_web_address, render
from diag.report.page.readable import readable
from diag.secret import Secret, redact

HOSTILE = [
    "</script><script>alert(1)</script>",
    "</style><style>body{background:url(https://evil.example/x)}</style>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "<!-- --!> ]]> <svg/onload=alert(1)>",
    "{{ 7 * 7 }} {% for x in y %} {# no #}",
    "</pre></code></td></table><iframe src=//evil.example>",
    "&lt;b&gt; &amp; &#x3c;i&#x3e;",
]
NAMESPACE = "{http://www.w3.org/1999/xhtml}"


def parsed(page: str) -> ElementTree.Element:
    """The page's tree; any error of syntax is an error here."""
    tree: ElementTree.Element = html5lib.HTMLParser(strict=True).parse(page)
    return tree


def tags(page: str) -> list[str]:
    return [str(element.tag).removeprefix(NAMESPACE) for element in parsed(page).iter()]


@pytest.mark.parametrize("drawn", [True, False])
def test_a_page_is_html_without_an_error(drawn: bool) -> None:
    found = tags(render(full(), drawn=drawn))
    assert found.count("table") == 2 + (not drawn)
    assert any(tag.endswith("svg") for tag in found) is drawn


def test_the_policy_allows_the_one_style_sheet_and_nothing_else() -> None:
    page = render(full())
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert style
    assert policy
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy[1] == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_a_page_loads_nothing_and_runs_nothing() -> None:
    page = render(full("https://else.example/x"))
    for element in parsed(page).iter():
        tag = str(element.tag).rpartition("}")[2]
        assert tag not in ("script", "link", "img", "iframe", "object", "embed", "form", "base", "image", "use")
        for name in element.attrib:
            assert not name.startswith("on"), f"{tag} {name}"
            assert name not in ("src", "srcset", "style", "action", "background", "{http://www.w3.org/1999/xlink}href")
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_text_stays_text(words: str) -> None:
    page = render(full(words))
    assert tags(page) == tags(render(full("no link")))
    assert " ".join(words.split()) in " ".join("".join(parsed(page).itertext()).split())


def test_a_link_leads_to_a_web_address_or_nowhere() -> None:
    for url in ("javascript:alert(1)", "data:text/html,x", "JaVaScRiPt:alert(1)", "vbscript:x", "//x", "http://[", "x"):
        assert not is_web_address(url)
        assert "href" not in render(full(url), drawn=False)
    links = [e for e in parsed(render(full("https://a.example/?q=<&>"), drawn=False)).iter() if "href" in e.attrib]
    assert links
    assert {link.attrib["href"] for link in links} == {"https://a.example/?q=<&>"}
    assert {link.attrib["rel"] for link in links} == {"noreferrer noopener"}


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("a\x1b[31mred\x1b[0m b", "ared b"),
        ("a\x00b\x07c\x7f", "a\ufffdb\ufffdc\ufffd"),
        ("abc\u202edcba", "abc\ufffddcba"),
        ("half \ud800 of a pair", "half \ufffd of a pair"),
        ("line\r\nline\u2028line", "line line line"),
    ],
)
def test_what_cannot_be_seen_is_shown_as_such(words: str, shown: str) -> None:
    page = render(full(words), drawn=False)
    assert page.encode()
    assert full(words).title == shown
    assert f"<h1>{shown}</h1>" in page


def test_no_secret_gets_onto_a_page() -> None:
    key = "sk-proj-Abcdefgh1234567890xyz"
    value = 'a "quoted" & <odd> value 42'
    redact.learn(Secret(value))
    page = render(full(f"{key} and {value}"))
    assert key not in page
    assert "odd" not in page
    assert "[sha256" in page


def test_the_verdict_and_the_repair_come_before_everything_else() -> None:
    page = render(full("words").model_copy(update={"verdict": "THE VERDICT"}))
    places = [
        page.index(found) for found in ("THE VERDICT</p>", "What to do", 'class="figures"', "Over time", "Rows to")
    ]
    assert places == sorted(places)


def test_without_the_libraries_for_charts_the_page_says_so_and_shows_tables() -> None:
    page = render(full(), drawn=False)
    assert "pip install &#39;nukediag[charts]&#39;" in page
    assert "<svg" not in page
    assert 'data-label="done">9<' in page


def test_charts_are_drawn_for_wide_and_narrow_screens() -> None:
    found = re.findall(r'<div class="(wide|narrow)">(<svg .*?</svg>)</div>', render(full()), re.DOTALL)
    assert [kind for kind, _ in found] == ["wide", "narrow"] * 2
    for _, svg in found:
        assert "var(--done)" in svg
        assert ElementTree.fromstring(svg).attrib["role"] == "img"


def test_problems_are_open_and_what_is_well_is_folded() -> None:
    report = full().model_copy(update={"items": [item("broken", "bad"), item("fine", "good")]})
    page = render(report, drawn=False)
    assert page.count("<details open>") == 1
    assert page.index("<details open>") < page.index("broken") < page.index('<details class="group">')
    assert '<details class="group"><summary>' in page


@given(st.text())
def test_whatever_is_said_comes_out_on_one_line_that_can_be_seen_and_stored(words: str) -> None:
    shown = readable(words)
    assert shown.isprintable() or shown == ""
    assert shown.encode().decode() == shown
    assert readable(shown) == shown


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_coloured_text_keeps_its_words_whatever_its_lines_end_with(end: str) -> None:
    assert readable(f"\x1b[31merror\x1b[0m: no key{end}at line 1{end}") == "error: no key at line 1"


def test_endless_texts_are_cut() -> None:
    assert len(readable("x" * 10_000_000)) < 2_100
