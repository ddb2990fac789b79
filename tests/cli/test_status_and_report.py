"""``status`` and ``report`` as processes, on real runs in the sandbox."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import html5lib
import pytest
from running import Ran, clean_environment, nukediag

from diag.sandbox.state import Sandbox

pytestmark = pytest.mark.sandbox
BACKFILL = ("backfill", "--yes", "--json")


def own(folder: Path, *words: str, sandbox: Sandbox) -> Ran:
    """A command with a journal of the test's own."""
    return nukediag(folder, *words, "--state-dir", str(folder / "state"), sandbox=sandbox)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, shared_sandbox: Sandbox) -> tuple[Path, Ran, Sandbox]:
    """A folder with the journal of one backfill of four rows."""
    folder = tmp_path_factory.mktemp("ran")
    return folder, own(folder, *BACKFILL, "--limit", "4", sandbox=shared_sandbox), shared_sandbox


def test_status_tells_what_the_database_counts_and_how_the_last_run_ended(run: tuple[Path, Ran, Sandbox]) -> None:
    folder, ran, sandbox = run
    status = own(folder, "status", "--json", sandbox=sandbox)
    assert (status.code, status.document["schema"]) == (0, "nukediag/status/1")
    assert status.document["run"]["run"] == ran.document["run"]
    assert status.document["run"]["succeeded"] == ran.document["succeeded"]
    assert status.document["done"] >= ran.document["succeeded"]
    text = own(folder, "status", sandbox=sandbox)
    assert f"{status.document['done']:,} done, {status.document['pending']:,} pending" in text.out


def test_status_without_a_run_counts_all_the_same(tmp_path: Path, sandbox: Sandbox) -> None:
    status = own(tmp_path, "status", "--json", sandbox=sandbox)
    assert (status.code, status.document["run"], status.document["pace"]) == (0, None, None)
    assert status.document["pending"] + status.document["done"] > 0


@pytest.mark.parametrize(
    ("scenario", "said"), [("anon-key", "visible to this key"), ("project-paused", "could not be counted")]
)
def test_status_ends_in_5_where_the_rows_cannot_be_seen(
    tmp_path: Path, play: Callable[[str], Sandbox], scenario: str, said: str
) -> None:
    status = own(tmp_path, "status", sandbox=play(scenario))
    assert status.code == 5
    assert said in status.out


def test_watching_with_json_is_a_usage_error(tmp_path: Path, sandbox: Sandbox) -> None:
    assert own(tmp_path, "status", "--watch", "--json", sandbox=sandbox).code == 2


def test_a_backfill_is_watched_from_another_process_and_not_disturbed(
    tmp_path: Path, new_sandbox: Callable[..., Sandbox]
) -> None:
    sandbox = new_sandbox(images=60)
    words = ("--env-file", str(sandbox.env_file))
    environment, pipes = clean_environment(tmp_path), {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    start = [sys.executable, "-m", "diag"]
    backfill = subprocess.Popen([*start, *BACKFILL, *words, "--rate", "1"], cwd=tmp_path, env=environment, **pipes)
    while nukediag(tmp_path, "status", "--json", *words).document["run"] is None:
        assert backfill.poll() is None
    # Paused it stands still for as long as looking takes.
    assert nukediag(tmp_path, "control", "pause", *words).code == 0
    watching = subprocess.Popen(
        [*start, "status", "--watch", "--interval", "0.5", *words], cwd=tmp_path, env=environment, **pipes
    )
    while "PAUSED" not in (line := watching.stdout.readline().decode()):
        assert line, "it ended by itself"
    watching.send_signal(signal.SIGINT)
    _, err = watching.communicate(timeout=60)
    assert watching.returncode == 130, err
    assert b"Traceback" not in err
    assert re.match(rf"\d\d:\d\d:\d\dZ PAUSED: for .*process {backfill.pid}; .* done · .* pending", line), line
    assert nukediag(tmp_path, "control", "set", "rate=500", *words).code == 0
    assert nukediag(tmp_path, "control", "resume", *words).code == 0
    document = json.loads(backfill.communicate(timeout=120)[0])
    assert (document["exit_code"], document["succeeded"], document["calls"]) == (0, 60, 60)


def test_the_last_run_is_a_page_beside_or_wherever_it_is_wanted(run: tuple[Path, Ran, Sandbox]) -> None:
    folder, ran, sandbox = run
    made = own(folder, "report", "-o", "run.html", sandbox=sandbox)
    assert (made.code, made.out) == (0, "")
    page = (folder / "run.html").read_text()
    assert html5lib.HTMLParser(strict=True).parse(page) is not None
    assert ran.document["run"] in page
    assert "How long calls took" in page


def test_a_run_is_found_by_its_name_and_comes_in_three_formats(run: tuple[Path, Ran, Sandbox]) -> None:
    folder, ran, sandbox = run
    name = ran.document["run"]
    document = own(folder, "report", name, "--json", sandbox=sandbox).document
    assert (document["schema"], document["subject"]["run"]) == ("nukediag/report/1", name)
    assert sum(moment["done"] for moment in document["flow"]["moments"]) == ran.document["succeeded"]
    assert sum(band["count"] for band in document["latency"]["bands"]) == ran.document["calls"]
    markdown = own(folder, "report", "--format", "markdown", sandbox=sandbox)
    assert markdown.out.startswith("# Backfill with ")
    own(folder, "report", "-o", "run.md", sandbox=sandbox)
    assert (folder / "run.md").read_text().startswith("# Backfill with ")
    assert own(folder, "report", sandbox=sandbox).out.startswith("<!doctype html>")


def test_the_runs_are_listed(run: tuple[Path, Ran, Sandbox]) -> None:
    folder, ran, sandbox = run
    assert own(folder, "report", "--list", sandbox=sandbox).out.startswith(ran.document["run"])
    listed = own(folder, "report", "--list", "--json", sandbox=sandbox).document
    assert [one["state"] for one in listed["runs"]] == ["ended"]


def test_a_run_or_file_that_is_not_there_is_a_usage_error_with_a_hint(run: tuple[Path, Ran, Sandbox]) -> None:
    folder, ran, sandbox = run
    missing = own(folder, "report", "nope", sandbox=sandbox)
    assert missing.code == 2
    assert ran.document["run"] in missing.err
    assert own(folder, "report", "--last", "x", sandbox=sandbox).code == 2
    assert own(folder, "report", "-o", "no/such/folder/x.html", sandbox=sandbox).code == 2


def test_a_preflight_that_was_kept_is_a_page_without_a_project(tmp_path: Path, play: Callable[[str], Sandbox]) -> None:
    kept = nukediag(tmp_path, "preflight", "--no-call", "--json", sandbox=play("openai-key-missing"))
    (tmp_path / "p.json").write_text(kept.out)
    made = nukediag(tmp_path, "report", "p.json")
    assert made.code == 0
    assert "openai.key-missing" in made.out
    assert nukediag(tmp_path, "report", "p.json", NUKEDIAG_FORMAT="text").out.startswith("<!doctype html>")
    assert nukediag(tmp_path, "report", "p.json", NUKEDIAG_FORMAT="markdown").out.startswith("# Preflight of ")
    assert nukediag(tmp_path, "report", "p.json", "--format", "text").code == 2
    assert "supabase secrets set" in made.out
