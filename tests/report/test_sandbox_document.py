from __future__ import annotations

import pytest

from diag.report.sandbox_document import (
    ScenarioModel,
    ScenariosDocument,
    sandbox_document,
    sandbox_lines,
    scenario_lines,
)


def scenario(name: str, group: str) -> ScenarioModel:
    return ScenarioModel(name=name, group=group, title="t", signature=f"{group}.x", also=[], preflight_exit=[3])


def test_scenarios_stand_under_the_names_of_their_groups() -> None:
    listed = [scenario("a-long-name", "openai"), scenario("b", "openai"), scenario("c", "aws")]
    lines = scenario_lines(ScenariosDocument(exit_code=0, scenarios=listed))
    assert [line for line in lines if not line.startswith(" ")] == ["openai", "aws"]
    assert [line.split()[0] for line in lines if line.startswith(" ")] == ["a-long-name", "b", "c"]
    assert len({line.index(".x") - line.split()[1].index(".x") for line in lines if line.startswith(" ")}) == 1


WHERE = {key: key for key in ("url", "ref", "management_url", "env_file", "name", "variant")}
CALLS = {"function": 0, "openai": 0, "openai_accepted": 0, "aws": 0, "aws_accepted": 0}
WELL = {"scenario": "healthy", "rows": None, "calls": CALLS, "twice": 0, "parts": {}, "memory_mb": 1}


@pytest.mark.parametrize(
    ("restarted", "problems", "code", "last"),
    [
        ({}, [], 0, ["memory      1 MB in 1 processes"]),
        ({"postgres": 1, "data-api": 2}, [], 0, ["restarted   postgres (1x), data-api (2x)"]),
        ({"postgres": 5}, ["postgres gone"], 1, ["restarted   postgres (5x)", "problem     postgres gone"]),
    ],
)
def test_parts_that_came_back_are_told_and_only_those_that_stay_away_are_problems(
    restarted: dict[str, int], problems: list[str], code: int, last: list[str]
) -> None:
    document = sandbox_document(WHERE, {**WELL, "restarted": restarted, "problems": problems})
    assert (int(document.exit_code), sandbox_lines(document)[-len(last) :]) == (code, last)
    assert "rows        unknown: the database is away" in sandbox_lines(document)
