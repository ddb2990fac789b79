"""Healing what a caller that looks at nothing has left behind, on the sandbox's lenient function."""

import asyncio
from collections import Counter

import pytest
from cli.running import nukediag

from diag.config import load
from diag.project import Project
from diag.rows import pending_rows
from diag.rows.audit import Kind, audit
from diag.sandbox import launch

pytestmark = pytest.mark.sandbox
ROWS = 12


def settings(sandbox, folder):
    return load(environ={}, folder=folder, sandbox_env=sandbox.env_file)


async def call_and_mark_blindly(configuration):
    """As the old script does: call, do not look at the answer, mark."""
    table = configuration.settings.table
    async with Project(configuration) as project:
        rows = [row async for row in pending_rows(project, configuration.settings)]
        for row in rows:
            payload = {"image_url": row.url, "image_id": row.id, "vehicle_id": row.columns["vehicle_id"]}
            await project.functions.call("analyze-image", payload, timeout=60)
        await project.data.set_marker(
            table.name, table.id, table.marker, [row.id for row in rows], "2026-01-01T00:00:00Z"
        )


async def kinds(configuration):
    async with Project(configuration) as project:
        return Counter([(one.kind, one.signature) async for one in audit(project, configuration.settings)])


@pytest.mark.parametrize(
    ("scenario", "kind", "signature"),
    [
        ("openai-key-invalid", Kind.ERROR, "openai.key-invalid"),
        ("aws-signature-mismatch", Kind.INCOMPLETE, None),
        ("paused", Kind.NOTHING, None),
    ],
)
def test_rows_marked_over_a_failure_are_found_and_healed(new_sandbox, tmp_path, scenario, kind, signature):
    sandbox = new_sandbox(scenario, images=ROWS, variant="lenient")
    configuration = settings(sandbox, tmp_path)
    asyncio.run(call_and_mark_blindly(configuration))
    found = asyncio.run(kinds(configuration))
    assert found[kind, signature] == ROWS
    sandbox = launch.switch(sandbox, "healthy")
    verified = nukediag(tmp_path, "verify", "--json", sandbox=sandbox)
    assert verified.code == 4
    assert [(one["kind"], one["signature"], one["count"]) for one in verified.document["hollow"]] == [
        (kind.value, signature, ROWS)
    ]
    plain = nukediag(tmp_path, "backfill", "--yes", "--json", sandbox=sandbox)
    assert (plain.code, plain.document["attempted"]) == (0, 0)
    repaired = nukediag(tmp_path, "backfill", "--repair", "--yes", "--json", sandbox=sandbox)
    assert (repaired.code, repaired.document["succeeded"], repaired.document["finished"]) == (0, ROWS, True)
    assert set(asyncio.run(kinds(configuration))) == {(Kind.FULL, None)}
    assert launch.status(sandbox)["calls"]["openai_accepted"] == ROWS
    assert nukediag(tmp_path, "verify", sandbox=sandbox).code == 0


def test_a_repair_that_repairs_nothing_is_no_success(new_sandbox, tmp_path):
    sandbox = new_sandbox("openai-key-invalid", images=ROWS, variant="lenient")
    configuration = settings(sandbox, tmp_path)
    asyncio.run(call_and_mark_blindly(configuration))
    repaired = nukediag(tmp_path, "backfill", "--repair", "--yes", "--json", sandbox=sandbox)
    assert (repaired.code, repaired.document["succeeded"]) == (6, 0)
    assert repaired.document["stopped"]["signature"] == "openai.key-invalid"
    assert repaired.document["calls"] == 2


def test_a_stored_failure_that_was_never_marked_is_healed_too(new_sandbox, tmp_path):
    sandbox = new_sandbox("openai-key-invalid", images=ROWS, variant="lenient")
    configuration = settings(sandbox, tmp_path)
    nukediag(tmp_path, "backfill", "--yes", sandbox=sandbox)
    sandbox = launch.switch(sandbox, "healthy")
    repaired = nukediag(tmp_path, "backfill", "--repair", "--yes", "--json", sandbox=sandbox)
    assert (repaired.code, repaired.document["succeeded"]) == (0, 2)
    rest = nukediag(tmp_path, "backfill", "--yes", "--json", sandbox=sandbox)
    assert (rest.code, rest.document["succeeded"]) == (0, ROWS - 2)
    assert asyncio.run(kinds(configuration))[Kind.FULL, None] == ROWS + 200


def test_verify_does_not_vouch_for_rows_that_it_cannot_see(play, tmp_path):
    assert nukediag(tmp_path, "verify", sandbox=play("anon-key")).code == 5
