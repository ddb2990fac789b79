"""``nukediag explain`` as a process: no project, no network."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from diag.catalogue import SIGNATURES
from diag.report.documents import DiagnosisDocument
from diag.report.explain_document import LogDocument

QUOTA = '{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","code":"insufficient_quota"}}'  # noqa: E501


@pytest.fixture
def explain(tmp_path: Path):  # type: ignore[no-untyped-def]
    def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "diag", "explain", *arguments],
            cwd=tmp_path,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_a_pasted_text_is_explained(explain) -> None:  # type: ignore[no-untyped-def]
    done = explain(QUOTA)
    assert done.returncode == 0
    assert "openai.quota-exhausted" in done.stdout
    assert "platform.openai.com/settings" in done.stdout


def test_json_is_the_contracts_document(explain) -> None:  # type: ignore[no-untyped-def]
    document = DiagnosisDocument.model_validate_json(explain("--json", QUOTA).stdout)
    assert (document.schema_, document.signature, document.scope, document.exit_code) == (
        "nukediag/diagnosis/1",
        "openai.quota-exhausted",
        "project",
        0,
    )


def test_a_file_and_stdin_are_read(explain, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "answer").write_text(f"HTTP/1.1 429 Too Many Requests\nretry-after: 3\n\n{QUOTA}")
    assert "openai.quota-exhausted" in explain("answer").stdout
    assert "openai.quota-exhausted" in explain("-", stdin=QUOTA).stdout
    assert "wait    3 s" in explain("answer").stdout


def test_status_and_required_parts_can_be_told(explain) -> None:  # type: ignore[no-untyped-def]
    body = '{"tags":["a"],"appraisal":null}'
    done = explain("--json", "--status", "200", "--requires", "tags", "--requires", "appraisal", body)
    assert json.loads(done.stdout)["signature"] == "function.partial"


def test_a_signature_has_a_page(explain) -> None:  # type: ignore[no-untyped-def]
    done = explain("aws.signature-mismatch")
    assert done.stdout.startswith("aws.signature-mismatch: the AWS secret access key is wrong")
    assert "FAILED" not in done.stdout
    assert "supabase secrets set --env-file" in done.stdout


def test_a_misspelt_signature_suggests_the_near_one(explain) -> None:  # type: ignore[no-untyped-def]
    done = explain("aws.signature-missmatch")
    assert done.returncode == 2
    assert "nukediag explain aws.signature-mismatch" in done.stderr


def test_the_list_has_every_signature(explain) -> None:  # type: ignore[no-untyped-def]
    assert len(explain("--list").stdout.splitlines()) == len(SIGNATURES)
    assert len(json.loads(explain("--list", "--json").stdout)["signatures"]) == len(SIGNATURES)


def test_a_log_is_one_document_with_groups(explain, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "x.log").write_text(
        "2026-11-20T10:00:00Z ERROR Region is missing\n2026-11-20T10:00:09Z ERROR Region is missing\n"
    )
    document = LogDocument.model_validate_json(explain("--json", "x.log").stdout)
    assert (document.signature, document.failures, len(document.groups)) == ("aws.region-invalid", 2, 1)
    assert "2 failures, 1 cause" in explain("x.log").stdout


def test_a_batch_gives_one_diagnosis_a_line_in_order(explain) -> None:  # type: ignore[no-untyped-def]
    lines = [{"id": f"n{n}", "status": 500, "body": QUOTA if n % 2 else "Region is missing"} for n in range(50)]
    done = explain("--jsonl", "-", stdin="\n".join(map(json.dumps, lines)))
    found = [DiagnosisDocument.model_validate_json(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [one.id for one in found] == [f"n{n}" for n in range(50)]
    assert {one.signature for one in found[::2]} == {"aws.region-invalid"}


def test_a_faulty_line_does_not_lose_the_rest(explain) -> None:  # type: ignore[no-untyped-def]
    done = explain(
        "--jsonl", "-", stdin='{"id":1,"body":"Region is missing"}\noops\n\n{"id":3,"body":"Region is missing"}\n'
    )
    first, second, third = map(json.loads, done.stdout.splitlines())
    assert done.returncode == 2
    assert (first["id"], third["id"], third["signature"]) == (1, 3, "aws.region-invalid")
    assert (second["schema"], second["exit_code"]) == ("nukediag/error/1", 2)
    assert "line 2" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [["--jsonl", "no-such-file"], ["no-such.log"], ["--list", "x"], ["--jsonl", "-", "x"], [""], ["."]],
    ids=["batch", "log", "two", "two-more", "empty", "folder"],
)
def test_bad_input_is_a_usage_error_with_a_next_step(explain, arguments: list[str]) -> None:  # type: ignore[no-untyped-def]
    done = explain(*arguments)
    assert done.returncode == 2
    assert "next:" in done.stderr


def test_own_signatures_are_read_from_the_folders_file(explain, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "nukediag.toml").write_text(
        "[[signature]]\nid = 'mine.licence'\npattern = 'licence ended'\nremedy = 'Renew it.'\n"
    )
    done = explain("Your licence ended")
    assert "mine.licence" in done.stdout
    assert "Renew it." in done.stdout


def test_a_faulty_file_of_settings_does_not_keep_an_error_from_being_explained(explain, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "nukediag.toml").write_text("[[signature]]\nid = 'mine.x'\npattern = '('\n")
    done = explain("Region is missing")
    assert done.returncode == 0
    assert "aws.region-invalid" in done.stdout
    assert "config check" in done.stderr


def test_no_key_is_printed(explain) -> None:  # type: ignore[no-untyped-def]
    key = "sk-proj-" + "aB3" * 12
    for arguments in (["-v"], ["--json"]):
        done = explain(*arguments, f"Incorrect API key provided: {key}")
        assert key not in done.stdout + done.stderr


def test_neither_supabase_nor_a_project_is_loaded() -> None:
    code = "import sys; from diag.cli.explain import command; sys.exit(any(m.split('.')[0] in ('supabase','postgrest','httpx') for m in sys.modules))"  # noqa: E501
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
