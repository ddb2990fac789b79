"""The user's own signatures."""

import pytest

from diag.catalogue import classify
from diag.catalogue.own import compile_own
from diag.diagnosis import Answer, Scope
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
        ({"pattern": "("}, "cannot be used"),
        ({"pattern": "(?=x)"}, "cannot be used"),
        ({"scope": "galaxy"}, "galaxy"),
        ({"verdict": "ok"}, "cannot make an answer ok"),
        ({"patern": "x"}, "unknown key 'patern'"),
        ({"id": ""}, "'id' and 'pattern'"),
        ({"status": "500"}, "'status'"),
        ({"example": "something else"}, "does not match its own example"),
    ],
)
def test_a_faulty_entry_is_refused_with_its_place(change: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError, match="number 1") as caught:
        compile_own([{**LICENCE, **change}])
    assert said in caught.value.message
    assert caught.value.remedy
