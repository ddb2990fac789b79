from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import pytest

from diag.sandbox.upstreams.openai_faults import Bucket
from diag.sandbox.world import drawing
from diag.sandbox.world.analysis import labels_of
from diag.sandbox.world.rows import row_id

SCHEMA = {
    "type": "object",
    "properties": {
        "appraisal": {"type": "object", "properties": {"subject": {"type": "string"}, "doors": {"type": "integer"}}},
        "spid": {"type": ["object", "null"], "properties": {"vin": {"type": "string"}}},
    },
}


def chat(url: str, form: Any = None, **changes: Any) -> dict[str, Any]:
    picture = {"type": "image_url", "image_url": {"url": url, "detail": "low"}}
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": [{"type": "text", "text": "?"}, picture]}]}
    if form is not None:
        body["response_format"] = {"type": "json_schema", "json_schema": {"name": "a", "schema": form}}
    return {**body, **changes}


async def post(upstreams: Any, body: Any, key: str | None = "issued", path: str = "chat/completions") -> httpx.Response:
    key = upstreams.openai.issue_key() if key == "issued" else key
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=upstreams.openai_url) as client:
        return await client.post(f"/v1/{path}", json=body, headers=headers)


async def test_structured_answer_fits_the_schema_and_the_photo(upstreams, a_row):
    row = a_row("spid")
    answer = await post(upstreams, chat(upstreams.photo_url(row), SCHEMA))
    assert answer.status_code == 200
    said = json.loads(answer.json()["choices"][0]["message"]["content"])
    assert said["spid"] == {"vin": drawing.vin_of(row.id)}
    assert set(said["appraisal"]) == {"subject", "doors"}
    assert isinstance(said["appraisal"]["doors"], int)


async def test_part_that_a_photo_does_not_show_is_null(upstreams, a_row):
    answer = await post(upstreams, chat(upstreams.photo_url(a_row("engine")), SCHEMA))
    assert json.loads(answer.json()["choices"][0]["message"]["content"])["spid"] is None


async def test_nullable_part_of_a_library_is_null_too_and_tags_are_what_is_to_be_seen(upstreams, a_row):
    tag = {"type": "object", "properties": {"name": {"type": "string"}, "confidence": {"type": "number"}}}
    nullable = {"anyOf": [SCHEMA["properties"]["appraisal"], {"type": "null"}]}
    form = {"type": "object", "properties": {"tags": {"type": "array", "items": tag}, "spid": nullable}}
    row = a_row("engine")
    answer = await post(upstreams, chat(upstreams.photo_url(row), form))
    said = json.loads(answer.json()["choices"][0]["message"]["content"])
    assert said["spid"] is None
    assert [each["name"] for each in said["tags"]] == [label["Name"] for label in labels_of(row.id)]


async def test_responses_endpoint_answers_in_its_own_shape(upstreams, a_row):
    picture = {"type": "input_image", "image_url": upstreams.photo_url(a_row())}
    form = {"format": {"type": "json_schema", "name": "a", "schema": SCHEMA}}
    body = {"model": "gpt-4o-mini", "input": [{"role": "user", "content": [picture]}], "text": form}
    answer = (await post(upstreams, body, path="responses")).json()
    assert answer["status"] == "completed"
    assert set(json.loads(answer["output"][0]["content"][0]["text"])) == {"appraisal", "spid"}
    assert answer["usage"]["total_tokens"] == answer["usage"]["input_tokens"] + answer["usage"]["output_tokens"]


async def test_unknown_key_is_refused_and_repeated_only_masked(upstreams, a_row):
    key = "sk-proj-" + "k" * 40 + "wxyz"
    answer = await post(upstreams, chat(upstreams.photo_url(a_row())), key=key)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "invalid_api_key"
    assert "wxyz" in answer.text
    assert "kkkk" not in answer.text


async def test_absent_key_is_told_apart_from_a_wrong_one(upstreams, a_row):
    answer = await post(upstreams, chat(upstreams.photo_url(a_row())), key=None)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, None)
    assert answer.json()["error"]["message"].startswith("You didn't provide an API key")


async def test_photo_that_is_gone_is_an_invalid_image_url(upstreams):
    answer = await post(upstreams, chat(f"{upstreams.photos_url}/nothing-here.jpg"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_image_url")
    assert upstreams.counters.calls["openai_accepted"] == 0


async def test_other_hosts_are_not_asked_for_pictures(upstreams):
    answer = await post(upstreams, chat("https://photos.example/a.jpg"))
    assert answer.json()["error"]["code"] == "invalid_image_url"


@pytest.mark.parametrize("number", [140, 163])
async def test_picture_in_another_format_is_refused(upstreams, number):
    url = f"{upstreams.photos_url}/storage/v1/object/public/vehicle-images/v/{row_id(number)}.jpg"
    answer = await post(upstreams, chat(url))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_image_format")


async def test_picture_sent_as_data_is_known_by_its_bytes(upstreams, a_row):
    row = a_row()
    data = base64.b64encode(drawing.jpeg(row.id)).decode()
    for _ in range(2):
        assert (await post(upstreams, chat(f"data:image/jpeg;base64,{data}"))).status_code == 200
    assert upstreams.counters.rows_paid_twice() == {row.id}


async def test_spent_credit_is_insufficient_quota(upstreams, a_row):
    upstreams.openai.configure({"credit_usd": 0.00001, "latency_ms": 0})
    url = upstreams.photo_url(a_row())
    first, second = [await post(upstreams, chat(url)) for _ in range(2)]
    assert first.status_code == 200
    assert (second.status_code, second.json()["error"]["code"]) == (429, "insufficient_quota")
    assert "retry-after" not in second.headers


async def test_too_many_requests_say_when_to_come_back(upstreams, a_row):
    upstreams.openai.configure({"requests_per_minute": 1, "latency_ms": 0})
    url = upstreams.photo_url(a_row())
    first, second = [await post(upstreams, chat(url)) for _ in range(2)]
    assert first.headers["x-ratelimit-remaining-requests"] == "0"
    assert (second.status_code, second.json()["error"]["code"]) == (429, "rate_limit_exceeded")
    assert 1 <= int(second.headers["retry-after"]) <= 60


async def test_overload_fails_a_share_of_the_calls(upstreams, a_row):
    upstreams.openai.configure({"overloaded_share": 0.5, "latency_ms": 0})
    url = upstreams.photo_url(a_row())
    answers = [await post(upstreams, chat(url)) for _ in range(40)]
    failed = [answer for answer in answers if answer.status_code != 200]
    assert 0 < len(failed) < 40
    assert {answer.json()["error"]["type"] for answer in failed} == {"server_error"}
    assert upstreams.counters.calls["openai_accepted"] == 40 - len(failed)


async def test_parts_can_be_left_out(upstreams, a_row):
    upstreams.openai.configure({"without": ["appraisal"], "latency_ms": 0})
    answer = await post(upstreams, chat(upstreams.photo_url(a_row()), SCHEMA))
    assert "appraisal" not in json.loads(answer.json()["choices"][0]["message"]["content"])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ([], 400),
        ({"messages": []}, 400),
        ({"model": "gpt-4o-mini"}, 400),
        ({"model": "gpt-4o-mini", "messages": [{"content": [{"type": "image_url"}]}]}, 400),
        ({"model": "gpt-1", "messages": []}, 404),
    ],
)
async def test_malformed_requests_are_refused_in_the_same_shape(upstreams, body, status):
    answer = await post(upstreams, body)
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}


async def test_models_are_listed_for_a_good_key_only(upstreams):
    key = upstreams.openai.issue_key()
    async with httpx.AsyncClient(base_url=upstreams.openai_url) as client:
        good = {"Authorization": f"Bearer {key}"}
        assert (await client.get("/v1/models", headers=good)).json()["data"][0]["id"] == "gpt-4o-mini"
        assert (await client.get("/v1/models/gpt-4o", headers=good)).json()["id"] == "gpt-4o"
        assert (await client.get("/v1/models/gpt-0", headers=good)).status_code == 404
        assert (await client.get("/v1/models")).status_code == 401
    assert upstreams.counters.calls["openai"] == 0


def test_bucket_refills_with_time():
    bucket = Bucket(2)
    assert [bucket.take(0.0), bucket.take(0.0)] == [0.0, 0.0]
    assert bucket.take(0.0) == 30.0
    assert bucket.take(30.0) == 0.0


@pytest.mark.parametrize(
    ("faults", "status", "code"),
    [
        ({"standing": "deactivated"}, 401, "account_deactivated"),
        ({"standing": "restricted"}, 401, "missing_scope"),
        ({"standing": "address-not-allowed"}, 401, "ip_not_authorized"),
        ({"standing": "country-not-supported"}, 403, "unsupported_country_region_territory"),
        ({"standing": "model-not-allowed"}, 403, "model_not_found"),
        ({"standing": "billing-limit-reached"}, 400, "billing_hard_limit_reached"),
        ({"standing": "billing-inactive"}, 429, "billing_not_active"),
        ({"standing": "spend-limit-reached"}, 429, "project_spend_limit_exceeded"),
        ({"content_policy": True}, 400, "content_policy_violation"),
        ({"context_tokens": 10}, 400, "context_length_exceeded"),
    ],
)
async def test_account_in_trouble_is_refused_and_pays_nothing(upstreams, a_row, faults, status, code):
    upstreams.openai.configure(faults)
    answer = await post(upstreams, chat(upstreams.photo_url(a_row())))
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert upstreams.counters.calls["openai_accepted"] == 0


@pytest.mark.parametrize("unit", ["requests", "tokens", "requests-per-day"])
async def test_limit_used_up_by_others_says_which_and_when_to_come_back(upstreams, a_row, unit):
    upstreams.openai.configure({"crowded": unit})
    answer = await post(upstreams, chat(upstreams.photo_url(a_row())))
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["type"]) == (429, "rate_limit_exceeded", unit.partition("-")[0])
    assert int(answer.headers["retry-after-ms"]) > 0


async def test_headers_that_name_a_foreign_organisation_or_project_are_refused(upstreams):
    key = {"Authorization": f"Bearer {upstreams.openai.issue_key()}"}
    async with httpx.AsyncClient(base_url=upstreams.openai_url) as client:
        codes = [
            (await client.post("/v1/chat/completions", json={}, headers={**key, name: "x"})).json()["error"]["code"]
            for name in ("OpenAI-Organization", "OpenAI-Project")
        ]
    assert codes == ["mismatched_organization", "mismatched_project"]


async def test_key_without_scope_or_account_is_told_apart_from_a_wrong_one(upstreams):
    for standing, code in (("restricted", "missing_scope"), ("deactivated", "account_deactivated")):
        answer = await post(upstreams, chat("http://x"), key=upstreams.openai.issue_key(standing))
        assert answer.json()["error"]["code"] == code


async def test_reasoning_model_does_not_know_max_tokens(upstreams, a_row):
    url = upstreams.photo_url(a_row())
    answer = await post(upstreams, chat(url, model="gpt-5-mini", max_tokens=9))
    assert answer.json()["error"]["code"] == "unsupported_parameter"
    assert (await post(upstreams, chat(url, model="gpt-5-mini", max_completion_tokens=9))).status_code == 200


@pytest.mark.parametrize(
    ("reply", "finish", "is_json"),
    [("prose", "stop", False), ("truncated", "length", False), ("empty", "stop", False), ("good", "stop", True)],
)
async def test_malformed_output_is_paid_for_like_a_good_one(upstreams, a_row, reply, finish, is_json):
    upstreams.openai.configure({"reply": reply, "latency_ms": 0})
    choice = (await post(upstreams, chat(upstreams.photo_url(a_row()), SCHEMA))).json()["choices"][0]
    assert choice["finish_reason"] == finish
    if is_json:
        json.loads(choice["message"]["content"])
    else:
        with pytest.raises(json.JSONDecodeError):
            json.loads(choice["message"]["content"])
    assert upstreams.counters.calls["openai_accepted"] == 1


async def test_refusal_stands_in_its_own_field(upstreams, a_row):
    upstreams.openai.configure({"reply": "refusal", "latency_ms": 0})
    message = (await post(upstreams, chat(upstreams.photo_url(a_row())))).json()["choices"][0]["message"]
    assert message["content"] is None
    assert message["refusal"]


@pytest.mark.parametrize(
    ("connection", "error", "paid"),
    [("breaks", httpx.RemoteProtocolError, 0), ("breaks-off", httpx.RemoteProtocolError, 1)],
)
async def test_connection_can_break_before_and_in_an_answer(upstreams, a_row, connection, error, paid):
    upstreams.openai.configure({"connection": connection, "latency_ms": 0})
    with pytest.raises((error, httpx.ReadError)):
        await post(upstreams, chat(upstreams.photo_url(a_row())))
    assert upstreams.counters.calls["openai_accepted"] == paid


async def test_outage_is_an_error_of_the_servers_or_a_page_of_the_proxys(upstreams, a_row):
    url, answers = upstreams.photo_url(a_row()), {}
    for outage in ("error", "overload", "page"):
        upstreams.openai.configure({"outage": outage})
        answers[outage] = await post(upstreams, chat(url))
    assert [answer.status_code for answer in answers.values()] == [500, 503, 502]
    assert answers["page"].headers["content-type"].startswith("text/html")


async def test_damaged_picture_is_refused_and_a_cut_one_is_looked_at(upstreams, a_row):
    url, statuses = upstreams.photo_url(a_row()), {}
    for instead in ("garbled", "broken"):
        upstreams.photos.configure({"instead": instead})
        statuses[instead] = (await post(upstreams, chat(url))).status_code
    assert statuses == {"garbled": 400, "broken": 200}


async def test_host_may_turn_openais_downloader_away_and_nobody_else(upstreams, a_row):
    upstreams.photos.configure({"host": "forbids-providers"})
    url = upstreams.photo_url(a_row())
    assert (await post(upstreams, chat(url))).json()["error"]["code"] == "invalid_image_url"
    async with httpx.AsyncClient() as anybody:
        assert (await anybody.get(url)).status_code == 200
