from __future__ import annotations

import re
from xml.etree import ElementTree as XML

import pytest
from reports import full

from diag.catalogue import describe
from diag.diagnosis import Evidence
from diag.preflight import Check, CheckResult, Finding, PreflightResult, Status
from diag.preflight.facts import Facts
from diag.preflight.judgement import exit_code, root_cause, verdict
from diag.preflight.mending import Mend, MendAction
from diag.report import github, junit
from diag.report.github import MOST, Annotation, commands, preflight_annotations
from diag.report.page import html, markdown
from diag.report.page.preflight import report_of_preflight
from diag.report.preflight_document import PreflightDocument, preflight_document
from diag.secret import Secret, redact

HOSTILE = "\x1b]8;;evil\x07 ]]>&<b> | `x` 100%\r\n::error::pwned \x00\ufffe\u202e https://evil.example @all"


async def never(facts: Facts) -> Finding:
    raise AssertionError("not run here")


def one(id: str, status: Status, summary: str = "so", *, required: bool = True, **finding: object) -> CheckResult:
    check = Check(id, id.partition(".")[0], f"claim of {id}", never, required=required)
    return CheckResult(check, Finding(status, summary, **finding), 1234.5)  # type: ignore[arg-type]


def document(*checks: CheckResult) -> PreflightDocument:
    code = exit_code(checks)
    return preflight_document(PreflightResult(verdict(code), code, checks, root_cause(checks), url="https://x.example"))


MISSING = describe("openai.key-missing", evidence=(Evidence("store", HOSTILE),))
EVERY = document(
    one("a.pass", Status.PASS),
    one("b.warn", Status.WARN, "a warning", required=False),
    one("c.fail", Status.FAIL, HOSTILE, diagnosis=MISSING),
    one("d.unknown", Status.UNKNOWN, "could not tell"),
    one("e.skip", Status.SKIP, "not looked at", because="c.fail"),
    one("f.error", Status.ERROR, "crashed", evidence=(Evidence("exception", "KeyError: x"),)),
)


KEY, MINE = "OPENAI_API_KEY", "analyze-image"
PLAN = (
    Mend(MendAction.SET, KEY, "from .env; it is not set"),
    Mend(MendAction.LEAVE, MINE, "is not deployed; nukediag does not ship it"),
)
DONE = (Mend(MendAction.SET, KEY, "from .env; it is not set", done=True),)


def fixing(*mends: Mend) -> PreflightDocument:
    """With what ``--fix`` planned or did."""
    checks = (one("a.pass", Status.PASS),)
    code = exit_code(checks)
    return preflight_document(PreflightResult(verdict(code), code, checks, root_cause(checks)), mends)


def cases(text: str) -> dict[str, XML.Element]:
    root = XML.fromstring(text)
    return {(case.get("name") or "").partition(":")[0]: case for case in root.iter("testcase")}


@pytest.mark.parametrize(
    ("id", "element"),
    [("c.fail", "failure"), ("f.error", "error"), ("d.unknown", "skipped"), ("e.skip", "skipped"),
     ("b.warn", "system-out"), ("a.pass", None)],
)  # fmt: skip
def test_every_status_has_its_element_in_junit(id: str, element: str | None) -> None:
    case = cases(junit.render(EVERY))[id]
    assert [child.tag for child in case] == ([element] if element else [])
    assert case.get("time") == "1.234"


def test_the_sums_of_junit_are_those_of_its_cases() -> None:
    suite = XML.fromstring(junit.render(EVERY)).find("testsuite")
    assert suite is not None
    assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["6", "1", "1", "2"]
    assert [child.tag for child in suite] == ["properties", *["testcase"] * 6]


def test_junit_can_be_read_whatever_an_answer_holds() -> None:
    failure = cases(junit.render(EVERY))["c.fail"][0]
    assert "]]>&<b> | `x`" in (failure.get("message") or "")
    assert "openai.key-missing" in (failure.text or "")
    assert not set(junit.render(EVERY)) & set("\x1b\x07\x00\ufffe\u202e\r")


def test_what_was_told_of_a_skip_is_its_message() -> None:
    assert cases(junit.render(EVERY))["d.unknown"][0].get("message") == "could not tell"


def annotations(told: PreflightDocument) -> list[str]:
    return commands(tuple(preflight_annotations(told))).splitlines()


def test_each_annotation_is_one_line_that_nothing_breaks_out_of() -> None:
    lines = annotations(EVERY)
    assert [line.partition(" ")[0] for line in lines] == [
        "::error", "::error", "::error", "::warning", "::warning", "::notice",
    ]  # fmt: skip
    assert not any("\r" in line or "\x1b" in line or "\u202e" in line for line in lines)
    failed = next(line for line in lines if "c.fail" in line)
    assert "100%25?%0A::error::pwned" in failed
    assert failed.startswith("::error title=fail%3A c.fail (openai.key-missing)::")


def test_a_property_cannot_be_ended_by_what_stands_in_it() -> None:
    line = commands([Annotation("error", "a,b::c%\nd", "message, with: these")])
    assert line == "::error title=a%2Cb%3A%3Ac%25%0Ad::message, with: these\n"


def test_more_than_ten_annotations_are_summed_up_in_the_tenth() -> None:
    told = document(*(one(f"a.c{n}", Status.FAIL, diagnosis=MISSING) for n in range(30)))
    lines = annotations(told)
    assert len(lines) == MOST
    assert lines[-1].startswith("::error title=and 22 more::fail: a.c8")
    assert "a.c29" in lines[-1]


def test_exactly_ten_are_shown_as_they_are() -> None:
    assert "more" not in commands([Annotation("notice", f"t{n}", "m") for n in range(MOST)])


def test_a_run_is_its_verdict_and_one_annotation_for_each_cause() -> None:
    lines = commands(tuple(github.report_annotations(full("a,b: 100%\nc")))).splitlines()
    assert [line.partition(" title=")[0] for line in lines] == ["::error", "::warning"]
    assert all("100%25" in line for line in lines)


def test_a_healthy_project_is_a_notice() -> None:
    assert annotations(document(one("a.pass", Status.PASS)))[0].startswith(
        "::notice title=nukediag preflight%3A healthy"
    )


def test_a_failure_that_is_not_required_is_a_warning() -> None:
    lines = annotations(document(one("a.a", Status.FAIL, required=False)))
    assert lines[1].startswith("::warning title=fail%3A a.a")


def test_masks_hold_values_escaped_and_no_short_ones() -> None:
    values = [Secret("line one%\nline two"), Secret("short"), Secret("sk-proj-1234567890abcdef")]
    assert github.masks(values) == "::add-mask::line one%25%0Aline two\n::add-mask::sk-proj-1234567890abcdef\n"


def test_no_format_holds_a_secret_that_an_answer_repeats() -> None:
    value = "Zx81-Qq72-Jm63-Lk54-Pp45"
    redact.learn(Secret(value))
    seen = describe("openai.key-invalid", evidence=(Evidence("body", f"key {value} is wrong"),))
    told = document(one("a.a", Status.FAIL, f"refused {value}", diagnosis=seen))
    texts = [
        junit.render(told),
        commands(tuple(preflight_annotations(told))),
        redact(markdown.render(report_of_preflight(told))),
    ]
    assert [text for text in texts if value in text] == []


def test_markdown_holds_no_html_no_mention_and_no_broken_table() -> None:
    text = markdown.render(report_of_preflight(EVERY))
    outside_code = re.sub(r"(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
    assert "<b>" not in outside_code
    assert "\x1b" not in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert all(line.endswith(" |") for line in rows)


def in_formats(told: PreflightDocument) -> dict[str, str]:
    """Each format's text as a reader of it sees it."""
    suite = XML.fromstring(junit.render(told)).find("testsuite")
    assert suite is not None
    return {
        "junit": suite.findtext("system-out") or "",
        "github": "".join(line for line in annotations(told) if "--fix" in line),
        "markdown": markdown.render(report_of_preflight(told)).replace("\\", ""),
        "html": html.render(report_of_preflight(told)),
    }


FORMATS = pytest.mark.parametrize("format", ["junit", "github", "markdown", "html"])


@FORMATS
def test_every_format_tells_the_plan_what_is_left_and_that_nothing_was_changed(format: str) -> None:
    text = in_formats(fixing(*PLAN))[format]
    assert "what nukediag can mend" in text.lower()
    assert "OPENAI_API_KEY from .env; it is not set" in text
    assert "analyze-image is not deployed; nukediag does not ship it" in text
    assert "nothing was changed: --fix --yes makes this change and looks again" in text


@FORMATS
def test_every_format_tells_what_was_mended_and_no_more(format: str) -> None:
    text = in_formats(fixing(*DONE))[format]
    assert "mended" in text.lower()
    assert "it is not set; done" in text
    assert "nothing was changed" not in text


@FORMATS
def test_without_a_plan_no_format_speaks_of_one(format: str) -> None:
    assert "mended" not in in_formats(fixing())[format]
    assert "can mend" not in in_formats(fixing())[format]
