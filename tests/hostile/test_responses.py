"""Hostile answers, on real sockets, to everybody who asks: all of them end, in bounded memory, with a word about it."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina
from project.odd_servers import Handler, serving

from diag.diagnosis import Answer
from diag.project.limits import LARGEST_BODY, LARGEST_PAGE, LONGEST_ANSWER
from hostile import asking, servers
from hostile.asking import ASKING, ROWS, Outcome, is_told

MB = servers.MB
ANYBODY = pytest.mark.parametrize("who", ASKING)
LITTLE = 64 * MB
"""What an answer of which 1 MiB is read may cost: a piece of 16 KiB unpacks to 17 MB, is joined once and copied."""
PAGE = 4 * LARGEST_PAGE
"""What a page of rows may cost: it grows by doubling, and is then copied once."""


@pytest.fixture(autouse=True)
def no_retries() -> Iterator[None]:
    with stamina.set_testing(True, attempts=1):
        yield


async def asked(who: str, folder: Path, handler: Handler) -> Outcome:
    async with serving(handler) as url:
        return await ASKING[who](folder, url)


async def peak(who: str, folder: Path, handler: Handler) -> tuple[Outcome, int]:
    """The outcome, and the most bytes that Python's objects took on the way."""
    tracemalloc.start()
    try:
        return await asked(who, folder, handler), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@ANYBODY
@pytest.mark.parametrize("odd", servers.ODD)
async def test_an_odd_answer_is_an_outcome_and_no_crash(tmp_path: Path, who: str, odd: str) -> None:
    assert is_told(await asked(who, tmp_path, servers.ODD[odd]))


@ANYBODY
@pytest.mark.parametrize("status", ["200 OK", "500 X"])
async def test_100_mb_are_not_read_where_they_tell_nothing(tmp_path: Path, who: str, status: str) -> None:
    outcome, most = await peak(who, tmp_path, servers.large(status))
    assert is_told(outcome)
    assert most < (PAGE if (who in ROWS or who == "tables") and status == "200 OK" else LITTLE)


@ANYBODY
@pytest.mark.parametrize("status", ["200 OK", "500 X"])
async def test_a_body_without_end_is_cut(tmp_path: Path, who: str, status: str) -> None:
    outcome, most = await peak(who, tmp_path, servers.endless(status))
    assert is_told(outcome)
    assert most < (PAGE if (who in ROWS or who in ("tables", "picture")) and status == "200 OK" else LITTLE)


@ANYBODY
@pytest.mark.parametrize("coding", ["gzip", "deflate", "gzip, gzip"])
@pytest.mark.parametrize("status", ["200 OK", "500 X"])
async def test_a_bomb_does_not_go_off(tmp_path: Path, who: str, coding: str, status: str) -> None:
    outcome, most = await peak(who, tmp_path, servers.bomb(coding, status))
    assert is_told(outcome)
    assert most < (PAGE if (who in ROWS or who == "tables") and status == "200 OK" else LITTLE)


@ANYBODY
@pytest.mark.parametrize("handler", ["BODY_DRIPS", "HEAD_DRIPS", "CONTINUES_FOREVER"])
async def test_who_drips_does_not_hold_anybody(
    tmp_path: Path, who: str, handler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("bounded", "data", "management"):
        monkeypatch.setattr(f"diag.project.{module}.LONGEST_ANSWER", LONGEST_ANSWER / 400)
    monkeypatch.setattr("diag.verify.asking.TIMEOUT", 0.3)
    monkeypatch.setattr(asking, "PATIENCE", 0.3)
    assert is_told(await asked(who, tmp_path, getattr(servers, handler)))


@pytest.mark.parametrize("who", [who for who in ASKING if who != "picture"])
@pytest.mark.parametrize("status", ["301 X", "302 X", "303 X", "307 X", "308 X", "300 X"])
async def test_a_redirect_carries_no_credential_to_another_host(tmp_path: Path, who: str, status: str) -> None:
    elsewhere: list[bytes] = []
    async with serving(servers.recording(elsewhere, servers.EMPTY), listens=False) as other:
        outcome = await asked(who, tmp_path, servers.redirect(status, f"{other}/stolen"))
    assert is_told(outcome)
    assert elsewhere == []


async def test_a_look_at_a_picture_follows_a_redirect_and_has_nothing_to_carry(tmp_path: Path) -> None:
    elsewhere: list[bytes] = []
    async with serving(servers.recording(elsewhere, servers.EMPTY), listens=False) as other:
        await asked("picture", tmp_path, servers.redirect("302 X", f"{other}/photo"))
    assert len(elsewhere) == 1
    head = elsewhere[0].decode()
    assert not [one for one in asking.CREDENTIALS if one[:12] in head]
    assert {line.partition(":")[0].lower() for line in head.splitlines()[1:] if line} <= {
        "host", "user-agent", "accept", "accept-encoding", "range", "connection",
    }  # fmt: skip


async def test_a_second_answer_on_the_same_connection_is_not_taken_for_the_next_one(tmp_path: Path) -> None:
    handler = servers.poisoned(b'{"error":"boom"}', servers.AUTHORISED)

    async def twice(project) -> list[Answer]:
        return [await project.functions.call("f", {}, timeout=2) for _ in range(2)]

    async with serving(handler) as url:
        answers = (await asking._project(tmp_path, url, twice)).said
    assert isinstance(answers, list)
    assert [b"forged" in one.body for one in answers] == [False, False]


async def test_what_is_cut_is_cut_at_the_stated_limits(tmp_path: Path) -> None:
    called = (await asked("call", tmp_path, servers.endless("500 X"))).said
    rows = (await asked("page", tmp_path, servers.endless("200 OK"))).error
    assert isinstance(called, Answer)
    assert len(called.body) == LARGEST_BODY
    assert rows is not None
    assert f"larger than {LARGEST_PAGE >> 20} MiB" in rows.message
    assert rows.remedy
