"""The audit of known vulnerabilities learns nothing where it could not ask, and says so."""

from __future__ import annotations

import pytest

from release import audit

CLEAN = {"name": "click", "version": "8.4.0", "vulns": []}
SKIPPED = {"name": "httpx", "skip_reason": "Dependency not found on PyPI and could not be audited: httpx (0.28.1)"}
HIT = {
    "name": "aiohttp",
    "version": "3.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1"], "aliases": [], "description": "x"}],
}


@pytest.mark.parametrize(
    ("packages", "verdict", "words"),
    [
        ([CLEAN], 0, "no known vulnerability in 1 packages"),
        ([CLEAN, HIT], audit.FOUND, "1 known vulnerabilities in 2 packages"),
        ([HIT, SKIPPED], audit.FOUND, "1 known"),
        ([SKIPPED], audit.NOT_ASKED, "could not be asked about 1"),
        ([CLEAN, SKIPPED], audit.NOT_ASKED, "no verdict"),
        ([], audit.NOT_ASKED, "no verdict"),
    ],
)
def test_a_package_that_nobody_could_be_asked_about_is_no_pass(
    packages: list[dict[str, object]], verdict: int, words: str
) -> None:
    found = audit.read({"dependencies": packages})
    assert found.verdict == verdict
    assert words in found.sentence()


def test_a_finding_names_the_version_that_mends_it() -> None:
    assert audit.read({"dependencies": [HIT]}).findings == ("aiohttp 3.0: PYSEC-1, mended in 3.1",)


@pytest.mark.parametrize(("arguments", "code"), [([], audit.NOT_ASKED), (["--lenient"], 0)])
def test_without_a_network_only_the_lenient_look_passes(
    arguments: list[str], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(audit, "ask", lambda: audit.read({"dependencies": [SKIPPED]}))
    assert audit.main(arguments) == code
    assert "could not be asked" in capsys.readouterr().out
