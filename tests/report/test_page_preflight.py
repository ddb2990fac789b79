"""A preflight and a drill as reports."""

from __future__ import annotations

import json

import pytest
from test_preflight_text import BROKEN, one, whole

from diag.errors import UsageError
from diag.preflight import Finding, Status
from diag.report.page.html import render
from diag.report.page.preflight import report_of_preflight
from diag.report.page.reading import read_document
from diag.report.preflight_document import PreflightDocument, preflight_document

HEALTHY = preflight_document(whole([one("call.test", Finding(Status.PASS, "a full answer"))]))
UNHEALTHY = preflight_document(BROKEN)


def test_an_unhealthy_preflight_names_the_root_cause_and_its_mend() -> None:
    report = report_of_preflight(UNHEALTHY)
    assert (report.verdict, report.tone, report.why) == ("unhealthy", "bad", "A is not set")
    assert report.cause
    assert report.cause.signature == "openai.key-missing"
    assert report.mends
    assert report.mends[0].text == UNHEALTHY.checks[2].remedies[0].text


def test_problems_come_first_and_nothing_is_left_out() -> None:
    report = report_of_preflight(UNHEALTHY)
    assert [item.status for item in report.items] == ["fail", "unknown", "warn", "skip", "pass"]
    assert "because of secrets.A.present" in report.items[3].notes


def test_a_healthy_preflight_is_one_good_word() -> None:
    report = report_of_preflight(HEALTHY)
    assert (report.verdict, report.tone, report.mends, report.cause) == ("healthy", "good", (), None)
    assert "a real call" in report.why


def test_an_unknown_verdict_points_at_what_could_not_be_seen() -> None:
    checks = [one("a.b", Finding(Status.PASS, "fine")), one("project.active", Finding(Status.UNKNOWN, "may not look"))]
    report = report_of_preflight(preflight_document(whole(checks)))
    assert (report.verdict, report.tone, report.why) == ("unknown", "unknown", "may not look")


def test_a_duration_without_an_end_is_no_duration() -> None:
    document = json.loads(UNHEALTHY.model_dump_json())
    document["checks"][0]["duration_ms"] = "inf"
    with pytest.raises(UsageError, match="not a whole nukediag/preflight/1"):
        read_document(json.dumps(document), "p.json")


@pytest.mark.parametrize("document", [HEALTHY, UNHEALTHY])
def test_the_printed_document_makes_the_same_page(document: PreflightDocument) -> None:
    made = {"made_at": report_of_preflight(document).made_at}
    read = read_document(document.model_dump_json(), "p.json").model_copy(update=made)
    assert render(read) == render(report_of_preflight(document).model_copy(update=made))
