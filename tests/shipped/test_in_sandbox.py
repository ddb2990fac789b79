"""The shipped functions on real parts: Postgres, the data API, AWS signatures, OpenAI's refusals."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import pytest_asyncio

from diag.catalogue import classify
from diag.diagnosis import Answer
from diag.sandbox.assembly import Assembly, Wishes
from diag.sandbox.postgres import scratch_folder
from diag.sandbox.scenarios import wrong_twin
from diag.sandbox.upstreams.photos import BUCKET
from diag.sandbox.world.analysis import labels_of
from diag.sandbox.world.rows import PlannedRow, planned_rows
from diag.secret import Secret
from tests.shipped.conftest import SHIPPED, entries

pytestmark = [pytest.mark.sandbox, pytest.mark.asyncio(loop_scope="module")]
PENDING = 40
RESULTS = ("image_tags", "component_conditions", "paint_quality_assessments", "vehicle_spid_data")


@dataclass
class Project:
    """A sandbox into which the shipped functions were deployed. ``management``: a client of its management API."""

    assembly: Assembly
    client: httpx.AsyncClient
    management: httpx.AsyncClient
    unused: Iterator[PlannedRow]
    right: dict[str, str] = field(default_factory=dict)

    async def deploy(self, slug: str) -> None:
        """Deploy it as its README says: the probe looks at its callers itself."""
        folder = SHIPPED / "functions"
        paths = [*(folder / slug).glob("*.ts"), *(folder / "_shared").glob("*.ts")]
        root = "supabase/functions"
        files = [("file", (f"{root}/{path.relative_to(folder)}", path.read_bytes())) for path in sorted(paths)]
        metadata = {"entrypoint_path": f"{root}/{slug}/index.ts", "name": slug, "verify_jwt": slug != "nukediag-probe"}
        parts = [*files, ("metadata", (None, json.dumps(metadata).encode()))]
        answer = await self.management.post("/functions/deploy", params={"slug": slug}, files=parts)
        assert answer.status_code == 201, answer.text

    async def set_secrets(self, **changed: str) -> None:
        """Set the functions' secrets: the right ones but for these."""
        body = [{"name": name, "value": value} for name, value in {**self.right, **changed}.items()]
        answer = await self.management.post("/secrets", json=body)
        assert answer.status_code == 201, answer.text

    def url(self, slug: str) -> str:
        return f"{self.assembly.project.url}/functions/v1/{slug}"

    async def call(self, row: PlannedRow, **more: Any) -> httpx.Response:
        body = {"image_id": row.id, "vehicle_id": row.vehicle_id, **more}
        headers = {"Authorization": f"Bearer {self.assembly.project.keys.service_role}"}
        return await self.client.post(self.url("analyze-image-simple"), json=body, headers=headers)

    async def signature(self, row: PlannedRow, **more: Any) -> str:
        answer = await self.call(row, **more)
        return classify(
            Answer(answer.status_code, answer.headers, answer.content), requires=("tags", "appraisal")
        ).signature

    async def probe(self, **body: Any) -> dict[str, Any]:
        key = self.assembly.project.keys.secret
        answer = await self.client.post(self.url("nukediag-probe"), json=body, headers={"apikey": key})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def stored(self, table: str, row: PlannedRow, column: str = "image_id") -> list[dict[str, Any]]:
        key = self.assembly.project.keys.secret
        url = f"{self.assembly.project.url}/rest/v1/{table}?{column}=eq.{row.id}"
        found: list[dict[str, Any]] = (await self.client.get(url, headers={"apikey": key})).json()
        return found

    def paid(self) -> int:
        return int(self.assembly.counters.snapshot()["calls"]["openai_accepted"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def project(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Project]:
    scratch = scratch_folder() or tmp_path_factory.mktemp("postgres")
    assembly = Assembly(tmp_path_factory.mktemp("sandbox"), scratch, Wishes(images=PENDING), lambda text: None)
    try:
        await assembly.start()
        base = f"{assembly.management_url}/v1/projects/{assembly.project.keys.ref}"
        token = {"Authorization": f"Bearer {assembly.project.keys.access_token}"}
        async with (
            httpx.AsyncClient(timeout=60) as client,
            httpx.AsyncClient(base_url=base, headers=token, timeout=60) as management,
        ):
            pending = (row for row in planned_rows(PENDING) if not row.analysed)
            right = {name: secret.value for name, secret in assembly.project.secrets.items()}
            project = Project(assembly, client, management, pending, right)
            for entry in entries():
                await project.deploy(entry.parent.name)
            yield project
    finally:
        await assembly.stop()
        shutil.rmtree(scratch, ignore_errors=True)


@pytest.fixture(autouse=True)
def healthy(project: Project) -> Iterator[None]:
    yield
    project.assembly.openai.configure({})


async def test_an_image_is_analysed_paid_once_and_written_to_the_tables(project: Project) -> None:
    row, paid = next(project.unused), project.paid()
    answer = (await project.call(row)).json()
    assert answer["success"], answer
    assert not answer["cached"]
    assert project.paid() == paid + 1
    for table in RESULTS:
        assert len(await project.stored(table, row)) == answer["saved"][table], table
    image = (await project.stored("vehicle_images", row, "id"))[0]
    assert image["ai_processing_status"] == "completed"
    assert image["ai_scan_metadata"]["appraiser"] == answer["appraisal"]
    assert "claim" not in image["ai_scan_metadata"]


async def test_the_models_tags_are_stored_and_what_a_photo_does_not_show_stays_away(project: Project) -> None:
    row = [row for row in planned_rows(PENDING) if row.kind == "engine" and not row.analysed][-1]
    answer = (await project.call(row, force_reprocess=True)).json()
    assert (answer["paint"], answer["spid"]) == (None, None)
    assert (answer["saved"]["paint_quality_assessments"], answer["saved"]["vehicle_spid_data"]) == (0, 0)
    stored = {tag["tag_name"]: float(tag["confidence"]) for tag in await project.stored("image_tags", row)}
    seen = {label["Name"].lower(): label["Confidence"] for label in labels_of(row.id)}
    assert {name.lower(): round(confidence, 3) for name, confidence in stored.items()} == {
        name: round(confidence, 3) for name, confidence in seen.items()
    }


async def test_nukediag_reads_fresh_cached_and_forced_answers_rightly(project: Project) -> None:
    row = next(project.unused)
    assert await project.signature(row) == "function.ok"
    before = await project.stored("image_tags", row)
    assert await project.signature(row) == "function.cached"
    assert await project.signature(row, force_reprocess=True) == "function.ok"
    after = await project.stored("image_tags", row)
    assert [tag["tag_name"] for tag in before] == [tag["tag_name"] for tag in after]


async def test_of_ten_calls_at_once_one_pays(project: Project) -> None:
    row, paid = next(project.unused), project.paid()
    statuses = sorted([answer.status_code for answer in await asyncio.gather(*(project.call(row) for _ in range(10)))])
    assert project.paid() == paid + 1
    assert statuses.count(200) >= 1
    assert set(statuses) <= {200, 202}


async def test_a_claim_that_has_run_out_is_taken_over_by_one(project: Project) -> None:
    row, paid = next(project.unused), project.paid()
    claim = {"claim": {"token": "gone", "until": "2020-01-01T00:00:00Z", "before": "pending"}}
    await project.assembly.postgres.query(
        f"update vehicle_images set ai_processing_status = 'processing', ai_scan_metadata = '{json.dumps(claim)}' "
        f"where id = '{row.id}'"
    )
    await asyncio.gather(*(project.call(row) for _ in range(5)))
    assert project.paid() == paid + 1
    assert (await project.call(row)).json()["cached"]


async def test_a_used_up_quota_is_named_and_gives_the_row_back(project: Project) -> None:
    row = next(project.unused)
    project.assembly.openai.configure({"credit_usd": 0})
    assert await project.signature(row) == "openai.quota-exhausted"
    assert (await project.stored("vehicle_images", row, "id"))[0]["ai_processing_status"] == "pending"
    project.assembly.openai.configure({})
    assert await project.signature(row) == "function.ok"


async def test_a_dead_link_is_the_pictures_fault(project: Project) -> None:
    row = next(project.unused)
    dead = f"{project.assembly.project.url}{BUCKET}/nobody/nothing.jpg"
    assert await project.signature(row, image_url=dead) == "openai.image-unreachable"
    assert (await project.stored("vehicle_images", row, "id"))[0]["ai_processing_status"] == "failed"


async def test_a_table_that_refuses_costs_the_paid_answer_nothing(project: Project) -> None:
    row, paid = next(project.unused), project.paid()
    query = project.assembly.postgres.query
    await query("revoke insert on image_tags from service_role")
    try:
        assert await project.signature(row) == "supabase.permission-denied"
    finally:
        await query("grant insert on image_tags to service_role")
    again = (await project.call(row)).json()
    assert again["success"], again
    assert len(await project.stored("image_tags", row)) == again["saved"]["image_tags"] > 0
    assert project.paid() == paid + 1


async def test_a_wrong_database_key_is_found_before_anything_is_paid(project: Project) -> None:
    row, paid = next(project.unused), project.paid()
    wrong = wrong_twin(project.assembly.project.keys.service_role)
    await project.set_secrets(SERVICE_ROLE_KEY=wrong)
    try:
        assert await project.signature(row) == "supabase.key-invalid"
        assert project.paid() == paid
    finally:
        await project.set_secrets()


async def test_a_wrong_openai_key_is_named_without_a_piece_of_it(project: Project) -> None:
    wrong = wrong_twin(project.assembly.project.secrets["OPENAI_API_KEY"].value)
    await project.set_secrets(OPENAI_API_KEY=wrong)
    try:
        answer = await project.call(next(project.unused))
        assert classify(Answer(answer.status_code, answer.headers, answer.content)).signature == "openai.key-invalid"
        secret = wrong.removeprefix("sk-proj-")
        assert not [at for at in range(len(secret) - 3) if secret[at : at + 4] in answer.text]
    finally:
        await project.set_secrets()


async def test_the_probe_vouches_for_good_credentials(project: Project) -> None:
    found = await project.probe(verify=True)
    verdicts = {(one["provider"], one["step"]): (one["verdict"], one["finding"]) for one in found["verdicts"]}
    assert verdicts == {
        ("openai", "GET /v1/models/gpt-4o-mini"): ("valid", None),
        ("aws", "sts:GetCallerIdentity"): ("valid", None),
        ("aws", "rekognition:DetectLabels"): ("valid", None),
        ("supabase", "GET /rest/v1/vehicle_images"): ("valid", None),
    }
    secrets = project.assembly.project.secrets
    told = {one["name"]: one["fingerprint"] for one in found["secrets"]}
    for name in ("OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY"):
        assert told[name] == Secret(secrets[name].value).fingerprint


async def test_the_probe_answers_to_the_service_keys_alone(project: Project) -> None:
    keys = project.assembly.project.keys
    for key, status in ((keys.service_role, 200), (keys.secret, 200), (keys.anon, 401), (keys.publishable, 401)):
        answer = await project.client.post(project.url("nukediag-probe"), json={}, headers={"apikey": key})
        assert answer.status_code == status
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("name", "spoil", "finding", "hint"),
    [
        ("OPENAI_API_KEY", wrong_twin, "openai.key-invalid", None),
        ("AWS_SECRET_ACCESS_KEY", wrong_twin, "aws.signature-mismatch", None),
        ("AWS_SECRET_ACCESS_KEY", lambda value: value + "\n", "aws.signature-mismatch", "newline"),
        ("AWS_ACCESS_KEY_ID", wrong_twin, "aws.key-invalid", None),
        ("SERVICE_ROLE_KEY", wrong_twin, "supabase.key-invalid", None),
    ],
)
async def test_the_probe_tells_which_credential_is_bad(
    project: Project, name: str, spoil: Callable[[str], str], finding: str, hint: str | None
) -> None:
    value = spoil(project.assembly.project.secrets[name].value)
    await project.set_secrets(**{name: value})
    try:
        found = await project.probe(names=[name], verify=True)
        bad = [one for one in found["verdicts"] if one["verdict"] != "valid"]
        assert [(one["verdict"], one["finding"]) for one in bad] == [("invalid", finding)]
        assert name in bad[0]["names"]
        assert found["secrets"][0]["hints"] == ([hint] if hint else [])
        assert value.strip()[-12:] not in json.dumps(found)
    finally:
        await project.set_secrets()
