"""The report card for people."""

from __future__ import annotations

import json

from jsonschema import validate

from diag.catalogue import classify
from diag.config.settings import TableSettings
from diag.diagnosis import Answer
from diag.report.drill_document import drill_document
from diag.report.drill_text import card_lines, drilled_lines
from diag.report.drill_words import MEND, WHAT
from diag.report.schemas import schema
from diag.report.terminal import Paper
from diag.sandbox.drill import Card, Drilled, Leak, Shot, Weakness
from diag.sandbox.drill.judge import judge, usual
from diag.sandbox.scenarios import SCENARIOS

PAPER = Paper(width=None)
GOOD = {"success": True, "tags": ["car"], "appraisal": {"subject": "engine"}}
PIECE = "sk-proj-ab"


def _shot(body: object, status: int = 200, paid: int = 1, leaks: tuple[Leak, ...] = ()) -> Shot:
    answer = Answer(status=status, body=json.dumps(body))
    told = classify(answer, requires=("tags", "appraisal"))
    return Shot(answer, told, True, {"openai_accepted": paid}, {"image_tags": 1} if paid else {}, leaks=leaks)


def _drilled(scenario: str, shot: Shot) -> Drilled:
    return judge(SCENARIOS[scenario], shot, usual([_shot(GOOD)]), TableSettings())


HEALTHY = _drilled("healthy", _shot(GOOD))
HONEST = _drilled("openai-key-missing", _shot({"error": "OpenAI API key not configured"}, 500, 0))
WEAK = _drilled("openai-key-invalid", _shot({**GOOD, "appraisal": None}, paid=0))
LEAKY = _drilled(
    "healthy", _shot({**GOOD, "debug": f"key {PIECE}"}, leaks=(Leak("debug", "OPENAI_API_KEY", 10, PIECE),))
)


def _card(*drilled: Drilled, healthy: bool = True, log: str = "") -> Card:
    return Card("analyze-image", None, healthy, drilled, log)


def test_an_honest_scenario_is_one_line_with_the_cause_that_it_named() -> None:
    text = drilled_lines(HONEST, PAPER).plain
    assert text.splitlines() == ["✓ ok  openai-key-missing  said so: openai.key-missing"]


def test_a_weak_one_shows_its_answer_what_could_be_told_and_what_it_did() -> None:
    text = drilled_lines(WEAK, PAPER).plain
    assert '200 {"success": true' in text
    assert "where the cause is openai.key-invalid" in text
    assert "nothing was paid, nothing written" in text
    assert WHAT[Weakness.CLAIMS_SUCCESS] in text


def test_no_piece_of_a_secret_is_quoted() -> None:
    for text in (drilled_lines(LEAKY, PAPER, 1).plain, drill_document(_card(LEAKY)).model_dump_json()):
        assert PIECE not in text
        assert "OPENAI_API_KEY" in text


def test_every_weakness_has_words_and_a_mend() -> None:
    assert set(WHAT) == set(MEND) == set(Weakness)


def test_the_end_counts_and_says_each_mend_once() -> None:
    text = card_lines(_card(HEALTHY, HONEST, WEAK, LEAKY), PAPER).plain
    assert "4 scenarios; honest in 1, weak in 2, untouched by 1, 0 answered by others" in text
    assert text.count(MEND[Weakness.CLAIMS_SUCCESS]) == 1
    assert "openai-key-invalid" in text


def test_quiet_is_the_totals_alone() -> None:
    assert len(card_lines(_card(HEALTHY, WEAK), PAPER, -1).plain.splitlines()) == 1


def test_exit_codes_are_those_of_the_page() -> None:
    assert drill_document(_card(HEALTHY, HONEST)).exit_code == 0
    assert drill_document(_card(HEALTHY, WEAK)).exit_code == 4
    assert drill_document(_card(HEALTHY, healthy=False)).exit_code == 3


def test_a_function_that_does_not_work_shows_the_end_of_its_log() -> None:
    text = card_lines(_card(WEAK, healthy=False, log="one\nerror: two"), PAPER).plain
    assert "no fault was tried" in text
    assert "error: two" in text


def test_the_document_counts_by_conduct_and_weakness() -> None:
    document = drill_document(_card(HEALTHY, HONEST, WEAK))
    assert document.totals == {"honest": 1, "untouched": 1, "platform": 0, "weak": 1}
    assert document.weaknesses[Weakness.CLAIMS_SUCCESS] == 1
    assert document.model_dump()["schema"] == "nukediag/drill/1"


def test_the_document_is_the_one_that_its_schema_describes() -> None:
    document = json.loads(drill_document(_card(HEALTHY, HONEST, WEAK, LEAKY)).model_dump_json())
    assert document["schema"] == "nukediag/drill/1"
    validate(document, schema(document["schema"], strict=True))
