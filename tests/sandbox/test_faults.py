"""Functions that really fail: what the caller is told, and what the logs say of it."""

from __future__ import annotations

import asyncio
import json

import pytest
from sandbox.stands import Stand


@pytest.mark.parametrize(
    ("slug", "status", "code", "telltale"),
    [
        ("boot-error", 503, "BOOT_ERROR", "worker boot error: error: Uncaught"),
        ("worker-memory", 546, "WORKER_RESOURCE_LIMIT", "Memory limit exceeded"),
        ("worker-cpu", 546, "WORKER_RESOURCE_LIMIT", "CPU Time exceeded"),
        ("worker-error", 500, "WORKER_ERROR", "upload of the thumbnail failed"),
        ("invalid-status", 500, "INVALID_RESPONSE_STATUS_CODE", "booted"),
    ],
)
async def test_the_platform_names_the_fault_and_the_logs_its_cause(
    stand: Stand, slug: str, status: int, code: str, telltale: str
) -> None:
    found, text, headers = await stand.call(slug)
    assert (found, headers["sb-error-code"], json.loads(text)["code"]) == (status, code, code)
    assert any(telltale in row["event_message"] for row in stand.logged("function_logs", "event_type"))
    [edge] = stand.logged("function_edge_logs", "response.status_code", "execution_id", "function_id")
    assert edge["status_code"] == str(status)
    assert edge["function_id"] == stand.project.functions[slug].id
    assert edge["execution_id"] == headers.get("x-deno-execution-id", "")
    assert (edge["execution_id"] == "") == (slug == "boot-error")


@pytest.mark.parametrize("slug", ["worker-memory", "worker-cpu"])
async def test_a_worker_that_was_killed_is_followed_by_a_new_one(stand: Stand, slug: str) -> None:
    first, second = await stand.call(slug), await stand.call(slug, "OPTIONS")
    assert second[:2] == (200, "ok")
    assert first[2]["x-deno-execution-id"] != second[2]["x-deno-execution-id"]
    reasons = {row["reason"] for row in stand.logged("function_logs", "reason")}
    assert reasons == {"", {"worker-memory": "Memory", "worker-cpu": "CPUTime"}[slug]}


async def test_an_exception_in_the_handler_is_logged_with_its_place(stand: Stand) -> None:
    status, text, headers = await stand.call("handler-error")
    assert (status, text, headers["sb-error-code"]) == (500, "Internal Server Error", "EDGE_FUNCTION_ERROR")
    async with asyncio.timeout(60):
        while len(stand.logged("function_logs", "level")) < 2:
            await asyncio.sleep(0.02)
    row = stand.logged("function_logs", "level", "execution_id")[-1]
    assert row["event_message"].startswith("Error: no analysis for this request\n    at ")
    assert (row["level"], row["execution_id"]) == ("error", headers["x-deno-execution-id"])


async def test_each_message_of_the_console_is_one_row_with_its_level(stand: Stand) -> None:
    await stand.call("talks")
    rows = stand.logged("function_logs", "level", "event_type")
    assert [(row["event_message"], row["level"]) for row in rows if row["event_type"] == "Log"] == [
        ("one\ntwo { three: 3 }", "info"),
        ("4 is 4", "warning"),
        ("bad", "error"),
    ]


async def test_a_slow_function_works_on_after_its_caller_was_sent_away(stand: Stand) -> None:
    await stand.call("slow-answer", "OPTIONS")
    stand.project.configure({"idle_timeout": 0.05})
    status, text, _ = await stand.call("slow-answer")
    assert (status, json.loads(text)["message"]) == (504, "Request idle timeout limit (0.05s) reached")
    stand.workers.retire()
    await stand.workers.drained(60)
    assert any(row["event_message"] == "done all the same" for row in stand.logged("function_logs", "level"))


async def test_waiting_costs_no_processor_time(stand: Stand) -> None:
    assert (await stand.call("waits-long"))[0] == 200


@pytest.mark.parametrize("cold", [True, False])
async def test_a_cold_start_is_a_new_worker_for_each_call(stand: Stand, cold: bool) -> None:
    stand.project.configure({"cold_starts": cold})
    workers = {(await stand.call("echo"))[2]["x-deno-execution-id"] for _ in range(2)}
    assert len(workers) == (2 if cold else 1)


async def test_a_stale_worker_keeps_its_secret_until_the_function_is_deployed_anew(stand: Stand) -> None:
    stand.project.set_secrets({"FLAVOUR": "v" * 40})
    stand.project.configure({"stale": frozenset({"FLAVOUR"})})
    _, before, _ = await stand.call("echo")
    stand.project.deploy(stand.project.functions["echo"])
    stand.workers.retire_one("echo")
    _, after, _ = await stand.call("echo")
    assert f'"flavour":"{"v" * 40}"' not in before
    assert f'"flavour":"{"v" * 40}"' in after
