from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from diag.sandbox.state import Sandbox
from diag.secret import Secret
from diag.verify import Standing, Verifier
from diag.verify.aws import Keys

KEY = Secret("sk-proj-" + "Zx9Qw8Er7Ty6Ui5Op4" * 2)
KEYS = Keys(Secret("AKIA0123456789ABCDEF"), Secret("wUz0R0lY8b5rWcYx3l9Qm1n2b3v4c5x6z7a8s9d0"), "eu-west-1")


class Provider:
    """Answers each request by the first handler whose part of the URL fits; keeps the requests."""

    def __init__(self, **answers: httpx.Response) -> None:
        self.answers = answers
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        found = next((reply for part, reply in self.answers.items() if part in str(request.url)), None)
        return found or httpx.Response(404, json={})


def refused(status: int, code: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": code, "message": code}})


def asking(provider: Provider) -> Verifier:
    return Verifier(transport=httpx.MockTransport(provider))


async def test_a_key_is_asked_about_once_however_many_ask() -> None:
    provider = Provider(models=httpx.Response(200, json={}))
    async with asking(provider) as verifier:
        for _ in range(3):
            found = await verifier.openai("OPENAI_API_KEY", KEY, model=None, deep=False)
    assert [one.standing for one in found] == [Standing.VALID]
    assert len(provider.requests) == 1


async def test_the_key_travels_in_a_header_to_nobody_else() -> None:
    provider = Provider(models=httpx.Response(307, headers={"location": "https://elsewhere.example/"}))
    async with asking(provider) as verifier:
        (found,) = await verifier.openai("OPENAI_API_KEY", KEY, model="gpt-4o-mini", deep=True)
    assert found.standing is Standing.UNKNOWN
    assert [str(one.url) for one in provider.requests] == ["https://api.openai.com/v1/models/gpt-4o-mini"]
    assert provider.requests[0].headers["authorization"] == f"Bearer {KEY.reveal()}"
    assert provider.requests[0].headers["user-agent"].startswith("nukediag/")


async def test_an_empty_request_that_is_refused_as_such_proves_the_scope() -> None:
    provider = Provider(models=httpx.Response(200, json={}), chat=refused(400, "missing_required_parameter"))
    async with asking(provider) as verifier:
        found = await verifier.openai("OPENAI_API_KEY", KEY, model=None, deep=True)
    assert [(one.standing, one.inferred) for one in found] == [(Standing.VALID, False), (Standing.VALID, True)]
    assert json.loads(provider.requests[-1].content) == {}


async def test_a_key_without_the_scope_lives_and_is_named() -> None:
    provider = Provider(models=httpx.Response(200, json={}), chat=refused(401, "missing_scope"))
    async with asking(provider) as verifier:
        found = await verifier.openai("OPENAI_API_KEY", KEY, model=None, deep=True)
    assert (found[-1].standing, found[-1].signature) == (Standing.VALID, "openai.permission")


async def test_a_refused_key_is_not_asked_with_again() -> None:
    provider = Provider(models=refused(401, "invalid_api_key"))
    async with asking(provider) as verifier:
        found = await verifier.openai("OPENAI_API_KEY", KEY, model=None, deep=True)
    assert [one.standing for one in found] == [Standing.INVALID]
    assert len(provider.requests) == 1


@pytest.mark.parametrize("value", ["sk-ключ", "sk-abc\ndef", ""])
async def test_a_value_that_no_header_can_carry_is_never_sent(value: str) -> None:
    provider = Provider()
    async with asking(provider) as verifier:
        (found,) = await verifier.openai("OPENAI_API_KEY", Secret(value), model=None, deep=True)
    assert (found.standing, found.code) == (Standing.INVALID, "malformed")
    assert provider.requests == []


async def test_the_revealed_limits_and_the_request_id_are_kept() -> None:
    headers = {"x-request-id": "req_1", "x-ratelimit-limit-requests": "500", "x-ratelimit-odd": "<script>"}
    provider = Provider(models=httpx.Response(200, json={}, headers=headers))
    async with asking(provider) as verifier:
        (found,) = await verifier.openai("OPENAI_API_KEY", KEY, model=None, deep=False)
    assert found.request_id == "req_1"
    assert dict(found.limits) == {"x-ratelimit-limit-requests": "500"}


async def test_a_region_that_is_none_is_named_before_anything_is_sent() -> None:
    provider = Provider()
    async with asking(provider) as verifier:
        (found,) = await verifier.aws(Keys(KEYS.id, KEYS.secret, "us-east"), deep=True)
    assert (found.signature, provider.requests) == ("aws.region-invalid", [])


async def test_aws_requests_are_signed_for_the_functions_region() -> None:
    provider = Provider(
        sts=httpx.Response(200, text="<Account>123456789012</Account>"),
        rekognition=httpx.Response(400, json={"__type": "AccessDeniedException"}),
    )
    async with asking(provider) as verifier:
        found = await verifier.aws(KEYS, deep=True)
    assert [one.signature for one in found] == [None, "aws.access-denied"]
    assert found[0].account == "123456789012"
    assert "/eu-west-1/sts/aws4_request" in provider.requests[0].headers["authorization"]
    assert "/eu-west-1/rekognition/aws4_request" in provider.requests[1].headers["authorization"]
    assert KEYS.secret.reveal() not in str([dict(one.headers) for one in provider.requests])


def values(sandbox: Sandbox) -> dict[str, Secret]:
    lines = sandbox.functions_env.read_text().splitlines()
    return {name: Secret(value) for name, _, value in (line.partition("=") for line in lines)}


def endpoints(sandbox: Sandbox) -> dict[str, str]:
    lines = sandbox.env_file.read_text().splitlines()
    return {line.partition("=")[0]: line.partition("=")[2] for line in lines}


@pytest.mark.sandbox
async def test_the_sandboxs_stand_ins_take_right_credentials_and_refuse_wrong_ones(sandbox: Sandbox) -> None:
    right = values(sandbox)
    pair = Keys(right["AWS_ACCESS_KEY_ID"], right["AWS_SECRET_ACCESS_KEY"], "us-east-1")
    wrong = Keys(Secret("AKIAAAAAAAAAAAAAAAAA"), right["AWS_SECRET_ACCESS_KEY"], "us-east-1")
    async with Verifier(endpoints(sandbox)) as verifier:
        good = [
            *await verifier.openai("OPENAI_API_KEY", right["OPENAI_API_KEY"], model="gpt-4o-mini", deep=True),
            *await verifier.aws(pair, deep=True),
        ]
        bad = [
            *await verifier.openai("OPENAI_API_KEY", KEY, model=None, deep=True),
            *await verifier.aws(wrong, deep=True),
        ]
    assert [(one.standing, one.signature) for one in good] == [(Standing.VALID, None)] * 4
    assert [one.signature for one in bad] == ["openai.key-invalid", "aws.key-invalid"]


@pytest.mark.sandbox
async def test_only_a_paid_generation_shows_that_the_money_is_gone(
    play: Callable[[str], Sandbox], tmp_path: Path
) -> None:
    sandbox = play("openai-quota-exhausted")
    key = values(sandbox)["OPENAI_API_KEY"]
    async with Verifier(endpoints(sandbox)) as verifier:
        free = await verifier.openai("OPENAI_API_KEY", key, model="gpt-4o-mini", deep=True)
        (paid,) = await verifier.openai_quota("OPENAI_API_KEY", key, model="gpt-4o-mini")
    assert [one.signature for one in free] == [None, None]
    assert (paid.signature, paid.cost_usd) == ("openai.quota-exhausted", 0.0)
