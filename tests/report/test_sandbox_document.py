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


def told(functions: str | None) -> str:
    rows = {"total": 12, "pending": 7, "done": 5}
    document = sandbox_document(
        {**WHERE, "functions": functions}, {**WELL, "rows": rows, "restarted": {}, "problems": []}
    )
    return "\n".join(sandbox_lines(document))


def test_whose_rows_are_counted_is_said_where_functions_were_brought_along() -> None:
    text = told("/home/me/supabase")
    assert (
        "rows        7 pending, 5 done of the sandbox's own vehicle_images; of yours: nukediag status --sandbox" in text
    )
    assert "paid twice  0 rows of the sandbox's own vehicle_images" in text
    assert "scenario    healthy (/home/me/supabase)" in text


def test_the_sandboxs_own_rows_need_no_name() -> None:
    text = told(None)
    assert "rows        7 pending, 5 done\n" in text
    assert "scenario    healthy (variant function)" in text
    assert "own" not in text


def test_rows_that_cannot_be_counted_in_a_database_that_runs_are_no_database_that_is_away() -> None:
    document = sandbox_document(WHERE, {**WELL, "parts": {"postgres": "running"}, "restarted": {}, "problems": []})
    assert "rows        unknown: not to be counted" in sandbox_lines(document)
