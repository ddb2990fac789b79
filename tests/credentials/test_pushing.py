from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from doubles import configuration

from diag.config.configuration import LocalSecret
from diag.config.settings import Place
from diag.credentials import compare
from diag.credentials.alteration import digest_of
from diag.credentials.pushing import Action, plan, push, refusal
from diag.project import Project, StoredSecret
from diag.secret import Secret

KEY = "sk-proj-" + "Zx9Qw8Er7Ty6Ui5Op4" * 2
AWS = {"AWS_ACCESS_KEY_ID": "AKIA0123456789ABCDEF", "AWS_SECRET_ACCESS_KEY": "wUz0R0lY8b5rWcYx3l9Qm1n2b3v4c5x6z7a8s9d0"}


def local(name: str, value: str) -> LocalSecret:
    return LocalSecret(name, Secret(value), Place(text="supabase/functions/.env:1"))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SUPABASE_X", KEY, "SUPABASE_"),
        ("OPENAI_API_KEY", "", "nothing"),
        ("OPENAI_API_KEY", "sk-your-key", "placeholder"),
        ("OPENAI_API_KEY", f"{KEY}\n", "line break"),
        ("OPENAI_API_KEY", f'"{KEY}"', "quotes"),
        ("OPENAI_API_KEY", f"Bearer {KEY}", "Bearer"),
        ("OPENAI_API_KEY", "sk-admin-0123456789abcdefghij", "admin key"),
        ("OPENAI_API_KEY", "sk-prój-0123456789", "characters"),
        ("AWS_ACCESS_KEY_ID", AWS["AWS_SECRET_ACCESS_KEY"], "swapped"),
        ("AWS_SECRET_ACCESS_KEY", AWS["AWS_ACCESS_KEY_ID"], "swapped"),
    ],
)
def test_a_value_that_cannot_be_right_is_refused_without_being_shown(name: str, value: str, words: str) -> None:
    why = refusal(name, local(name, value))
    assert why is not None
    assert words in why
    assert not value or value.strip() not in why


@pytest.mark.parametrize(("name", "value"), [("OPENAI_API_KEY", KEY), ("GREETING", "hello there"), *AWS.items()])
def test_a_plausible_value_is_taken(name: str, value: str) -> None:
    assert refusal(name, local(name, value)) is None


class Store:
    """The secrets of a project behind the Management API; ``lags`` looks come before a change shows."""

    def __init__(self, lags: int = 0, **values: str) -> None:
        self.values, self.lags = dict(values), lags
        self.shown = dict(values)
        self.bodies: list[list[dict[str, str]]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.bodies.append(json.loads(request.content))
            self.values.update({one["name"]: one["value"] for one in self.bodies[-1]})
            return httpx.Response(201)
        self.lags -= 1
        shown = self.values if self.lags < 0 else self.shown
        return httpx.Response(
            200, json=[{"name": k, "value": sha256(v.encode()).hexdigest()} for k, v in shown.items()]
        )


async def no_pause(seconds: float) -> None:
    return None


def prepared(folder: Path, text: str) -> Path:
    (folder / "supabase/functions").mkdir(parents=True)
    (folder / "supabase/functions/.env").write_text(text)
    return folder


TEXT = f"OPENAI_API_KEY={KEY}\nAWS_REGION=us-east-1\nAWS_ACCESS_KEY_ID=your_key\n"


def test_the_plan_sets_what_is_missing_and_keeps_what_differs(tmp_path: Path) -> None:
    settings = configuration(prepared(tmp_path, TEXT))
    copies = compare(settings, [StoredSecret("OPENAI_API_KEY", digest_of("other"))])
    assert {step.name: step.action for step in plan(copies)} == {
        "OPENAI_API_KEY": Action.KEEP,
        "AWS_REGION": Action.SET,
        "AWS_ACCESS_KEY_ID": Action.REFUSE,
        "AWS_SECRET_ACCESS_KEY": Action.REFUSE,
    }
    assert [step.action for step in plan(copies, ["OPENAI_API_KEY"], overwrite=True)] == [Action.OVERWRITE]
    assert [step.action for step in plan(copies, ["NOWHERE"])] == [Action.REFUSE]


def test_an_empty_stored_value_is_as_good_as_none(tmp_path: Path) -> None:
    copies = compare(configuration(prepared(tmp_path, TEXT)), [StoredSecret("OPENAI_API_KEY", digest_of(""))])
    assert plan(copies, ["OPENAI_API_KEY"])[0].action is Action.SET


@pytest.mark.parametrize(("lags", "done"), [(0, True), (2, True), (9, False)])
async def test_what_was_set_is_looked_at_again(tmp_path: Path, lags: int, done: bool) -> None:
    settings, store = configuration(prepared(tmp_path, TEXT)), Store(lags)
    copies = compare(settings, [])
    values = {copy.name: copy.local for copy in copies.secrets if copy.local}
    async with Project(settings, transport=httpx.MockTransport(store)) as project:
        assert project.management is not None
        steps = await push(project.management, plan(copies, ["OPENAI_API_KEY"]), values, sleep=no_pause)
    assert [(step.name, step.done) for step in steps] == [("OPENAI_API_KEY", done)]
    assert store.bodies == [[{"name": "OPENAI_API_KEY", "value": KEY}]]


async def test_a_plan_that_changes_nothing_sends_nothing(tmp_path: Path) -> None:
    settings, store = configuration(prepared(tmp_path, TEXT)), Store(OPENAI_API_KEY=KEY)
    copies = compare(settings, [StoredSecret("OPENAI_API_KEY", digest_of(KEY))])
    async with Project(settings, transport=httpx.MockTransport(store)) as project:
        assert project.management is not None
        steps = await push(project.management, plan(copies, ["OPENAI_API_KEY"]), {}, sleep=no_pause)
    assert [step.action for step in steps] == [Action.KEEP]
    assert store.bodies == []
