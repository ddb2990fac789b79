"""Every file that decides is held to the mark by itself."""

from __future__ import annotations

import fnmatch
from typing import Any

from quality import covered


def report(**percents: float) -> dict[str, Any]:
    rest = {"missing_lines": [7], "missing_branches": [[3, -1]]}
    names = [*covered.DECISIONS, *percents]
    files = {name: {"summary": {"percent_covered": percents.get(name, 100.0)}, **rest} for name in names}
    return {"files": files}


def test_all_files_at_the_mark_leave_nothing_to_say() -> None:
    assert list(covered.short(report(**{"diag/secret.py": covered.LEAST}))) == []


def test_one_file_below_the_mark_is_named_with_its_lines() -> None:
    [said] = covered.short(report(**{"diag/secret.py": 94.9}))
    assert said == "diag/secret.py: 94.9 %; lines 7; branches 3 to the end"


def test_a_file_that_nobody_measured_is_no_pass() -> None:
    measured = report()
    del measured["files"]["diag/secret.py"]
    assert list(covered.short(measured)) == ["diag/secret.py: nothing of it was measured"]


def test_every_named_file_exists() -> None:
    there = [str(path.relative_to(covered.ROOT)) for path in (covered.ROOT / "diag").rglob("*.py")]
    assert [pattern for pattern in covered.DECISIONS if not fnmatch.filter(there, pattern)] == []
