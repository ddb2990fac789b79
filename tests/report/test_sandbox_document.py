from __future__ import annotations

from diag.report.sandbox_document import ScenarioModel, ScenariosDocument, scenario_lines


def scenario(name: str, group: str) -> ScenarioModel:
    return ScenarioModel(name=name, group=group, title="t", signature=f"{group}.x", also=[], preflight_exit=[3])


def test_scenarios_stand_under_the_names_of_their_groups() -> None:
    listed = [scenario("a-long-name", "openai"), scenario("b", "openai"), scenario("c", "aws")]
    lines = scenario_lines(ScenariosDocument(exit_code=0, scenarios=listed))
    assert [line for line in lines if not line.startswith(" ")] == ["openai", "aws"]
    assert [line.split()[0] for line in lines if line.startswith(" ")] == ["a-long-name", "b", "c"]
    assert len({line.index(".x") - line.split()[1].index(".x") for line in lines if line.startswith(" ")}) == 1
