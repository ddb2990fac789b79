"""The gateway and the workers on small functions of the test's own: what each fault of a function looks like."""

from __future__ import annotations

import asyncio

import pytest
from sandbox.stands import Stand


async def test_a_call_reaches_the_function_unchanged(stand: Stand) -> None:
    status, text, headers = await stand.call("echo", path="/deeper?a=1", data="hello", headers={"x-mine": "yes"})
    assert status == 200
    assert '"body":"hello"' in text
    assert '"path":"/echo/deeper"' in text
    assert '"search":"?a=1"' in text
    assert '"mine":"yes"' in text
    assert {"x-deno-execution-id", "sb-request-id", "x-served-by"} <= set(headers)
    assert "sb-error-code" not in headers
    assert stand.counters.calls["function"] == 1


async def test_one_worker_serves_many_requests(stand: Stand) -> None:
    answers = await asyncio.gather(*(stand.call("echo") for _ in range(5)))
    assert len({headers["x-deno-execution-id"] for _, _, headers in answers}) == 1
    assert len({headers["sb-request-id"] for _, _, headers in answers}) == 5


async def test_an_exception_in_the_handler_is_the_functions_own_500(stand: Stand) -> None:
    status, text, headers = await stand.call("throws")
    assert (status, text) == (500, "Internal Server Error")
    assert headers["sb-error-code"] == "EDGE_FUNCTION_ERROR"


async def test_the_functions_own_5xx_keeps_its_body_and_gets_the_platforms_code(stand: Stand) -> None:
    status, text, headers = await stand.call("answers-503")
    assert (status, text) == (503, '{"error":"my own"}')
    assert headers["sb-error-code"] == "EDGE_FUNCTION_ERROR"


@pytest.mark.parametrize("slug", ["no-boot", "syntax"])
async def test_a_function_that_does_not_start_is_a_boot_error(stand: Stand, slug: str) -> None:
    status, text, headers = await stand.call(slug)
    assert status == 503
    assert text == '{"code":"BOOT_ERROR","message":"Function failed to start (please check logs)"}'
    assert headers["sb-error-code"] == "BOOT_ERROR"
    assert "x-deno-execution-id" not in headers


async def test_a_worker_that_dies_is_a_worker_error_and_the_next_call_gets_a_new_one(stand: Stand) -> None:
    first = await stand.call("dies")
    second = await stand.call("dies")
    assert first[0] == second[0] == 500
    assert first[2]["sb-error-code"] == "WORKER_ERROR"
    assert first[2]["x-deno-execution-id"] != second[2]["x-deno-execution-id"]


async def test_after_the_idle_limit_the_caller_gets_504_and_the_function_works_on(stand: Stand) -> None:
    await stand.call("slow", "GET")
    stand.project.configure({"idle_timeout": 0.05})
    status, text, headers = await stand.call("slow")
    assert status == 504
    assert headers["sb-error-code"] == "IDLE_TIMEOUT"
    assert "idle timeout" in text
    stand.project.configure({})
    await finished(stand, 1)


async def test_a_caller_who_leaves_does_not_stop_the_function(stand: Stand) -> None:
    await stand.call("slow", "GET")
    before = stand.counters.calls["function"]
    calling = asyncio.create_task(stand.call("slow"))
    await reached(stand, before + 1)
    calling.cancel()
    await finished(stand, 1)
    assert calling.cancelled()


async def reached(stand: Stand, calls: int) -> None:
    """Wait until that many calls have reached a worker."""
    async with asyncio.timeout(60):
        while stand.counters.calls["function"] < calls:
            await asyncio.sleep(0.01)


async def finished(stand: Stand, count: int) -> None:
    """Wait until the slow function says that it has done its work that often."""
    async with asyncio.timeout(60):
        while (await stand.call("slow", "GET"))[1] != f'{{"done":{count}}}':
            await asyncio.sleep(0.05)


async def test_a_changed_secret_gets_a_new_worker(stand: Stand) -> None:
    _, before, _ = await stand.call("echo")
    stand.project.set_secrets({"FLAVOUR": "vanilla"})
    stand.workers.retire()
    _, after, _ = await stand.call("echo")
    assert '"flavour":null' in before
    assert '"flavour":"vanilla"' in after


async def test_calls_under_way_are_finished_by_the_old_worker(stand: Stand) -> None:
    await stand.call("slow", "GET")
    before = stand.counters.calls["function"]
    under_way = asyncio.create_task(stand.call("slow"))
    await reached(stand, before + 1)
    stand.workers.retire()
    assert (await under_way)[:2] == (200, "late")


async def test_vendor_hosts_lead_to_the_stand_ins(stand: Stand) -> None:
    for host in ("api.vendor.test", "rekognition.us-east-1.wild.test"):
        _, text, _ = await stand.call("outside", data=f"https://{host}/v1/x?y=1")
        assert text == "the stand-in at /v1/x?y=1"


async def test_every_other_host_is_refused(stand: Stand) -> None:
    _, text, _ = await stand.call("outside", data="https://example.com/secret")
    assert text.startswith("TypeError: error sending request for url (https://example.com/)")


async def test_other_ports_of_this_machine_are_out_of_reach(stand: Stand) -> None:
    _, text, _ = await stand.call("outside", data=stand.url)
    assert "NotCapable" in text


async def test_files_of_this_machine_are_out_of_reach(stand: Stand) -> None:
    _, text, _ = await stand.call("reads-files")
    assert "NotCapable" in text


async def test_the_sandboxes_own_variables_are_hidden_from_the_function(stand: Stand) -> None:
    _, text, _ = await stand.call("echo")
    assert '"hidden":null' in text


async def test_unknown_functions_and_methods_are_refused_before_any_worker(stand: Stand) -> None:
    assert (await stand.call("nowhere"))[:2] == (
        404,
        '{"code":"NOT_FOUND","message":"Requested function was not found"}',
    )
    assert (await stand.call("echo", "HEAD"))[0] == 405
    stand.project.functions["echo"].verify_jwt = True
    assert (await stand.call("echo"))[2]["sb-error-code"] == "UNAUTHORIZED_NO_AUTH_HEADER"
    assert stand.counters.calls["function"] == 0


async def test_the_jwt_check_lets_a_preflight_request_of_a_browser_pass(stand: Stand) -> None:
    stand.project.functions["echo"].verify_jwt = True
    assert (await stand.call("echo", "OPTIONS"))[0] == 200
