// What becomes of an image when OpenAI refuses, fails, or answers something else than an analysis.

import assert from "node:assert/strict";
import { type Answer, pending, scene, well } from "./scene.ts";
import { ANALYSIS, completion, openAiError, StandIn } from "./stand_ins.ts";

Deno.test("a used-up quota is said with the provider's own code, is not retried, and gives the row back", () =>
  scene(
    pending(),
    () => openAiError(429, { type: "insufficient_quota", code: "insufficient_quota" }, { "retry-after": "1" }),
    async ({ call, database, openAi }) => {
      const { status, body } = await call();
      assert.equal(status, 502);
      assert.deepEqual(
        [body.success, body.error.code, body.error.provider_code, body.error.provider_status, body.error.retryable],
        [false, "openai_quota_exhausted", "insufficient_quota", 429, false],
      );
      assert.equal(openAi.asked.length, 1);
      assert.equal(database.image.ai_processing_status, "pending");
      assert.deepEqual(database.tables.image_tags, []);
    },
  ));

Deno.test("a passing refusal is retried, and the work is done once", () =>
  scene(
    pending(),
    (_, number) => number < 3 ? openAiError(503, { type: "server_error" }) : completion(ANALYSIS),
    async ({ call, openAi }) => {
      assert.equal((await call()).status, 200);
      assert.equal(openAi.asked.length, 3);
    },
  ));

Deno.test("a rate limit that outlasts the deadline ends the call at once and passes the wish on", () =>
  scene(
    pending(),
    () => openAiError(429, { type: "requests", code: "rate_limit_exceeded" }, { "retry-after": "3600" }),
    async ({ call, openAi }) => {
      const { status, body, headers } = await call();
      assert.deepEqual([status, headers.get("retry-after"), body.error.code], [429, "3600", "openai_rate_limited"]);
      assert.equal(body.error.retryable, true);
      assert.equal(openAi.asked.length, 1);
    },
  ));

Deno.test("a call that gets no answer in time is a timeout and is not paid again", async () => {
  const gate = Promise.withResolvers<void>();
  await scene(
    pending(),
    async () => {
      await gate.promise;
      return completion(ANALYSIS);
    },
    async ({ call, openAi, settings, database }) => {
      settings.limits.openAiCall = 50;
      const { status, body } = await call();
      gate.resolve();
      assert.deepEqual([status, body.error.code, body.error.retryable], [504, "openai_timeout", true]);
      assert.equal(openAi.asked.length, 1);
      assert.equal(database.image.ai_processing_status, "pending");
    },
  );
});

Deno.test("a picture that OpenAI cannot fetch marks the row as failed", () =>
  scene(
    pending(),
    () => openAiError(400, { code: "invalid_image_url", message: "Error while downloading http://photos.test/1.jpg." }),
    async ({ call, database }) => {
      const { status, body } = await call();
      assert.deepEqual([status, body.error.code], [422, "openai_image_unreachable"]);
      assert.equal(database.image.ai_processing_status, "failed");
      assert.equal((database.image.ai_scan_metadata as Answer).last_error.provider_code, "invalid_image_url");
    },
  ));

for (
  const [what, answer, code] of [
    ["no JSON", () => completion(ANALYSIS, { message: { content: "Sure! Here is" } }), "openai_bad_output"],
    ["another shape", () => completion({ tags: [] }), "openai_bad_output"],
    ["cut off", () => completion(ANALYSIS, { finish_reason: "length" }), "openai_bad_output"],
    ["a refusal", () => completion(null, { message: { refusal: "I cannot" } }), "openai_refused"],
  ] as const
) {
  Deno.test(`a reply that is ${what} stores nothing and is no success`, () =>
    scene(pending(), answer, async ({ call, database }) => {
      const { status, body } = await call();
      assert.equal(body.error.code, code);
      assert.ok(status >= 400);
      assert.deepEqual(database.tables.image_tags, []);
    }));
}

Deno.test("no answer and no log line holds a piece of a key, whatever the other side repeats", async () => {
  const lines: string[] = [];
  const write = console.error;
  console.error = (line: string) => lines.push(line);
  try {
    await scene(pending(), well, async ({ call, settings, openAi, database }) => {
      const echo = `Incorrect API key provided: sk-proj-**********ghij. ${settings.openAiKey.slice(4, 20)}`;
      await using bad = new StandIn(() => openAiError(401, { message: echo, code: "invalid_api_key" }));
      settings.openAiUrl = bad.url;
      const first = await call();
      assert.equal(first.body.error.code, "openai_key_invalid");
      database.refuse = () => Response.json({ message: `bad ${settings.supabaseKey}` }, { status: 401 });
      const second = await call();
      const told = JSON.stringify([first.body, second.body, ...first.headers, ...lines]);
      for (const planted of [settings.openAiKey, settings.supabaseKey]) {
        const secret = planted.replace(/^(sk-proj-|sb_secret_)/, "");
        for (let at = 0; at + 8 <= secret.length; at++) assert.ok(!told.includes(secret.slice(at, at + 8)), told);
      }
      assert.ok(!told.includes("ghij"), told);
      assert.equal(openAi.asked.length, 0);
    });
    assert.equal(lines.length, 2);
  } finally {
    console.error = write;
  }
});
