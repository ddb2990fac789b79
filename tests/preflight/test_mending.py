"""What is planned for what was found; the words that are planned with carry no value."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from doubles import REF, SupabaseDouble, configuration

from diag.catalogue import describe
from diag.credentials import Copies, compare
from diag.preflight import CheckResult, Finding, Status
from diag.preflight import run as preflight
from diag.preflight.mender import carry_out, propose
from diag.preflight.mending import View, concerned, plan
from diag.preflight.model import CALL, Check
from diag.project import StoredSecret
from diag.verify import Standing

KEY = "sk-proj-" + "Ab3dEf6hIj9l" * 4
LOCAL = {
    "OPENAI_API_KEY": KEY,
    "AWS_ACCESS_KEY_ID": "AKIA" + "ABCDEFGH23456789",
    "AWS_SECRET_ACCESS_KEY": "wXy/z12345" * 4,
    "AWS_REGION": "us-east-1",
}


def copies(folder: Path, local: dict[str, str] | None = None, **stored: str | None) -> Copies:
    """The comparison where the project stores the local values but for these (None: not at all)."""
    file = folder / "supabase/functions/.env"
    file.parent.mkdir(parents=True, exist_ok=True)
    values = {**LOCAL, **(local or {})}
    file.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    held = {**values, **stored}
    digests = [
        StoredSecret(name, hashlib.sha256(text.encode()).hexdigest()) for name, text in held.items() if text is not None
    ]
    return compare(configuration(folder), digests)


def planned(found: Copies, *results: CheckResult, **view: Any) -> dict[str, str]:
    expected = {"AWS_REGION": "us-east-1"}
    return {
        one.name: one.action.value
        for one in plan(results, View("analyze-image", copies=found, expected=expected, **view))
    }


def result(id: str, status: Status, signature: str | None = None) -> CheckResult:
    async def never(facts: Any) -> Finding:
        raise AssertionError

    diagnosis = describe(signature) if signature else None
    return CheckResult(Check(id, "call", "it holds", never), Finding(status, "so it is", diagnosis))


@pytest.mark.parametrize(
    ("stored", "action"),
    [
        (None, "set"),
        ("", "set"),
        (f"{KEY}\n", "overwrite"),
        (f'"{KEY}"', "overwrite"),
        (f"Bearer {KEY}", "overwrite"),
        ("your-api-key", "overwrite"),
        (KEY, None),
    ],
)
def test_what_is_missing_or_spoilt_is_set_from_the_local_copy(tmp_path: Path, stored: str | None, action: str) -> None:
    assert planned(copies(tmp_path, OPENAI_API_KEY=stored)).get("OPENAI_API_KEY") == action


@pytest.mark.parametrize(
    ("standing", "action"),
    [(Standing.VALID, "overwrite"), (Standing.UNKNOWN, "leave"), (None, "leave"), (Standing.INVALID, "leave")],
)
def test_another_value_gives_way_only_to_one_that_the_provider_takes(
    tmp_path: Path, standing: Standing | None, action: str
) -> None:
    vouched = {"OPENAI_API_KEY": standing} if standing else {}
    found = copies(tmp_path, OPENAI_API_KEY="sk-proj-" + "another1" * 5)
    assert planned(found, result(CALL, Status.FAIL, "openai.key-invalid"), vouched=vouched)["OPENAI_API_KEY"] == action


def test_another_value_that_works_is_left_alone(tmp_path: Path) -> None:
    found = copies(tmp_path, OPENAI_API_KEY="sk-proj-" + "another1" * 5)
    assert planned(found, result(CALL, Status.PASS), vouched={"OPENAI_API_KEY": Standing.VALID}) == {}


def test_a_local_value_that_its_provider_refuses_is_not_set(tmp_path: Path) -> None:
    found = copies(tmp_path, OPENAI_API_KEY=None)
    mends = plan([], View("analyze-image", copies=found, vouched={"OPENAI_API_KEY": Standing.INVALID}))
    assert [(one.action.value, one.changes) for one in mends] == [("leave", False)]
    assert "refused by its provider" in mends[0].change


def test_a_placeholder_here_is_not_set_there(tmp_path: Path) -> None:
    found = copies(tmp_path, {"OPENAI_API_KEY": "your-api-key"}, OPENAI_API_KEY=None)
    assert planned(found) == {"OPENAI_API_KEY": "leave"}


def test_a_known_value_is_taken_from_the_settings(tmp_path: Path) -> None:
    found = copies(tmp_path, {"AWS_REGION": "eu-west-1"}, AWS_REGION="us-east-1\n")
    mends = plan([], View("analyze-image", copies=found, expected={"AWS_REGION": "us-east-1"}))
    assert [(one.name, one.action.value) for one in mends] == [("AWS_REGION", "overwrite")]
    assert mends[0].change.startswith("to us-east-1")


def test_a_secret_that_nothing_needs_is_left_alone_until_something_fails_by_it(tmp_path: Path) -> None:
    found = copies(tmp_path, {"SERVICE_ROLE_KEY": "sb_secret_" + "q" * 30}, SERVICE_ROLE_KEY=None)
    assert concerned([], View("analyze-image", copies=found)) == ()
    failed = result(CALL, Status.FAIL, "supabase.key-missing")
    assert [copy.name for copy in concerned([failed], View("analyze-image", copies=found))] == ["SERVICE_ROLE_KEY"]
    assert planned(found, read=("SERVICE_ROLE_KEY",)) == {"SERVICE_ROLE_KEY": "set"}


@pytest.mark.parametrize(("shipped", "action"), [(("analyze-image",), "deploy"), ((), "leave")])
def test_only_a_shipped_function_is_deployed(shipped: tuple[str, ...], action: str) -> None:
    absent = result("function.deployed", Status.FAIL, "gateway.function-not-found")
    assert [one.action.value for one in plan([absent], View("analyze-image", shipped))] == [action]
    assert (
        plan([replace(absent, finding=Finding(Status.UNKNOWN, "no permission"))], View("analyze-image", shipped)) == ()
    )


def test_no_plan_shows_a_value(tmp_path: Path) -> None:
    found = copies(tmp_path, OPENAI_API_KEY=None, AWS_SECRET_ACCESS_KEY=f'"{LOCAL["AWS_SECRET_ACCESS_KEY"]}"')
    told = repr(plan([], View("analyze-image", copies=found)))
    assert "OPENAI_API_KEY" in told
    assert not [value for name, value in LOCAL.items() if name != "AWS_REGION" and value[4:12] in told]


class Patched:
    """A function whose JWT check can be switched."""

    def __init__(self, *, verify_jwt: bool) -> None:
        self.verify_jwt = verify_jwt

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PATCH":
            self.verify_jwt = b"true" in request.content
        return httpx.Response(
            200, json={"slug": "analyze-image", "status": "ACTIVE", "version": 1, "verify_jwt": self.verify_jwt}
        )


@pytest.mark.parametrize(
    ("told", "deployed", "action"),
    [("false", True, "jwt-off"), ("false", False, None), ("true", False, None), (None, True, None)],
)
async def test_the_jwt_check_follows_the_projects_file_but_never_shuts_our_own_key_out(
    tmp_path: Path, told: str | None, deployed: bool, action: str | None
) -> None:
    (tmp_path / "supabase").mkdir()
    line = f"[functions.analyze-image]\nverify_jwt = {told}\n" if told else ""
    (tmp_path / "supabase/config.toml").write_text(line)
    function, double = Patched(verify_jwt=deployed), SupabaseDouble.with_rows(1)
    double.special[f"/v1/projects/{REF}/functions/analyze-image"] = function
    async with double.project(tmp_path) as project:
        before = await preflight(project, call=False)
        mends = [one for one in await propose(project, before) if one.changes]
        assert [one.action.value for one in mends] == ([action] if action else [])
        done = await carry_out(project, mends)
    assert [one.done for one in done] == ([True] if action else [])
    assert function.verify_jwt is (deployed if action is None else False)


async def test_without_an_access_token_nothing_is_planned(tmp_path: Path) -> None:
    async with SupabaseDouble.with_rows(1).project(tmp_path, SUPABASE_ACCESS_TOKEN="") as project:
        assert await propose(project, await preflight(project, call=False)) == ()
