"""What the gateway, and what stands in front of it, answer by themselves."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest
from sandbox.stands import Stand
from yarl import URL

from diag.sandbox.refusals import PLATFORM

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"}


async def test_a_paused_project_answers_540_to_everything(stand: Stand) -> None:
    stand.project.configure({"status": "INACTIVE"})
    assert (await stand.call("echo"))[:2] == (540, "Project paused")
    async with stand.client.get(f"{stand.url}/rest/v1/rows") as answer:
        assert answer.status == 540


async def test_the_host_of_a_paused_project_may_be_one_that_never_resolves(stand: Stand) -> None:
    stand.project.url = stand.url
    assert stand.project.public_url == stand.url
    stand.project.configure({"status": "INACTIVE", "resolves": False})
    assert (URL(stand.project.public_url).host or "").endswith(".invalid")


async def test_a_restricted_project_names_its_violation(stand: Stand) -> None:
    stand.project.configure({"restricted": "exceed_egress_quota"})
    status, text, _ = await stand.call("echo")
    assert status == 402
    assert text.startswith("Service for this project is restricted")
    assert "exceed_egress_quota" in text


@pytest.mark.parametrize("status", [502, 520, 522, 525])
async def test_the_network_in_front_answers_with_a_page_and_none_of_supabases_headers(
    stand: Stand, status: int
) -> None:
    stand.project.configure({"cdn_status": status})
    found, text, headers = await stand.call("echo")
    assert found == status
    assert text.startswith("<!DOCTYPE html>")
    assert "cf-ray" in headers
    assert not [name for name in headers if name.startswith(("sb-", "x-sb-"))]


@pytest.mark.parametrize("code", sorted(PLATFORM))
async def test_every_code_of_the_platform_comes_with_its_status_and_body(stand: Stand, code: str) -> None:
    stand.project.configure({"refusal": code} if code != "IDLE_TIMEOUT" else {"idle_timeout": 0.01})
    slug = "echo" if code != "IDLE_TIMEOUT" else "waits-long"
    status, text, headers = await stand.call(slug)
    body = json.loads(text)
    assert (status, headers["sb-error-code"], body["code"]) == (PLATFORM[code][0], code, code)
    assert body.keys() == {"code", "message"}
    assert "sb-request-id" in headers
    stand.workers.retire()
    await stand.workers.drained(60)


async def test_a_malformed_url_is_refused(stand: Stand) -> None:
    url = URL(f"{stand.url}/functions/v1/echo/%zz", encoded=True)
    async with stand.client.post(url) as answer:
        assert (answer.status, answer.headers["sb-error-code"]) == (400, "INVALID_URL")


async def test_a_lost_bundle_and_a_lost_entry_are_told_apart(stand: Stand) -> None:
    echo = stand.project.functions["echo"]
    stand.project.functions["other"] = replace(echo, slug="other", entry=echo.entry.with_name("no-such-file.ts"))
    assert (await stand.call("other"))[2]["sb-error-code"] == "LOAD_FUNCTION_INVALID_ENTRYPOINT_PATH_ERROR"
    shutil.rmtree(echo.entry.parent)
    status, _, headers = await stand.call("echo")
    assert (status, headers["sb-error-code"]) == (404, "NOT_FOUND_FUNCTION_BLOB")


async def test_a_secret_key_is_refused_where_a_browser_sends_it(stand: Stand) -> None:
    stand.project.functions["echo"].verify_jwt = True
    keys = stand.project.keys
    for headers in ({"apikey": keys.secret}, {"Authorization": f"Bearer {keys.secret}"}):
        assert (await stand.call("echo", headers=headers))[0] == 200
        status, text, _ = await stand.call("echo", headers={**headers, **BROWSER})
        assert (status, json.loads(text)["message"]) == (401, "Forbidden use of secret API key in browser")
    assert (await stand.call("echo", headers={"apikey": keys.publishable, **BROWSER}))[0] == 200


@pytest.mark.parametrize(("accepted", "status"), [(True, 200), (False, 401)])
async def test_both_readings_of_the_documents_on_new_keys_can_be_had(stand: Stand, accepted: bool, status: int) -> None:
    stand.project.functions["echo"].verify_jwt = True
    stand.project.configure({"new_keys_pass": accepted})
    keys = stand.project.keys
    assert (await stand.call("echo", headers={"apikey": keys.secret}))[0] == status
    found, text, _ = await stand.call("echo", headers={"Authorization": f"Bearer {keys.secret}"})
    assert found == status
    assert accepted or json.loads(text)["message"] == "Invalid JWT"
    assert (await stand.call("echo", headers={"Authorization": f"Bearer {keys.anon}"}))[0] == 200


def test_a_fault_that_does_not_exist_is_an_error(stand: Stand) -> None:
    with pytest.raises(TypeError):
        stand.project.configure({"idle_timout": 1})
