from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from diag.config import load
from diag.diagnosis import Answer
from diag.project import Project
from diag.project.shipped import bundle
from diag.sandbox.state import Sandbox
from diag.verify import Standing
from diag.verify.probe import ask_probe, read_report

REPORT = {
    "success": True,
    "schema": "nukediag/probe/1",
    "secrets": [{"name": "OPENAI_API_KEY", "present": True, "fingerprint": "0123abcd", "hints": ["newline"]}],
    "verdicts": [
        {
            "provider": "openai", "names": ["OPENAI_API_KEY"], "step": "GET /v1/models", "status": 401,
            "code": "invalid_api_key", "request_id": "req_1", "verdict": "invalid", "finding": "openai.key-invalid",
        }
    ],
}  # fmt: skip


def test_a_report_is_read() -> None:
    report = read_report(Answer(200, {}, json.dumps(REPORT)))
    assert report is not None
    assert report.secrets["OPENAI_API_KEY"].hints == ("newline",)
    (found,) = report.of("openai")
    assert (found.standing, found.signature, found.where) == (Standing.INVALID, "openai.key-invalid", "nukediag-probe")
    assert report.of("aws") == ()


@pytest.mark.parametrize(
    "answer",
    [
        Answer(404, {}, '{"code":"NOT_FOUND"}'),
        Answer(401, {}, json.dumps(REPORT)),
        Answer(200, {}, '{"success": true}'),
        Answer(200, {}, "<html>"),
        Answer(failure="network.timeout"),
    ],
)
def test_anything_else_is_no_report(answer: Answer) -> None:
    assert read_report(answer) is None


def test_a_verdict_that_nobody_knows_is_unknown_and_text_is_no_code() -> None:
    odd = {
        **REPORT,
        "verdicts": [{"provider": "aws", "verdict": "maybe", "code": "a text; with blanks", "names": 3}, 7],
    }
    report = read_report(Answer(200, {}, json.dumps(odd)))
    assert report is not None
    (found,) = report.verifications
    assert (found.standing, found.code, found.names) == (Standing.UNKNOWN, None, ())


@pytest.mark.sandbox
async def test_the_deployed_probe_tells_what_the_functions_see(
    new_sandbox: Callable[..., Sandbox], tmp_path: Path
) -> None:
    sandbox = new_sandbox()
    configuration = load(environ={}, folder=tmp_path, sandbox_env=sandbox.env_file)
    async with Project(configuration) as project:
        assert project.management is not None
        await project.management.deploy(bundle("nukediag-probe"))
        stored = {one.name: one.digest for one in await project.management.secrets()}
        report = await ask_probe(
            project.functions, ["OPENAI_API_KEY", "NOTHING"], model=None, table="vehicle_images", column="id"
        )
    assert report is not None
    assert report.secrets["OPENAI_API_KEY"].fingerprint == stored["OPENAI_API_KEY"][:8]
    assert not report.secrets["NOTHING"].present
    assert {(one.provider, one.standing) for one in report.verifications} == {
        ("openai", Standing.VALID),
        ("aws", Standing.VALID),
        ("supabase", Standing.VALID),
    }
