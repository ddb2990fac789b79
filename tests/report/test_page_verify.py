"""A verification and a test call as reports."""

from __future__ import annotations

from diag.catalogue import describe
from diag.diagnosis import Evidence
from diag.report.documents import HttpModel, TestImageDocument, diagnosis_fields
from diag.report.page.html import render
from diag.report.page.reading import read_document
from diag.report.page.verify import report_of_verify
from diag.report.verify_report import KindModel, TableModel, VerifyDocument

HOLLOW = [KindModel(kind="error", signature="openai.key-invalid", count=18, example="id-7")]
TABLES = {"image_tags": TableModel(rows=812, records=3_000)}


def verified(**changes: object) -> VerifyDocument:
    fields = {"exit_code": 0, "marked": 830, "full": 830, "hollow": [], "stored": [], "tables": TABLES, **changes}
    return VerifyDocument.model_validate(fields)


def test_full_rows_are_good_news() -> None:
    report = report_of_verify(verified())
    assert (report.verdict, report.tone, report.mends) == ("verified", "good", ())
    assert report.why == "830 of 830 finished rows have a full result"


def test_marks_with_nothing_behind_them_are_named_with_the_repair() -> None:
    report = report_of_verify(verified(full=812, hollow=HOLLOW, exit_code=4))
    assert (report.verdict, report.tone) == ("hollow", "warn")
    assert report.mends[0].command == "nukediag backfill --repair"
    assert [(seen.signature, seen.count, seen.example) for seen in report.failures] == [
        ("openai.key-invalid", 18, "id-7")
    ]


def test_rows_that_are_stored_as_failed_are_hollow_too() -> None:
    assert report_of_verify(verified(marked=0, full=0, stored=HOLLOW)).verdict == "hollow"


def test_no_visible_row_proves_nothing() -> None:
    report = report_of_verify(verified(marked=0, full=0))
    assert (report.verdict, report.why) == ("unknown", "no finished row is visible to this key")


def test_a_printed_verification_and_a_printed_test_call_make_a_page() -> None:
    told = describe("openai.key-invalid", evidence=(Evidence("status", "500"),))
    http = HttpModel(status=500, sb_error_code=None, sb_request_id=None, execution_id=None, duration_ms=812.0)
    call = TestImageDocument.model_validate(
        {
            **diagnosis_fields(told),
            "exit_code": 3,
            "row": "id-7",
            "function": "f",
            "http": http,
            "parts": {},
            "writes": {},
        }
    )
    for document, word in ((verified(full=812, hollow=HOLLOW), "HOLLOW:"), (call, "FAILED:")):
        page = render(read_document(document.model_dump_json(), "x.json"))
        assert f"<title>{word}" in page
        assert "openai.key-invalid" in page
