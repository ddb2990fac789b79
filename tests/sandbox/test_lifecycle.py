"""Coming up, going down, and being killed: nothing may be left behind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import httpx
import psutil
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from sandboxes import settings_of

from diag.errors import ExitCode, SandboxError, UsageError
from diag.sandbox import launch
from diag.sandbox.state import Sandbox, is_held, running, sandbox_folder, state_root

Start = Callable[..., Sandbox]


def children(sandbox: Sandbox) -> list[psutil.Process]:
    return psutil.Process(sandbox.pid).children(recursive=True)


def gone(processes: list[psutil.Process]) -> bool:
    """Wait for them to end; a zombie has ended (its parent is whoever runs the tests)."""
    return within_a_minute(lambda: not any(map(_lives, processes)))


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def within_a_minute(fact: Callable[[], bool]) -> bool:
    """Whether it comes true; most do at once."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if fact():
            return True
        time.sleep(0.02)
    return False


def test_down_leaves_no_process_and_no_file(new_sandbox: Start, tmp_path: Path) -> None:
    sandbox = new_sandbox()
    parts = children(sandbox)
    assert {"deno", "postgres"} <= {each.name() for each in parts}
    assert launch.down(state_dir=tmp_path / "state") is True
    assert gone(parts)
    assert not sandbox.folder.exists()
    assert sandbox.scratch is None or not sandbox.scratch.exists()
    assert launch.down(state_dir=tmp_path / "state") is False


def test_its_files_are_for_their_owner_alone(new_sandbox: Start) -> None:
    sandbox = new_sandbox()
    paths = [sandbox.folder, *sandbox.folder.rglob("*")]
    open_to_others = [path for path in paths if stat.S_IMODE(path.lstat().st_mode) & 0o077]
    assert open_to_others == []


def test_a_killed_supervisor_takes_its_children_along(new_sandbox: Start, tmp_path: Path) -> None:
    sandbox = new_sandbox()
    parts = children(sandbox)
    os.kill(sandbox.pid, signal.SIGKILL)
    assert gone(parts)
    assert running(state_dir=tmp_path / "state") is None
    again = launch.up(images=20, state_dir=tmp_path / "state")
    assert again.ref != sandbox.ref
    assert sandbox.scratch is None or not sandbox.scratch.exists()


def test_a_sandbox_whose_folder_was_removed_ends_itself(new_sandbox: Start) -> None:
    sandbox = new_sandbox()
    processes = [psutil.Process(sandbox.pid), *children(sandbox)]
    shutil.rmtree(sandbox.folder)
    assert gone(processes)
    assert not sandbox.folder.exists()


def test_an_aws_that_dies_comes_back_and_knows_the_keys_that_it_handed_out(new_sandbox: Start) -> None:
    sandbox = new_sandbox()
    [moto] = [each for each in children(sandbox) if "moto.server" in " ".join(each.cmdline())]
    moto.kill()
    assert within_a_minute(lambda: launch.status(sandbox)["restarted"] == {"aws": 1})
    sts, said = _sts(sandbox), list[str]()
    assert within_a_minute(lambda: said.append(_user(sts)) or said[-1].endswith(":user/analyze-image"))
    assert set(said[:-1]) <= {"ServiceUnavailable"}  # meanwhile no key was called unknown
    assert launch.status(sandbox)["problems"] == []


def test_a_data_api_that_dies_comes_back(new_sandbox: Start) -> None:
    sandbox = new_sandbox()
    [lite] = [each for each in children(sandbox) if "--no-telemetry" in each.cmdline()]
    lite.kill()
    assert within_a_minute(lambda: launch.status(sandbox)["restarted"] == {"data-api": 1})
    assert within_a_minute(lambda: _rows(sandbox).status_code == 200)
    assert launch.status(sandbox)["problems"] == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_database_that_ends_comes_back_with_all_that_was_committed(new_sandbox: Start, how: signal.Signals) -> None:
    sandbox = new_sandbox()
    row = _rows(sandbox).json()[0]["id"]
    written = _ask(sandbox, "PATCH", {"id": f"eq.{row}"}, json={"ai_processing_status": "failed"})
    assert written.status_code == 204
    [postgres] = [each for each in children(sandbox) if "/postgres -D " in " ".join(each.cmdline())]
    postgres.send_signal(how)
    assert within_a_minute(lambda: launch.status(sandbox)["restarted"].get("postgres", 0) > 0)
    assert within_a_minute(lambda: _rows(sandbox).status_code == 200)
    assert [
        each["id"] for each in _ask(sandbox, params={"id": f"eq.{row}", "ai_processing_status": "eq.failed"}).json()
    ] == [row]
    assert launch.status(sandbox)["problems"] == []


def test_a_database_that_cannot_start_is_given_up_and_the_data_api_says_what_postgrest_would(
    new_sandbox: Start,
) -> None:
    sandbox = new_sandbox()
    [postgres] = [each for each in children(sandbox) if "/postgres -D " in " ".join(each.cmdline())]
    command = postgres.cmdline()
    (Path(command[command.index("-D") + 1]) / "PG_VERSION").unlink()
    postgres.kill()
    assert within_a_minute(lambda: launch.status(sandbox)["problems"] == ["postgres does not start, again and again"])
    found = launch.status(sandbox)
    assert found["rows"] is None
    assert {"postgres", "data-api"}.isdisjoint(found["parts"])
    for method in ("GET", "PATCH"):
        answer = _ask(sandbox, method)
        assert (answer.status_code, answer.json()["code"]) == (503, "PGRST002")


def _sts(sandbox: Sandbox) -> Any:
    """With the keys that the function was given at the start."""
    given = dict(line.split("=", 1) for line in sandbox.functions_env.read_text().splitlines())
    return boto3.client(
        "sts",
        region_name="us-east-1",
        endpoint_url=settings_of(sandbox)["AWS_ENDPOINT_URL"],
        aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"max_attempts": 0}),
    )


def _user(sts: Any) -> str:
    """Who AWS says we are, or what it refuses us with."""
    try:
        return str(sts.get_caller_identity()["Arn"])
    except ClientError as error:
        return str(error.response["Error"]["Code"])


def _ask(sandbox: Sandbox, method: str = "GET", params: dict[str, str] | None = None, **how: Any) -> httpx.Response:
    key = settings_of(sandbox)["SUPABASE_SERVICE_ROLE_KEY"]
    headers = {"apikey": key, "Authorization": f"Bearer {key}"}
    return httpx.request(method, f"{sandbox.url}/rest/v1/vehicle_images", params=params, headers=headers, **how)


def _rows(sandbox: Sandbox) -> httpx.Response:
    return _ask(sandbox, params={"select": "id", "limit": "1"})


def test_up_on_a_running_one_is_the_same_or_a_switch(new_sandbox: Start, tmp_path: Path) -> None:
    sandbox = new_sandbox("paused")
    assert launch.up(state_dir=tmp_path / "state") == sandbox
    switched = launch.up("healthy", state_dir=tmp_path / "state")
    assert (switched.pid, switched.scenario) == (sandbox.pid, "healthy")
    assert running(state_dir=tmp_path / "state") == switched
    with pytest.raises(UsageError, match="--variant"):
        launch.up(variant="lenient", state_dir=tmp_path / "state")


def test_two_who_start_the_same_one_at_once_get_the_same_one(new_sandbox: Start) -> None:
    with ThreadPoolExecutor() as pool:
        first, second = pool.map(lambda _: new_sandbox(), range(2))
    assert first.pid == second.pid


def test_several_sandboxes_live_side_by_side(new_sandbox: Start) -> None:
    one, two = new_sandbox(name="one"), new_sandbox(name="two")
    assert one.url != two.url
    assert launch.status(one)["problems"] == launch.status(two)["problems"] == []


def test_the_reading_of_the_documents_on_new_keys_is_chosen_at_the_start(new_sandbox: Start, tmp_path: Path) -> None:
    sandbox = new_sandbox("jwt-refused", sb_keys="refused")
    key = {"apikey": settings_of(sandbox)["SUPABASE_SERVICE_ROLE_KEY"]}
    launch.switch(sandbox, "new-keys")
    answer = httpx.options(f"{sandbox.url}/functions/v1/analyze-image", headers=key)
    refused = httpx.post(f"{sandbox.url}/functions/v1/analyze-image", headers=key, json={})
    assert (answer.status_code, refused.status_code) == (200, 401)
    with pytest.raises(UsageError, match="--sb-keys"):
        launch.up(sb_keys="accepted", state_dir=tmp_path / "state")


def test_it_says_how_much_memory_it_uses_and_that_is_within_what_is_promised(new_sandbox: Start) -> None:
    used = launch.status(new_sandbox(images=2734))["memory_mb"]
    assert 50 < used < 600


def test_a_taken_port_is_said_with_the_next_step_and_leaves_nothing(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(launch.NukediagError, match="is taken") as caught,
    ):
        launch.up(port=taken.getsockname()[1], state_dir=tmp_path / "state")
    assert caught.value.exit_code == ExitCode.USAGE
    assert "--port" in caught.value.remedy
    assert not sandbox_folder("default", tmp_path / "state").exists()


def test_an_unknown_scenario_suggests_the_near_one(tmp_path: Path) -> None:
    with pytest.raises(launch.NukediagError, match="did you mean 'flaky'") as caught:
        launch.up("flacky", state_dir=tmp_path / "state")
    assert caught.value.exit_code == ExitCode.USAGE
    assert not is_held(sandbox_folder("default", tmp_path / "state"))


def test_packages_that_cannot_be_fetched_are_one_clear_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUKEDIAG_CACHE_DIR", str(tmp_path / "empty-cache"))
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "http://127.0.0.1:9/")
    said: list[str] = []
    with pytest.raises(SandboxError, match="could not be fetched") as caught:
        launch.up(state_dir=tmp_path / "state", say=said.append)
    assert "NPM_CONFIG_REGISTRY" in caught.value.remedy
    assert any("fetching" in text for text in said)


def test_the_state_root_is_found_from_inside_a_sandboxes_settings(tmp_path: Path) -> None:
    folder = sandbox_folder("default", tmp_path)
    assert state_root({"NUKEDIAG_STATE_DIR": str(folder / "journals")}) == tmp_path
    assert state_root({"NUKEDIAG_STATE_DIR": str(tmp_path)}) == tmp_path


def test_a_name_cannot_lead_out_of_the_state_root() -> None:
    with pytest.raises(UsageError):
        sandbox_folder("../elsewhere")
