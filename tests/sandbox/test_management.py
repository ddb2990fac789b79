"""Deployments, logs and permissions, as a client of the management API meets them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sandboxes import settings_of

from diag.sandbox.state import Sandbox

pytestmark = pytest.mark.sandbox
MULTIPART = {"entrypoint_path": "supabase/functions/hello/index.ts", "import_map_path": "", "name": "hello"}
HELLO = {
    "supabase/functions/hello/index.ts": """
        import { greet } from "../_shared/greet.ts";
        Deno.serve(() => { console.log("greeting"); return new Response(greet(Deno.env.get("AWS_REGION"))); });""",
    "supabase/functions/_shared/greet.ts": "export const greet = (who?: string) => `hello ${who}`;",
}


class Client:
    """The management API with an access token, and the functions with the legacy key."""

    def __init__(self, sandbox: Sandbox) -> None:
        settings = settings_of(sandbox)
        self.sandbox, self.key = sandbox, settings["SUPABASE_SERVICE_ROLE_KEY"]
        headers = {"Authorization": f"Bearer {settings['SUPABASE_ACCESS_TOKEN']}"}
        base = f"{sandbox.management_url}/v1/projects/{sandbox.ref}"
        self.http = httpx.Client(base_url=base, headers=headers, timeout=60)

    def deploy(self, files: dict[str, str] | None = None, query: str = "slug=hello", **metadata: Any) -> httpx.Response:
        parts: list[tuple[str, tuple[str | None, str]]] = [
            ("file", (name, content)) for name, content in (HELLO if files is None else files).items()
        ]
        parts.append(("metadata", (None, json.dumps({**MULTIPART, **metadata}))))
        return self.http.post(f"/functions/deploy?{query}", files=parts)

    def call(self, slug: str, *, key: str | None = None) -> httpx.Response:
        headers = {} if key == "" else {"Authorization": f"Bearer {key or self.key}"}
        return httpx.post(f"{self.sandbox.url}/functions/v1/{slug}", headers=headers, timeout=60)

    def logs(self, sql: str, **window: str) -> httpx.Response:
        return self.http.get("/analytics/endpoints/logs", params={"sql": sql, **window})


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    client = Client(sandbox)
    with client.http:
        yield client
        client.http.delete("/functions/hello")


def test_a_function_that_was_deployed_runs_with_the_projects_secrets(client: Client) -> None:
    answer = client.deploy()
    assert answer.status_code == 201, answer.text
    assert (answer.json()["slug"], answer.json()["version"], answer.json()["verify_jwt"]) == ("hello", 1, True)
    assert client.call("hello").text == "hello us-east-1"
    assert client.call("hello", key="").status_code == 401


def test_what_is_deployed_anew_has_another_version_and_digest_and_runs_at_once(client: Client) -> None:
    first = client.deploy(verify_jwt=False).json()
    assert client.call("hello", key="").text == "hello us-east-1"
    files = {**HELLO, "supabase/functions/_shared/greet.ts": "export const greet = () => 'bye';"}
    second = client.deploy(files).json()
    assert client.call("hello", key="").text == "bye"  # and the JWT check stays off
    assert (second["id"], second["version"], second["created_at"]) == (first["id"], 2, first["created_at"])
    assert second["ezbr_sha256"] != first["ezbr_sha256"]


def test_an_import_map_is_followed(client: Client) -> None:
    files = {
        "supabase/functions/hello/index.ts": """
            import { greet } from "greeting";
            Deno.serve(() => new Response(greet()));""",
        "supabase/functions/hello/deno.json": '{"imports": {"greeting": "../_shared/greet.ts"}}',
        "supabase/functions/_shared/greet.ts": "export const greet = () => 'mapped';",
    }
    answer = client.deploy(files, import_map_path="supabase/functions/hello/deno.json")
    assert answer.json()["import_map"] is True
    assert client.call("hello").text == "mapped"


def test_imports_by_url_and_from_jsr_come_from_where_a_registry_carries_the_same(client: Client) -> None:
    code = """
        import { serve } from "https://deno.land/std@0.168.0/http/server.ts";
        import { createClient } from "https://esm.sh/@supabase/supabase-js@2.119.1";
        import { encodeBase64 } from "jsr:@std/encoding@1/base64";
        serve(() => new Response(`${encodeBase64("hello")} ${typeof createClient}`));
    """
    assert client.deploy({"supabase/functions/hello/index.ts": code}).status_code == 201
    assert client.call("hello").text == "aGVsbG8= function"
    assert "nukediag" not in client.http.get("/functions/hello/body").text  # nothing of ours among the sources


def test_an_import_that_no_registry_carries_is_named_with_its_line(client: Client) -> None:
    code = "// nobody has this\nimport 'https://deno.land/x/no_such_module_at_all@v1/mod.ts';"
    refused = client.deploy({"supabase/functions/hello/index.ts": code}).json()["message"]
    assert "supabase/functions/hello/index.ts:2 imports 'https://deno.land/x/no_such_module" in refused
    assert str(client.sandbox.folder) not in refused


@pytest.mark.parametrize(
    ("files", "query", "complaint"),
    [
        ({"supabase/functions/hello/index.ts": "Deno.serve(() => {"}, "slug=hello", "Failed to bundle"),
        ({"supabase/functions/hello/index.ts": "import './no-such.ts'"}, "slug=hello", "Failed to bundle"),
        ({"supabase/functions/hello/other.ts": ""}, "slug=hello", "entrypoint path does not exist"),
        ({"../../../etc/evil.ts": ""}, "slug=hello", "leads out of"),
        (HELLO, "slug=9lives", "slug must start with a letter"),
        ({"supabase/functions/hello/index.ts": "//" + "x" * (5 * 2**20)}, "slug=hello", "larger than 5 MB"),
    ],
)
def test_what_cannot_be_deployed_is_refused_with_the_reason(
    client: Client, files: dict[str, str], query: str, complaint: str
) -> None:
    refused = client.deploy(files, query)
    assert refused.status_code in (400, 413)
    assert complaint in refused.json()["message"]
    assert client.http.get("/functions/hello").status_code == 404


def test_what_is_only_bundled_waits_for_the_request_that_makes_it_active(client: Client) -> None:
    bundled = client.deploy(query="slug=hello&bundleOnly=true")
    assert bundled.status_code == 201
    assert client.call("hello").status_code == 404
    active = client.http.put("/functions", json=[{**bundled.json(), "verify_jwt": False}])
    assert [each["slug"] for each in active.json()["functions"]] == ["hello"]
    assert client.call("hello", key="").text == "hello us-east-1"
    assert client.http.put("/functions", json=[{"slug": "nobody", "version": 3}]).status_code == 400


def test_the_jwt_check_is_switched_with_a_patch(client: Client) -> None:
    client.deploy()
    assert client.http.patch("/functions/hello", json={"verify_jwt": False}).json()["verify_jwt"] is False
    assert client.call("hello", key="").status_code == 200
    assert client.http.patch("/functions/hello", json={"verify_jwt": "no"}).status_code == 400
    assert client.http.patch("/functions/nobody", json={}).status_code == 404


def test_a_deleted_function_is_gone_at_once(client: Client) -> None:
    client.deploy()
    assert client.call("hello").status_code == 200
    assert client.http.delete("/functions/hello").status_code == 200
    assert client.call("hello").json()["code"] == "NOT_FOUND"
    assert client.http.delete("/functions/hello").status_code == 404


def test_the_sources_come_back_as_they_were_sent(client: Client) -> None:
    client.deploy()
    body = client.http.get("/functions/hello/body")
    assert body.headers["content-type"].startswith("multipart/form-data")
    assert '{"deno2_entrypoint_path": "supabase/functions/hello/index.ts"}' in body.text
    for name, content in HELLO.items():
        assert f'filename="{name}"' in body.text
        assert content in body.text


def test_calls_and_their_output_are_in_the_logs(client: Client) -> None:
    client.deploy()
    worker = client.call("hello").headers["x-deno-execution-id"]
    sql = (
        "select event_message, source from logs where source in ('function_logs', 'function_edge_logs')"
        f" and log_attributes['execution_id'] = '{worker}' order by timestamp desc limit 10"
    )
    found = _eventually(lambda: client.logs(sql).json()["result"], 3)
    texts = [row["event_message"] for row in found]
    assert texts[0] == f"POST | 200 | {client.sandbox.url}/functions/v1/hello"
    assert texts[1] == "greeting"
    assert texts[2].startswith("booted")


def _eventually(look: Callable[[], list[Any]], count: int) -> list[Any]:
    """Logs arrive with a delay."""
    deadline = time.monotonic() + 60
    while len(look()) < count and time.monotonic() < deadline:
        time.sleep(0.1)
    return look()


def test_errors_of_a_query_come_with_status_200(client: Client) -> None:
    answer = client.logs("select * from logs")
    assert (answer.status_code, answer.json()["result"]) == (200, None)
    assert "Wildcards" in answer.json()["error"]["message"]


def test_without_a_query_only_the_gateways_rows_come(client: Client) -> None:
    assert client.http.get("/analytics/endpoints/logs").json()["error"] is None


def test_a_window_of_more_than_a_day_is_refused(client: Client) -> None:
    now = datetime.now(UTC)
    window = {
        "iso_timestamp_start": (now - timedelta(hours=25)).isoformat().replace("+00:00", "Z"),
        "iso_timestamp_end": now.isoformat().replace("+00:00", "Z"),
    }
    assert client.logs("select id from logs", **window).status_code == 400
    window["iso_timestamp_start"] = (now - timedelta(hours=23)).isoformat().replace("+00:00", "Z")
    assert client.logs("select id from logs", **window).json()["error"] is None
    assert client.logs("select id from logs", iso_timestamp_start="yesterday").status_code == 400


def test_the_removed_path_is_gone(client: Client) -> None:
    assert client.http.get("/analytics/endpoints/logs.all", params={"sql": "select 1"}).status_code == 410


def test_a_scoped_token_is_refused_only_what_it_lacks(play: Callable[[str], Sandbox]) -> None:
    client = Client(play("scoped-token"))
    statuses = {path: client.http.get(path).status_code for path in ("/health", "/secrets", "/functions", "/api-keys")}
    assert statuses == {"/health": 403, "/secrets": 403, "/functions": 200, "/api-keys": 200}
    assert client.http.get("/secrets").json()["message"].startswith("Your account does not have the necessary")


def test_beyond_the_rate_limit_every_call_is_a_429(play: Callable[[str], Sandbox]) -> None:
    refused = Client(play("management-rate-limited")).http.get("/functions")
    assert (refused.status_code, refused.json()) == (429, {"message": "ThrottlerException: Too Many Requests"})
    assert refused.headers["x-ratelimit-remaining"] == "0"
    assert 0 <= int(refused.headers["x-ratelimit-reset"]) <= 60


def test_the_rate_limit_counts_down(client: Client) -> None:
    first, second = (int(client.http.get("/postgrest").headers["x-ratelimit-remaining"]) for _ in range(2))
    assert second == first - 1


def test_legacy_keys_can_be_switched_off(play: Callable[[str], Sandbox]) -> None:
    sandbox = play("legacy-keys-disabled")
    client = Client(sandbox)
    assert client.http.get("/api-keys/legacy").json() == {"enabled": False}
    anon = settings_of(sandbox)["SUPABASE_ANON_KEY"]
    refused = httpx.get(f"{sandbox.url}/rest/v1/vehicles", headers={"apikey": anon})
    assert (refused.status_code, refused.json()["message"]) == (401, "Legacy API keys are disabled")
