// The pure parts of analyze-image-simple, and what both functions share.

import assert from "node:assert/strict";
import { Failure, refusal } from "../../../diag/shipped/functions/_shared/answer.ts";
import { readJson } from "../../../diag/shipped/functions/_shared/body.ts";
import { keyHeaders, secretKeys } from "../../../diag/shipped/functions/_shared/keys.ts";
import { redact } from "../../../diag/shipped/functions/_shared/redact.ts";
import { readAnalysis } from "../../../diag/shipped/functions/analyze-image-simple/analysis.ts";
import { handle } from "../../../diag/shipped/functions/analyze-image-simple/handler.ts";
import { readRequest } from "../../../diag/shipped/functions/analyze-image-simple/input.ts";
import { askedWait, MOST_ATTEMPTS, nextWait } from "../../../diag/shipped/functions/analyze-image-simple/retry.ts";
import { planFor, type Row, statusBefore } from "../../../diag/shipped/functions/analyze-image-simple/row.ts";
import { readSettings } from "../../../diag/shipped/functions/analyze-image-simple/settings.ts";
import { problemOf } from "../../../diag/shipped/functions/analyze-image-simple/verdict.ts";
import { ANALYSIS, post } from "./stand_ins.ts";

const NOW = Date.parse("2026-11-22T12:00:00Z");

Deno.test("a request names its picture by an http URL and its row by an id", () => {
  const row = readRequest({ image_id: 7, image_url: "https://x.test/a.jpg?token=1", unknown_field: true });
  assert.deepEqual(row, {
    kind: "row",
    imageId: "7",
    imageUrl: "https://x.test/a.jpg?token=1",
    vehicleId: null,
    force: false,
  });
  assert.deepEqual(readRequest({ dry_run: true, image_url: "http://x.test/" }), {
    kind: "bare",
    imageUrl: "http://x.test/",
  });
});

for (
  const [body, field] of [
    [null, "the body"],
    [[], "the body"],
    [{}, "image_id"],
    [{ image_url: "https://x.test/" }, "image_id"],
    [{ image_id: "1;drop" }, "image_id"],
    [{ image_id: -1 }, "image_id"],
    [{ image_id: "1", image_url: "file:///etc/passwd" }, "image_url"],
    [{ image_id: "1", image_url: "data:image/png;base64,AAAA" }, "image_url"],
    [{ image_id: "1", image_url: "https://user:word@x.test/" }, "image_url"],
    [{ image_id: "1", image_url: "no url" }, "image_url"],
    [{ image_id: "1", image_url: `https://x.test/${"a".repeat(5000)}` }, "image_url"],
    [{ image_id: "1", vehicle_id: {} }, "vehicle_id"],
    [{ image_id: "1", force_reprocess: "yes" }, "force_reprocess"],
    [{ dry_run: true }, "image_url"],
  ] as const
) {
  Deno.test(`${JSON.stringify(body)?.slice(0, 60)} is refused because of ${field}`, () => {
    assert.throws(() => readRequest(body), (error) => {
      assert.ok(error instanceof Failure);
      assert.deepEqual([error.status, error.fault.code], [400, "invalid_input"]);
      assert.match(error.fault.problems?.join() ?? "", new RegExp(`^${field}: `));
      return true;
    });
  });
}

Deno.test("a body that is no JSON, too large, or no POST has its own status", async () => {
  const statuses = [];
  for (const request of [post("{"), post("x".repeat(40_000)), new Request("http://localhost/")]) {
    statuses.push((await handle(request, readSettings)).status);
  }
  assert.deepEqual(statuses, [400, 413, 405]);
  const options = await handle(new Request("http://localhost/", { method: "OPTIONS" }), readSettings);
  assert.deepEqual([options.status, options.headers.get("access-control-allow-origin")], [204, "*"]);
  assert.deepEqual(await readJson(post("[1]"), 3), [1]);
});

async function withEnvironment(values: Record<string, string>, tell: () => Promise<void> | void): Promise<void> {
  const before = Deno.env.toObject();
  const names = [
    ...["NUKE_ANALYSIS_PAUSED", "OPENAI_API_KEY", "SERVICE_ROLE_KEY", "SUPABASE_URL"],
    ...["SUPABASE_SECRET_KEYS", "SUPABASE_SERVICE_ROLE_KEY", "OPENAI_MODEL", "OPENAI_BASE_URL"],
  ];
  names.forEach((name) => Deno.env.delete(name));
  Object.entries(values).forEach(([name, value]) => Deno.env.set(name, value));
  try {
    await tell();
  } finally {
    names.forEach((name) => before[name] === undefined ? Deno.env.delete(name) : Deno.env.set(name, before[name]));
  }
}

const PROJECT = { OPENAI_API_KEY: "sk-1", SUPABASE_URL: "http://p.test/" };

for (
  const [values, status, code] of [
    [{ ...PROJECT, NUKE_ANALYSIS_PAUSED: "true" }, 200, "paused"],
    [{}, 500, "openai_key_missing"],
    [{ OPENAI_API_KEY: " \n" }, 500, "openai_key_missing"],
    [{ OPENAI_API_KEY: "sk-1 sk-2" }, 500, "openai_key_invalid"],
    [{ OPENAI_API_KEY: "sk-1" }, 500, "supabase_url_missing"],
    [PROJECT, 500, "supabase_key_missing"],
  ] as const
) {
  Deno.test(`an environment of ${JSON.stringify(values)} is answered with ${code}`, () =>
    withEnvironment(values, async () => {
      const response = await handle(post({ image_id: "1" }), readSettings);
      const { success, paused, error } = await response.json();
      assert.deepEqual([response.status, success, error.code], [status, false, code]);
      assert.equal(paused, code === "paused" ? true : undefined);
    }));
}

Deno.test("the owner's service key comes first, then a secret key, then the legacy key", async () => {
  const all = {
    ...PROJECT,
    SERVICE_ROLE_KEY: "own",
    SUPABASE_SECRET_KEYS: '{"b":"sb_secret_b","default":"sb_secret_a"}',
    SUPABASE_SERVICE_ROLE_KEY: "legacy",
  };
  const { SERVICE_ROLE_KEY: _, ...given } = all;
  await withEnvironment(all, () => assert.equal(readSettings().supabaseKey, "own"));
  await withEnvironment(given, () => assert.equal(readSettings().supabaseKey, "sb_secret_a"));
  await withEnvironment({ ...given, SUPABASE_SECRET_KEYS: "{" }, () => {
    assert.equal(readSettings().supabaseKey, "legacy");
    assert.equal(readSettings().supabaseUrl, "http://p.test");
  });
});

Deno.test("secret keys are read from anything without an exception", () => {
  for (const json of [undefined, "", "null", "[]", "3", '{"a":1}']) assert.deepEqual(secretKeys(json), []);
  assert.deepEqual(keyHeaders("eyJ.a.b"), { apikey: "eyJ.a.b", Authorization: "Bearer eyJ.a.b" });
});

for (
  const [status, code, type, message, problem] of [
    [429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota", "quota_exhausted"],
    [429, null, "insufficient_quota", "", "quota_exhausted"],
    [429, "rate_limit_exceeded", "requests", "Rate limit reached for gpt-4o", "rate_limited"],
    [429, "rate_limit_exceeded", "tokens", "Request too large for gpt-4o: limit 30000", "context_too_long"],
    [429, null, null, "", "rate_limited"],
    [401, "invalid_api_key", "invalid_request_error", "Incorrect API key provided", "key_invalid"],
    [401, null, null, "You have insufficient permissions for this operation. Missing scopes", "permission"],
    [401, null, "invalid_request_error", "You didn't provide an API key.", "key_missing"],
    [403, "unsupported_country_region_territory", "request_forbidden", "", "region_blocked"],
    [403, "model_not_found", "invalid_request_error", "", "model_unavailable"],
    [404, "model_not_found", "invalid_request_error", "", "model_unavailable"],
    [400, "invalid_image_url", "invalid_request_error", "Error while downloading", "image_unreachable"],
    [400, "invalid_image_format", "invalid_request_error", "unsupported image", "image_rejected"],
    [400, "context_length_exceeded", null, "", "context_too_long"],
    [400, "unsupported_parameter", "invalid_request_error", "Unsupported parameter", "bad_request"],
    [500, null, "server_error", "", "overloaded"],
    [503, null, null, "<html>insufficient_quota</html>", "overloaded"],
  ] as const
) {
  Deno.test(`OpenAI's ${status} ${code ?? message} is ${problem}`, () => {
    assert.equal(problemOf({ status, code, type, message, requestId: null }), problem);
  });
}

Deno.test("Retry-After is read as seconds, as milliseconds and as a date", () => {
  assert.equal(askedWait(new Headers(), NOW), null);
  assert.equal(askedWait(new Headers({ "retry-after": "2" }), NOW), 2000);
  assert.equal(askedWait(new Headers({ "retry-after": "2", "retry-after-ms": "150" }), NOW), 150);
  assert.equal(askedWait(new Headers({ "retry-after": "Sun, 22 Nov 2026 12:00:03 GMT" }), NOW), 3000);
  assert.equal(askedWait(new Headers({ "retry-after": "Sun, 22 Nov 2026 11:00:00 GMT" }), NOW), 0);
  assert.equal(askedWait(new Headers({ "retry-after": "soon" }), NOW), null);
});

Deno.test("a wait is never shorter than asked, jittered, and ends before the deadline", () => {
  assert.equal(nextWait(1, 3000, 60_000, 0, 1000), 3000);
  assert.equal(nextWait(1, 4000, 60_000, 1, 1000), 5000);
  assert.equal(nextWait(1, null, 60_000, 0.5, 1000), 1000);
  assert.equal(nextWait(3, null, 60_000, 0.5, 1000), 4000);
  assert.equal(nextWait(1, 56_000, 60_000, 0, 1000), null, "no time left for a call");
  assert.equal(nextWait(MOST_ATTEMPTS, null, 60_000, 0, 1000), null);
});

function row(status: string | null, metadata: Row["ai_scan_metadata"] = null): Row {
  return { id: "1", vehicle_id: null, image_url: "u", ai_processing_status: status, ai_scan_metadata: metadata };
}

const claim = (until: string, before: string | null = null) => ({ token: "t", until, before });
const stored = (saved: boolean) => ({
  analysis: readAnalysis(ANALYSIS)!,
  model: "m",
  analysed_at: "",
  image_url: "u",
  tokens: { input: 1, output: 1 },
  saved,
});

Deno.test("who may work on a row follows from its status, its claim and what stands behind it", () => {
  const plans = [
    planFor(row("pending"), false, "u", NOW),
    planFor(row(null), false, "u", NOW),
    planFor(row("failed"), false, "u", NOW),
    planFor(row("completed", { appraiser: { category: "engine" } }), false, "u", NOW),
    planFor(row("completed", { appraiser: { category: "engine" } }), true, "u", NOW),
    planFor(row("completed", { appraiser: { category: "error" } }), false, "u", NOW),
    planFor(row("completed"), false, "u", NOW),
    planFor(row("processing", { claim: claim("2026-11-22T12:01:00Z") }), false, "u", NOW),
    planFor(row("processing", { claim: claim("2026-11-22T11:59:00Z") }), false, "u", NOW),
    planFor(row("processing"), false, "u", NOW),
    planFor(row("pending", { simple: stored(false) }), false, "u", NOW),
    planFor(row("pending", { simple: stored(false) }), false, "another picture", NOW),
    planFor(row("completed", { appraiser: { category: "x" }, simple: stored(true) }), false, "u", NOW),
  ];
  assert.deepEqual(plans, [
    ...["work", "work", "work", "cached", "work", "work", "work"],
    ...["busy", "work", "work", "save", "work", "cached"],
  ]);
});

Deno.test("a row is given back as it was, unless that is no longer true", () => {
  assert.equal(statusBefore(row("processing", { claim: claim("", "completed") })), "completed");
  assert.equal(statusBefore(row("processing", { claim: claim("", null) })), null);
  assert.equal(statusBefore(row("processing", { claim: claim("", "processing") })), "pending");
  assert.equal(statusBefore(row("processing", { claim: claim("", "completed"), simple: stored(false) })), "pending");
});

Deno.test("a reply without tags gets them from what the model named, and an unreadable label is no label", () => {
  const spid = { vin: null, paint_code: null, rpo_codes: [] };
  const analysis = readAnalysis({ ...ANALYSIS, tags: [], spid });
  assert.deepEqual(analysis?.tags.map((tag) => tag.name), ["exterior", "fender"]);
  assert.equal(analysis?.spid, null);
  assert.equal(readAnalysis({ ...ANALYSIS, appraisal: { ...ANALYSIS.appraisal, description: " " } }), null);
});

Deno.test("redaction takes out known values, their pieces, and the shapes of keys", () => {
  const told = redact("a planted-secret-value b ecret-value c sk-proj-ab**cd d ://me:pw@h e ?token=abc f", [
    "planted-secret-value",
  ]);
  assert.equal(told, "a [redacted] b [redacted] c [redacted] d ://[redacted]@h e ?token=[redacted] f");
  assert.equal(redact("x".repeat(1000), []).length, 300);
});

Deno.test("a refusal carries Retry-After in whole seconds", async () => {
  const failure = new Failure(429, { code: "c", message: "m", retryable: true, retry_after_seconds: 0.2 });
  const response = refusal(failure);
  assert.equal(response.headers.get("retry-after"), "1");
  assert.deepEqual((await response.json()).success, false);
});
