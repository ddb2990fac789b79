"""The user's own signatures."""

import pytest

from diag.catalogue import SIGNATURES, classify
from diag.catalogue.own import compile_own
from diag.diagnosis import Answer, Remedy, Scope, Verdict
from diag.errors import SettingsError

LICENCE = {
    "id": "mine.licence",
    "pattern": "licen[cs]e (has )?ended",
    "scope": "project",
    "title": "the licence has ended",
    "remedy": "Renew it.",
    "example": "Your licence has ended",
}


def test_an_own_signature_goes_before_the_catalogue() -> None:
    found = classify(Answer(status=500, body='{"error":"OpenAI 401: LICENSE ENDED"}'), own=compile_own([LICENCE]))
    assert (found.signature, found.scope, found.remedies[0].text) == ("mine.licence", Scope.PROJECT, "Renew it.")


def test_an_own_pattern_can_add_a_wording_to_a_known_signature() -> None:
    own = compile_own([{"id": "openai.rate-limited", "pattern": "hold your horses"}])
    found = classify(Answer(status=500, body="Hold your horses!"), own=own)
    assert (found.signature, found.scope) == ("openai.rate-limited", Scope.TRANSIENT)


def test_a_status_narrows_an_own_signature() -> None:
    own = compile_own([{"id": "mine.x", "pattern": "odd", "status": 503}])
    assert classify(Answer(status=503, body="odd"), own=own).signature == "mine.x"
    assert classify(Answer(status=500, body="odd"), own=own).signature != "mine.x"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"pattern": "(é"}, "cannot be used: missing ): (é."),
        ({"pattern": "(?=x)"}, "cannot be used"),
        ({"scope": "galaxy"}, "galaxy"),
        ({"verdict": "ok"}, "cannot make an answer ok"),
        ({"patern": "x"}, "unknown key 'patern'"),
        ({"patern": "x", "titel": "x", "uri": "x"}, "unknown key 'patern'"),
        ({"id": ""}, "'id' and 'pattern'"),
        ({"id": 7}, "'id' and 'pattern'"),
        ({"pattern": ""}, "'id' and 'pattern'"),
        ({"pattern": 7}, "'id' and 'pattern'"),
        ({"status": "500"}, "'status'"),
        ({"status": 99}, "'status'"),
        ({"status": [500, 600]}, "'status'"),
        ({"example": "something else"}, "does not match its own example"),
    ],
)
def test_a_faulty_entry_is_refused_with_its_place(change: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError, match="number 1") as caught:
        compile_own([{**LICENCE, **change}])
    assert said in caught.value.message
    assert caught.value.remedy


def test_a_faulty_pattern_is_told_once_by_its_error_alone(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SettingsError):
        compile_own([{**LICENCE, "pattern": "("}])
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("status", [100, 599, [100, 500, 599], None])
def test_every_http_status_may_narrow_a_signature_and_its_example_needs_none(status: object) -> None:
    own = compile_own([{**LICENCE, "status": status}])
    assert own.signatures["mine.licence"].title == "the licence has ended"


@pytest.mark.parametrize("pattern", [r'"code": "7"', r"^\{code: 7\}$"])
def test_a_pattern_may_be_written_for_the_raw_text_or_for_its_normal_form(pattern: str) -> None:
    own = compile_own([{"id": "mine.x", "pattern": pattern, "example": '{"code": "7"}'}])
    assert own.signatures.keys() == {"mine.x"}


def test_a_pattern_is_matched_without_regard_to_case() -> None:
    own = compile_own([{"id": "mine.x", "pattern": "DocNumber: X7"}])
    assert classify(Answer(status=500, body="docnumber: x7"), own=own).signature == "mine.x"


def test_what_an_entry_leaves_out_is_the_catalogues_or_the_plainest() -> None:
    known, added = compile_own([{"id": "openai.timeout", "pattern": "x"}, {"id": "mine.x", "pattern": "x"}]).rules
    assert known.signature == SIGNATURES["openai.timeout"]
    assert (added.signature.title, added.signature.scope) == ("mine.x", Scope.PROJECT)
    assert (added.signature.verdict, added.signature.remedies) == (Verdict.FAILED, ())


@pytest.mark.parametrize(
    ("named", "remedy"),
    [
        ({"remedy": "Renew it."}, Remedy("Renew it.")),
        ({"command": "make licence"}, Remedy("See the command.", "make licence")),
        ({"url": "https://shop.example"}, Remedy("See the page.", None, "https://shop.example")),
    ],
)
def test_any_one_of_text_command_and_address_is_a_remedy(named: dict[str, str], remedy: Remedy) -> None:
    (rule,) = compile_own([{"id": "mine.x", "pattern": "x", **named}]).rules
    assert rule.signature.remedies == (remedy,)
