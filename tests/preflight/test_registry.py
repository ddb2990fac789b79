from __future__ import annotations

import re
from graphlib import TopologicalSorter

import pytest

from diag.config.settings import SecretsSettings, Settings
from diag.preflight.model import CALL
from diag.preflight.registry import checks_for

CHECKS = checks_for(Settings())


def test_ids_are_unique_and_dotted() -> None:
    ids = [check.id for check in CHECKS]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+(\.[A-Za-z0-9_]+)+", id) for id in ids)


def test_an_id_begins_with_its_group() -> None:
    assert [check.id for check in CHECKS if not check.id.startswith(f"{check.group}.")] == []


def test_what_is_needed_is_declared_before_so_that_no_circle_can_be() -> None:
    order = {check.id: place for place, check in enumerate(CHECKS)}
    for check in CHECKS:
        assert all(order[needed] < order[check.id] for needed in (*check.needs, *check.barred_by)), check.id
    assert list(TopologicalSorter({c.id: set(c.needs) for c in CHECKS}).static_order())


def test_the_call_is_the_one_check_that_costs_money_and_every_other_failure_bars_it() -> None:
    assert [check.id for check in CHECKS if check.cost_usd] == [CALL]
    assert set(CHECKS[-1].barred_by) == {check.id for check in CHECKS[:-1]}


def test_claims_are_affirmative() -> None:
    assert [check.claim for check in CHECKS if re.search(r"\b(not|missing|wrong)\b", check.claim)] == []


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"])
def test_every_required_secret_has_a_check_of_its_own(name: str) -> None:
    assert f"secrets.{name}.present" in {check.id for check in CHECKS}


def test_an_expected_value_is_also_required() -> None:
    ids = {check.id for check in checks_for(Settings(secrets=SecretsSettings(required=(), expected={"MODE": "on"})))}
    assert {"secrets.MODE.present", "secrets.MODE.expected"} <= ids
