"""What people paste."""

import pytest

from diag.catalogue.pasted import batch_record, is_record, pasted_answer, record


def test_a_raw_response_gives_status_and_headers() -> None:
    answer = pasted_answer("HTTP/2 503 \r\nsb-error-code: BOOT_ERROR\r\n\r\n{}")
    assert (answer.status, answer.header("SB-Error-Code"), answer.body) == (503, "BOOT_ERROR", "{}")


def test_any_other_text_is_the_body() -> None:
    assert pasted_answer("HTTP is down").body == "HTTP is down"
    assert pasted_answer("x", 500).status == 500


def test_all_but_the_body_is_optional() -> None:
    record = batch_record('{"body":"x"}')
    assert (record.id, record.answer.status, record.answer.body, record.requires) == (None, None, "x", ())


def test_a_body_that_is_json_is_taken_as_such() -> None:
    assert batch_record('{"body":{"error":"é"},"id":7}').answer.body == '{"error": "é"}'


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nonsense", "not JSON"),
        ("[]", "not a JSON object"),
        ('{"id":"a"}', "'body' is missing"),
        ('{"body":"","status":"x"}', "'status'"),
        ('{"body":"","headers":[]}', "'headers'"),
        ('{"body":"","requires":[1]}', "'requires'"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_faulty_line_says_what_is_wrong(line: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        batch_record(line)


@pytest.mark.parametrize(
    ("document", "is_one"),
    [
        ({"body": "x"}, True),
        ({"body": "x", "status": 500, "id": 1}, True),
        ({"body": "x", "error": "y"}, False),
        ({"status": 500}, False),
        (["body"], False),
        ("body", False),
    ],
)
def test_an_answer_that_happens_to_have_a_body_is_no_line_of_a_batch(document: object, is_one: bool) -> None:
    assert is_record(document) is is_one


@pytest.mark.parametrize(("given", "status"), [("500", 500), (" 429 ", 429), (0, 0), ("", None), (None, None)])
def test_a_status_is_a_number_or_the_text_of_one(given: object, status: int | None) -> None:
    assert record({"body": "x", "status": given}).answer.status == status


def test_headers_of_several_values_are_one_text() -> None:
    headers = {"vary": ["a", "b"], "retry-after": 5}
    assert record({"body": "x", "headers": headers}).answer.headers == {"vary": "a, b", "retry-after": "5"}


def test_true_is_no_status() -> None:
    with pytest.raises(ValueError, match="'status'"):
        record({"body": "x", "status": True})
