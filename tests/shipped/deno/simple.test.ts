import assert from "node:assert/strict";
import { type Answer, ID, pending, PICTURE, scene, VEHICLE, well } from "./scene.ts";
import { ANALYSIS, completion } from "./stand_ins.ts";

Deno.test("a fresh image is analysed, written to all tables and marked as completed", () =>
  scene(pending(), well, async ({ call, database, openAi }) => {
    const { status, body, headers } = await call();
    assert.equal(status, 200);
    assert.equal(headers.get("cache-control"), "no-store");
    assert.deepEqual([body.success, body.cached, body.model], [true, false, "gpt-4o-mini-2024"]);
    assert.deepEqual(body.tags, [{ name: "wheel", confidence: 60 }, { name: "fender", confidence: 100 }]);
    assert.deepEqual(body.appraisal, ANALYSIS.appraisal);
    assert.deepEqual(body.saved, {
      image_tags: 2,
      component_conditions: 1,
      paint_quality_assessments: 1,
      vehicle_spid_data: 0,
    });
    assert.deepEqual(database.tables.paint_quality_assessments, [
      { image_id: ID, vehicle_id: VEHICLE, color: "red", quality: "good", score: 7, defects: ["swirl marks"] },
    ]);
    const metadata = database.image.ai_scan_metadata as Answer;
    assert.equal(database.image.ai_processing_status, "completed");
    assert.deepEqual(metadata.appraiser, ANALYSIS.appraisal);
    assert.equal("claim" in metadata, false);
    assert.equal(openAi.asked.length, 1);
  }));

Deno.test("the model gets the picture's URL and a strict schema; the database gets an sb_ key in apikey alone", () =>
  scene(pending(), well, async ({ call, database, openAi, settings }) => {
    await call();
    const question = JSON.parse(openAi.asked[0].body);
    const { schema, strict } = question.response_format.json_schema;
    assert.equal(strict, true);
    assert.deepEqual(schema.required.sort(), ["appraisal", "components", "paint", "spid", "tags"]);
    assert.equal(schema.additionalProperties, false);
    assert.equal(question.messages[1].content[0].image_url.url, PICTURE);
    assert.equal(openAi.asked[0].headers.get("authorization"), `Bearer ${settings.openAiKey}`);
    const headers = database.server.asked[0].headers;
    assert.deepEqual([headers.get("apikey"), headers.get("authorization")], [settings.supabaseKey, null]);
  }));

Deno.test("a completed image answers from the store and pays nothing, until it is forced", () =>
  scene(pending(), well, async ({ call, database, openAi }) => {
    await call();
    const again = await call();
    assert.deepEqual([again.status, again.body.cached, again.body.success], [200, true, true]);
    assert.deepEqual(again.body.tags.map((tag: Answer) => tag.name).sort(), ["fender", "wheel"]);
    assert.equal(openAi.asked.length, 1);
    const forced = await call({ force_reprocess: true });
    assert.equal(forced.body.cached, false);
    assert.equal(openAi.asked.length, 2);
    assert.equal(database.tables.image_tags.length, 2, "replaced, not doubled");
  }));

Deno.test("an image that is marked as completed over an error is analysed anew", () =>
  scene(
    pending({ ai_processing_status: "completed", ai_scan_metadata: { appraiser: { category: "error" }, kept: 1 } }),
    well,
    async ({ call, database }) => {
      const { body } = await call();
      assert.equal(body.cached, false);
      assert.equal((database.image.ai_scan_metadata as Answer).kept, 1, "what others stored stays");
    },
  ));

Deno.test("an image that is marked as completed with no tag behind it is analysed anew", () =>
  scene(
    pending({ ai_processing_status: "completed", ai_scan_metadata: { appraiser: { category: "engine" } } }),
    well,
    async ({ call }) => assert.equal((await call()).body.cached, false),
  ));

Deno.test("of many calls for one image at once, one pays and the others say that it is under way", async () => {
  const gate = Promise.withResolvers<void>();
  await scene(
    pending(),
    async (_, number) => {
      if (number > 1) gate.resolve(); // a second payer is a failure, and must not become a test that never ends
      await gate.promise;
      return completion(ANALYSIS);
    },
    async ({ call, openAi }) => {
      const calls = Array.from({ length: 5 }, () => call());
      const early = await Promise.race(calls);
      assert.deepEqual([early.status, early.body.status, early.body.success], [202, "processing", undefined]);
      gate.resolve();
      const statuses = (await Promise.all(calls)).map((answer) => answer.status).sort();
      assert.deepEqual(statuses, [200, 202, 202, 202, 202]);
      assert.equal(openAi.asked.length, 1);
    },
  );
});

Deno.test("a claim that has run out, or that nobody holds, is taken over", async () => {
  const left = { token: "gone", until: "2020-01-01T00:00:00Z", before: null };
  for (const metadata of [null, { claim: left }]) {
    const image = pending({ ai_processing_status: "processing", ai_scan_metadata: metadata });
    await scene(image, well, async ({ call }) => assert.equal((await call()).status, 200));
  }
});

Deno.test("a claim that has run out is taken over by one of many", async () => {
  const left = { token: "gone", until: "2020-01-01T00:00:00Z", before: null };
  const image = pending({ ai_processing_status: "processing", ai_scan_metadata: { claim: left } });
  await scene(image, well, async ({ call, openAi }) => {
    await Promise.all([call(), call(), call()]);
    assert.equal(openAi.asked.length, 1);
  });
});

Deno.test("a row that somebody else changes between reading and claiming is left to them", () =>
  scene(pending(), well, async ({ call, database, openAi }) => {
    database.refuse = (asked) => {
      if (asked.method === "PATCH") database.image.ai_processing_status = "completed";
      return null;
    };
    assert.equal((await call()).status, 202);
    assert.deepEqual([database.image.ai_processing_status, openAi.asked.length], ["completed", 0]);
  }));

Deno.test("a table that refuses ends in an error, and the next call saves what was paid for without paying", () =>
  scene(pending(), well, async ({ call, database, openAi }) => {
    const refusal = { code: "42501", message: "permission denied for table component_conditions" };
    database.refuse = (asked, table) =>
      table === "component_conditions" && asked.method === "POST" ? Response.json(refusal, { status: 403 }) : null;
    const { status, body } = await call();
    assert.equal(status, 500);
    assert.deepEqual(
      [body.error.provider, body.error.provider_code, body.error.provider_status],
      ["supabase", "42501", 403],
    );
    assert.notEqual(database.image.ai_processing_status, "completed");
    database.refuse = () => null;
    const second = await call();
    assert.deepEqual([second.status, second.body.cached, second.body.saved.component_conditions], [200, true, 1]);
    assert.equal(database.image.ai_processing_status, "completed");
    assert.equal(openAi.asked.length, 1);
  }));

Deno.test("a database that refuses the key costs nothing upstream", () =>
  scene(pending(), well, async ({ call, database, openAi }) => {
    database.refuse = () => Response.json({ message: "Invalid API key" }, { status: 401 });
    const { status, body } = await call();
    assert.equal(status, 500);
    assert.match(body.error.message, /Invalid API key/);
    assert.equal(openAi.asked.length, 0);
  }));

Deno.test("an update that changes no row is no success", () =>
  scene(pending(), well, async ({ call, database }) => {
    database.refuse = (asked) =>
      asked.method === "PATCH" && asked.body.includes('"completed"') ? Response.json([]) : null;
    const { status, body } = await call();
    assert.deepEqual([status, body.success, body.error.code], [503, false, "claim_lost"]);
  }));

Deno.test("a row that is not there, or is another vehicle's, is refused before anything is paid", async () => {
  await scene(null, well, async ({ call, openAi }) => {
    const { status, body } = await call();
    assert.deepEqual([status, body.error.code, openAi.asked.length], [422, "row_not_found", 0]);
  });
  await scene(pending(), well, async ({ call, openAi }) => {
    const { status, body } = await call({ vehicle_id: "another" });
    assert.deepEqual([status, body.error.code, openAi.asked.length], [400, "vehicle_mismatch", 0]);
  });
});

Deno.test("a dry run looks at a bare picture, stores nothing and says so", () =>
  scene(null, well, async ({ call, database }) => {
    const { status, body } = await call({ image_id: null, dry_run: true });
    assert.deepEqual([status, body.dry_run, body.saved], [200, true, {}]);
    assert.equal(database.server.asked.length, 0);
  }));
