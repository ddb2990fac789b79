"""A preflight as JUnit XML, as CI servers read it: one suite, one case for each check.

A failure is ``<failure>``, a crash ``<error>``, what was skipped or could not be told ``<skipped>``; a warning has no
element of its own and stands in ``<system-out>``, what ``--fix`` planned or did in that of the suite. Shape: the XSD
that Jenkins' xUnit plugin publishes for JUnit 10.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as XML  # writing only

from diag.inert import inert
from diag.report.fixes import fix_lines
from diag.report.page.words import mend_line
from diag.report.preflight_document import CheckModel, PreflightDocument
from diag.secret import redact

_NO_CHARACTER = re.compile("[\ufffe\uffff]")
_ELEMENTS = {"fail": "failure", "error": "error", "unknown": "skipped", "skip": "skipped"}


def render(document: PreflightDocument) -> str:
    """The whole file."""
    counts = document.counts
    sums = {
        "name": "nukediag preflight",
        "tests": f"{len(document.checks)}",
        "failures": f"{counts['fail']}",
        "errors": f"{counts['error']}",
        "skipped": f"{counts['skip'] + counts['unknown']}",
        "time": _seconds(sum(check.duration_ms for check in document.checks)),
    }
    root = XML.Element("testsuites", {key: value for key, value in sums.items() if key != "skipped"})
    suite = XML.SubElement(root, "testsuite", sums)
    properties = XML.SubElement(suite, "properties")
    for name, value in _properties(document).items():
        XML.SubElement(properties, "property", {"name": name, "value": _legal(value)})
    for check in document.checks:
        suite.append(_case(check))
    if fixed := fix_lines(document.fixed):
        XML.SubElement(suite, "system-out").text = _legal("\n".join(fixed))
    XML.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{XML.tostring(root, encoding="unicode")}\n'


def _properties(document: PreflightDocument) -> dict[str, str]:
    return {
        "version": document.version,
        "verdict": document.verdict,
        "exit_code": f"{document.exit_code}",
        "signature": document.signature or "",
        "project": document.project.url or "",
        "cost_usd": f"{document.cost_usd}",
    }


def _case(check: CheckModel) -> XML.Element:
    names = {"classname": f"nukediag.{check.group}", "name": f"{check.id}: {check.claim}"}
    case = XML.Element("testcase", {**names, "time": _seconds(check.duration_ms)})
    if check.status in _ELEMENTS:
        told = {"message": _legal(check.summary)}
        if check.status in ("fail", "error"):
            told["type"] = check.signature or check.status
        XML.SubElement(case, _ELEMENTS[check.status], told).text = _legal("\n".join(_facts(check)))
    elif check.status == "warn":
        XML.SubElement(case, "system-out").text = _legal("\n".join((f"warning: {check.summary}", *_facts(check))))
    return case


def _facts(check: CheckModel) -> list[str]:
    facts = [f"cause: {check.signature}"] if check.signature else []
    facts += [f"because of: {check.because}"] if check.because else []
    facts += [f"seen: {one.where}: {one.text}" for one in check.evidence]
    return [*facts, *map(mend_line, check.remedies)]


def _seconds(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.3f}"


def _legal(text: str) -> str:
    """Without credentials, and without the characters that act where they are shown or that XML 1.0 cannot hold."""
    return _NO_CHARACTER.sub("?", inert(redact(text)))
