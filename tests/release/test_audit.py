"""The audit of known vulnerabilities learns nothing where it could not ask, and says so."""

from __future__ import annotations

import subprocess

import pytest
from advisories import ROOT, audited, service

from release import audit
from release.locks import LOCKS, locked, wanted

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
        ([], audit.NOT_ASKED, "no verdict: the advisory service could not be asked"),
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


def test_a_vulnerable_package_among_the_locked_ones_ends_the_check() -> None:
    with service({"aiohttp": "99.1"}) as address:
        told = audited(address, "--lenient")
    assert told.returncode == audit.FOUND
    assert f"aiohttp {locked('dev.txt')['aiohttp']}: OSV-1, mended in 99.1\n" in told.stdout
    assert "audit: 1 known vulnerabilities" in told.stdout


def test_every_locked_package_is_asked_about() -> None:
    with service() as address:
        told = audited(address)
    assert told.returncode == 0
    # Packages for other systems and other Pythons are not asked about.
    asked = int(told.stdout.removeprefix("audit: no known vulnerability in ").split()[0])
    everything = set().union(*map(locked, audit.WIDEST))
    assert everything == set().union(*map(locked, LOCKS))
    assert len(everything) * 0.9 < asked <= len(everything)


def test_the_fuzzer_is_asked_about_where_it_can_be_had() -> None:
    with service({"atheris": "99.1"}) as address:
        told = audited(address)
    can_be_had = [one for one in wanted("fuzz") if one.name == "atheris" and one.marker and one.marker.evaluate()]
    assert ("atheris" in told.stdout) is bool(can_be_had)


@pytest.mark.parametrize("status", [500, 429, None])
def test_a_service_that_fails_or_is_not_there_is_no_pass(status: int | None) -> None:
    with service(status=status or 200) as address:
        strict = audited(address) if status else None
    strict = strict or audited(address)  # the service has gone by now
    assert strict.returncode == audit.NOT_ASKED
    assert "no verdict: the advisory service could not be asked" in strict.stdout


def test_the_check_asks_and_goes_on_only_where_nobody_could_be_asked() -> None:
    with service(status=500) as address:
        told = audited(address, "--lenient")
    assert (told.returncode, "no verdict" in told.stdout) == (0, True)
    make = ["make", "--no-print-directory", "--dry-run", "check"]
    steps = subprocess.run(make, cwd=ROOT, capture_output=True, text=True, check=True)
    assert steps.stdout.splitlines()[-1].endswith("-m release.audit --lenient")
