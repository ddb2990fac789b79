"""The catalogue as data: complete, consistent, and linear."""

import re

import pytest
import re2

from diag.catalogue import SIGNATURES, describe, remedies
from diag.catalogue.entries.problems import PROBLEMS
from diag.catalogue.registry import MARKS, RULES
from diag.diagnosis import Evidence, Scope, Verdict


def test_there_are_120_signatures() -> None:
    assert len(SIGNATURES) == 120


def test_every_rule_points_to_a_signature() -> None:
    ids = {rule.signature for rule in RULES}
    assert {one for one in ids if not one.startswith("model.")} <= set(SIGNATURES)
    assert {one.removeprefix("model.") for one in ids if one.startswith("model.")} <= set(PROBLEMS)


def test_every_failing_signature_says_what_to_do() -> None:
    assert not [one.id for one in SIGNATURES.values() if one.verdict is not Verdict.OK and not one.remedies]


def test_only_ok_and_cached_have_no_scope() -> None:
    assert {one.id for one in SIGNATURES.values() if one.scope is None} == {"function.ok", "function.cached"}


def test_model_providers_share_problems_and_scopes() -> None:
    for problem, (scope, _) in PROBLEMS.items():
        assert {SIGNATURES[f"{provider}.{problem}"].scope for provider in ("openai", "gemini", "ai")} == {scope}


def test_patterns_are_re2_and_lower_case() -> None:
    for pattern in {p for rule in RULES for p in (rule.pattern, *rule.also, *rule.unless)} | {m.pattern for m in MARKS}:
        re2.compile(pattern)
        literal = re.sub(r"\\[a-zA-Z]", "", pattern)
        assert literal == literal.lower(), f"never matches the lower-case normal form: {pattern}"


def test_no_remedy_carries_a_value_of_a_secret() -> None:
    for identifier in SIGNATURES:
        for remedy in remedies(identifier):
            assert not re.search(r"secrets set \w+=", remedy.command or "")


def test_commands_are_filled_from_the_context() -> None:
    commands = [
        one.command for one in remedies("gateway.function-not-found", {"ref": "abcdefghijklmnopqrst", "function": "f"})
    ]
    assert "supabase functions deploy f --project-ref abcdefghijklmnopqrst" in commands


def test_what_the_context_lacks_is_shown_as_a_place_to_fill() -> None:
    assert "--project-ref <project-ref>" in (remedies("openai.key-missing")[0].command or "")


def test_describe_builds_a_diagnosis_for_a_finding_of_our_own() -> None:
    found = describe("image.not-found", evidence=[Evidence("status", "404")], others=["unknown"], retry_after=2.0)
    assert (found.signature, found.scope, found.component, found.retry_after) == (
        "image.not-found",
        Scope.ITEM,
        "image",
        2.0,
    )


def test_an_unknown_id_is_described_as_unknown() -> None:
    assert describe("no.such").signature == "unknown"


@pytest.mark.parametrize("identifier", SIGNATURES)
def test_titles_are_parts_of_a_sentence(identifier: str) -> None:
    title = SIGNATURES[identifier].title
    assert title
    assert not title.endswith(".")
