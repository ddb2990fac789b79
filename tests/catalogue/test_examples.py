"""Every signature's own examples and look-alikes."""

import random

import pytest

from diag.catalogue import SIGNATURES, classify
from diag.catalogue.candidates import Rulebook
from diag.catalogue.examples import EXAMPLES
from diag.catalogue.model import Example
from diag.catalogue.reading import read
from diag.catalogue.registry import MARKS, MATCHER, RULES

_NAMES = [f"{number}-{example.signature}" for number, example in enumerate(EXAMPLES)]


@pytest.mark.parametrize("example", EXAMPLES, ids=_NAMES)
def test_an_example_is_what_it_stands_for(example: Example) -> None:
    found = classify(example.answer, requires=example.requires)
    assert found.signature == example.signature
    assert found.scope is SIGNATURES[example.signature].scope


def test_every_signature_has_an_example() -> None:
    assert {example.signature for example in EXAMPLES} == set(SIGNATURES)


def test_look_alikes_name_signatures_that_exist_and_differ() -> None:
    resembled = [(example.signature, example.like) for example in EXAMPLES if example.like]
    assert len(resembled) > 80
    assert all(like in SIGNATURES and like != own for own, like in resembled)


def test_the_order_of_the_catalogue_changes_no_answer() -> None:
    shuffler = random.Random(7)
    rules, marks = list(RULES), list(MARKS)
    shuffler.shuffle(rules)
    shuffler.shuffle(marks)
    shuffled, straight = Rulebook(tuple(rules), tuple(marks), MATCHER), Rulebook(RULES, MARKS, MATCHER)
    for example in EXAMPLES:
        reading = read(example.body)
        assert shuffled.candidates(reading, example.status) == straight.candidates(reading, example.status)


def test_failing_examples_are_never_called_ok() -> None:
    failing = [example for example in EXAMPLES if SIGNATURES[example.signature].verdict != "ok"]
    assert failing
    assert not [one for one in failing if classify(one.answer, requires=one.requires).verdict == "ok"]


@pytest.mark.parametrize("example", EXAMPLES, ids=_NAMES)
def test_a_wrapping_function_does_not_hide_a_providers_cause(example: Example) -> None:
    component = example.signature.partition(".")[0]
    if (
        component not in ("aws", "openai", "gemini")
        or not example.body.startswith("{")
        or example.status in (None, 200)
    ):
        assert classify(example.answer).signature  # only errors of providers with a body of their own are wrapped here
        return
    wrapped = '{"success":false,"error":' + _quoted(f"Provider said {example.status}: {example.body}") + "}"
    assert classify(Example("", wrapped, 500).answer).component == component


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
