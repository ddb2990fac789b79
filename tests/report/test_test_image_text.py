from __future__ import annotations

from diag.catalogue import describe
from diag.diagnosis import Answer
from diag.report.terminal import Paper
from diag.report.test_image_text import render, test_image_document
from diag.rows import Outcome, Row

ROW = Row("row-1", "https://pictures.example/1.jpg")
HEADERS = {"SB-Error-Code": "EDGE_FUNCTION_ERROR", "x-deno-execution-id": "e1", "sb-request-id": "r1"}
FAILED = Outcome(
    ROW,
    describe("openai.key-invalid"),
    called=True,
    writes={"image_tags": 2, "vehicle_images": 0},
    answer=Answer(status=500, headers=HEADERS, body=b"{}", duration_ms=1234.56),
)
DEAD = Outcome(ROW, describe("image.not-found"), called=False)


def test_the_document_carries_the_call_as_it_came_over_the_wire() -> None:
    document = test_image_document(FAILED, given="row-1", function="analyze-image", exit_code=3)
    assert document.http.model_dump() == {
        "status": 500,
        "sb_error_code": "EDGE_FUNCTION_ERROR",
        "sb_request_id": "r1",
        "execution_id": "e1",
        "duration_ms": 1234.6,
    }
    assert document.writes == {"image_tags": 2, "vehicle_images": 0}
    assert (document.id, document.row, document.component, document.scope) == ("row-1", "row-1", "openai", "project")


def test_without_a_call_the_document_says_so() -> None:
    document = test_image_document(DEAD, given="row-1", function="analyze-image", exit_code=3)
    assert document.http.status is None
    assert document.writes == {}


def test_the_report_names_cause_call_and_what_was_saved() -> None:
    text = render(FAILED, "analyze-image", Paper(width=None)).plain
    for words in ("openai.key-invalid", "status 500 in 1.2 s", "execution e1", "image_tags 2", "row-1"):
        assert words in text


def test_a_picture_found_dead_costs_nothing() -> None:
    text = render(DEAD, "analyze-image", Paper(width=None)).plain
    assert "was not called: nothing was spent" in text
    assert "saved" not in text


def test_a_fresh_success_has_nothing_to_mend() -> None:
    text = render(Outcome(ROW, describe("function.ok"), called=True, marked=True), "f", Paper(width=None)).plain
    assert "mend" not in text
    assert "marked as done" in text


def test_quiet_is_one_line() -> None:
    assert "\n" not in render(FAILED, "analyze-image", Paper(), -1).plain
