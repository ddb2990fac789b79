"""The bill of materials names every package that the core brings."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from packaging.utils import canonicalize_name

from release import locks


def test_the_bill_of_materials_names_every_locked_package_with_its_hashes(tmp_path: Path) -> None:
    out = tmp_path / "bom.json"
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", "--output-reproducible", "--output-file", out]
    subprocess.run([*command, locks.FOLDER / "core.txt"], check=True, capture_output=True)
    components = json.loads(out.read_text())["components"]
    assert {canonicalize_name(one["name"]): one["version"] for one in components} == locks.locked("core.txt")
    assert all(one["externalReferences"][0]["hashes"] for one in components)
