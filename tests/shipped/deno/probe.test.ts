import assert from "node:assert/strict";
import { codeOf, readAws } from "../../../diag/shipped/functions/nukediag-probe/aws.ts";
import { codeOf as geminiCode, readGemini } from "../../../diag/shipped/functions/nukediag-probe/gemini.ts";
import { handle } from "../../../diag/shipped/functions/nukediag-probe/handler.ts";
import { readOpenAi } from "../../../diag/shipped/functions/nukediag-probe/openai.ts";
import type { Reply } from "../../../diag/shipped/functions/nukediag-probe/outgoing.ts";
import { lengthClass, presence } from "../../../diag/shipped/functions/nukediag-probe/presence.ts";
import { readSupabase } from "../../../diag/shipped/functions/nukediag-probe/supabase.ts";
import { found } from "../../../diag/shipped/functions/nukediag-probe/verdict.ts";
import { nobody, openAiError, StandIn } from "./stand_ins.ts";

const jwt = (role: string) => `eyJhbGciOiJIUzI1NiJ9.${btoa(JSON.stringify({ role }))}.signature_of_it`;
const SERVICE_KEY = jwt("service_role");
const ENVIRONMENT = {
  SUPABASE_SERVICE_ROLE_KEY: SERVICE_KEY,
  SUPABASE_SECRET_KEYS: JSON.stringify({ other: "sb_secret_planted_other", default: "sb_secret_planted_default" }),
  OPENAI_API_KEY: "sk-proj-planted0123456789abcdefghij",
  AWS_ACCESS_KEY_ID: "AKIAPLANTED123456789",
  AWS_SECRET_ACCESS_KEY: "planted+secret/0123456789abcdefghijklmno",
  AWS_REGION: "us-east-1",
};

// deno-lint-ignore no-explicit-any -- the answers are what the tests look into
type Answer = any;

async function ask(
  body: unknown,
  headers: HeadersInit = { apikey: SERVICE_KEY },
  environment: Record<string, string> = ENVIRONMENT,
): Promise<{ status: number; body: Answer; headers: Headers }> {
  const request = new Request("http://localhost/", { method: "POST", headers, body: JSON.stringify(body) });
  const response = await handle(request, environment);
  return { status: response.status, body: await response.json(), headers: response.headers };
}

Deno.test("nobody but the holder of a service key gets an answer", async () => {
  const refused: HeadersInit[] = [
    {},
    { apikey: "" },
    { Authorization: "Bearer " },
    { apikey: jwt("anon") },
    { Authorization: `Bearer ${SERVICE_KEY}x` },
    { apikey: SERVICE_KEY.slice(0, -1) },
    { apikey: "sb_publishable_something" },
  ];
  for (const headers of refused) {
    const { status, body } = await ask({}, headers);
    assert.equal(status, 401, JSON.stringify(headers));
    assert.deepEqual(Object.keys(body).sort(), ["error", "success"]);
  }
});

Deno.test("the legacy service key and each secret key are accepted, in either header", async () => {
  for (const key of [SERVICE_KEY, "sb_secret_planted_default", "sb_secret_planted_other"]) {
    assert.equal((await ask({}, { apikey: key })).status, 200);
    assert.equal((await ask({}, { Authorization: `Bearer ${key}` })).status, 200);
  }
});

Deno.test("a project whose keys are not set lets nobody in", async () => {
  for (const headers of [{}, { apikey: "" }, { apikey: "undefined" }] as HeadersInit[]) {
    assert.equal((await ask({}, headers, {})).status, 401);
  }
  const empty = { SUPABASE_SERVICE_ROLE_KEY: "", SUPABASE_SECRET_KEYS: '{"default": ""}' };
  assert.equal((await ask({}, { apikey: "" }, empty)).status, 401);
});

Deno.test("OPTIONS tells that the function boots, and no answer is ever stored", async () => {
  const response = await handle(new Request("http://localhost/", { method: "OPTIONS" }), {});
  assert.deepEqual([response.status, response.headers.get("access-control-allow-origin")], [204, null]);
  assert.equal((await ask({})).headers.get("cache-control"), "no-store");
  assert.equal((await ask({}, {})).headers.get("cache-control"), "no-store");
});

Deno.test("a question of another shape is refused, and a model's name cannot leave its path", async () => {
  const wrong = [{ names: ["a b"] }, { names: "X" }, { verify: ["azure"] }, { model: "../x" }, { table: "a?b" }, []];
  for (const body of wrong) assert.equal((await ask(body)).status, 400, JSON.stringify(body));
  const get = await handle(new Request("http://localhost/", { headers: { apikey: SERVICE_KEY } }), ENVIRONMENT);
  assert.equal(get.status, 405);
});

Deno.test("presence is told by class and fingerprint, never by value", async () => {
  const { body } = await ask({ names: ["OPENAI_API_KEY", "NOT_SET"] });
  assert.deepEqual(body.secrets, [
    {
      name: "OPENAI_API_KEY",
      present: true,
      kind: "sk-proj-",
      role: null,
      length: "32-63",
      fingerprint: "aa4e4a8e",
      hints: [],
    },
    { name: "NOT_SET", present: false, kind: "", role: null, length: null, fingerprint: null, hints: [] },
  ]);
});

for (
  const [value, hints] of [
    ["", ["empty"]],
    [" \n", ["empty", "newline", "blank"]],
    ["sk-abc\n", ["newline"]],
    ["sk-abc\r\n", ["crlf"]],
    [" sk-abc", ["blank"]],
    ['"sk-abc"', ["quotes"]],
    ["'sk-abc'\n", ["newline", "quotes"]],
    ["Bearer sk-abc", ["bearer"]],
    ["\ufeffsk-abc", ["bom"]],
    ["sk–abc", ["not-ascii"]],
    ["your-api-key-here", ["placeholder"]],
    ["<key>", ["placeholder"]],
    ["us-east-1", []],
    ["sk-test-1", []],
  ] as const
) {
  Deno.test(`${JSON.stringify(value)} gives the hints ${hints.join(", ") || "none"}`, () => {
    assert.deepEqual(presence("X", value).hints, hints);
  });
}

Deno.test("the prefix is recognised behind what does not belong to it, and a JWT's role is read", () => {
  assert.equal(presence("X", '"sk-proj-abc"\n').kind, "sk-proj-");
  assert.equal(presence("X", `Bearer ${jwt("anon")}`).role, "anon");
  assert.equal(presence("X", jwt("<script>")).role, null);
});

Deno.test("a length is told as a class", () => {
  assert.deepEqual([0, 1, 7, 8, 31, 32, 255, 256, 5000].map(lengthClass), [
    ...["0", "1-7", "1-7", "8-15", "16-31", "32-63", "128-255", "256+", "256+"],
  ]);
});

Deno.test("OpenAI: a refused key is invalid; a restricted, foreign or modelless one is not; trouble proves nothing", () => {
  const cases: [number | null, string, string, string | null][] = [
    [200, "", "valid", null],
    [401, "invalid_api_key", "invalid", "openai.key-invalid"],
    [401, "Incorrect API key provided: sk-***", "invalid", "openai.key-invalid"],
    [401, "missing_scope", "valid", "openai.permission"],
    [401, "ip_not_authorized", "valid", "openai.permission"],
    [401, "something new", "unknown", null],
    [403, "unsupported_country_region_territory", "unknown", "openai.region-blocked"],
    [404, "model_not_found", "valid", "openai.model-unavailable"],
    [404, "", "unknown", null],
    [429, "insufficient_quota", "valid", "openai.quota-exhausted"],
    [429, "rate_limit_exceeded", "unknown", null],
    [500, "server_error", "unknown", null],
    [null, "", "unknown", null],
  ];
  for (const [status, said, verdict, finding] of cases) {
    assert.deepEqual(readOpenAi(status, said), { verdict, finding }, `${status} ${said}`);
  }
});

function reply(status: number | null, body = "", headers: HeadersInit = {}): Reply {
  return { status, body, headers: new Headers(headers), failed: null, noSuchHost: false, ms: 1 };
}

Deno.test("AWS: clock, region and wrong secret share a code and are told apart", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");
  const date = { date: "Sun, 22 Nov 2026 12:00:05 GMT" };
  const of = (status: number | null, body: string, headers: HeadersInit = date) => {
    const answer = reply(status, body, headers);
    return readAws(answer, codeOf(answer), now);
  };
  const xml = (code: string, message = "") => `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message>`;
  const json = (type: string, message = "") => JSON.stringify({ __type: `com.amazon.coral#${type}`, message });
  const mismatch = "SignatureDoesNotMatch";
  assert.deepEqual(of(403, xml(mismatch)), { verdict: "invalid", finding: "aws.signature-mismatch" });
  assert.deepEqual(of(403, xml(mismatch), { date: "Sun, 22 Nov 2026 11:30:00 GMT" }).finding, "aws.clock-skew");
  assert.deepEqual(of(403, xml(mismatch, "Signature expired: 2026")).verdict, "unknown");
  assert.deepEqual(
    of(403, xml(mismatch, "Credential should be scoped to a valid region.")).finding,
    "aws.region-invalid",
  );
  assert.deepEqual(of(403, xml("InvalidClientTokenId")), { verdict: "invalid", finding: "aws.key-invalid" });
  assert.deepEqual(of(403, xml("ExpiredToken")), { verdict: "invalid", finding: "aws.token-expired" });
  assert.deepEqual(of(400, json("UnrecognizedClientException")).finding, "aws.key-invalid");
  assert.deepEqual(of(400, json("AccessDeniedException")), { verdict: "valid", finding: "aws.access-denied" });
  assert.deepEqual(of(400, json("InvalidImageFormatException")), { verdict: "valid", finding: null, inferred: true });
  assert.deepEqual(of(400, json("ThrottlingException")).verdict, "unknown");
  assert.deepEqual(of(503, xml("ServiceUnavailable")).verdict, "unknown");
  assert.deepEqual(of(403, "<html>").verdict, "unknown");
  assert.deepEqual(of(null, "").verdict, "unknown");
});

Deno.test("a code or a request id that does not look like one is not repeated", () => {
  const about = { provider: "openai" as const, names: ["X"], step: "s" };
  const echo = "Incorrect key: sk-proj-planted";
  const finding = found(about, reply(401, "", { "x-request-id": "a b" }), echo, { verdict: "unknown", finding: null });
  assert.deepEqual([finding.code, finding.request_id], [null, null]);
});

Deno.test("Gemini: the reason in the details names the fault", () => {
  const body = JSON.stringify({
    error: { code: 400, status: "INVALID_ARGUMENT", details: [{ "@type": "x" }, { reason: "API_KEY_INVALID" }] },
  });
  assert.equal(geminiCode(body), "API_KEY_INVALID");
  assert.deepEqual(readGemini(400, "API_KEY_INVALID"), { verdict: "invalid", finding: "gemini.key-invalid" });
  assert.deepEqual(readGemini(403, "PERMISSION_DENIED"), { verdict: "valid", finding: "gemini.permission" });
  assert.deepEqual(readGemini(400, "FAILED_PRECONDITION").verdict, "unknown");
  assert.deepEqual(readGemini(503, "UNAVAILABLE").verdict, "unknown");
});

Deno.test("Supabase: a refused key is invalid, a missing table or grant is not the key's fault", () => {
  assert.deepEqual(readSupabase(200, null, "service_role"), { verdict: "valid", finding: null });
  assert.deepEqual(readSupabase(200, null, "anon").finding, "supabase.permission-denied");
  assert.deepEqual(readSupabase(401, null, null), { verdict: "invalid", finding: "supabase.key-invalid" });
  assert.deepEqual(readSupabase(401, "42501", "anon").verdict, "valid");
  assert.deepEqual(readSupabase(404, "PGRST205", null), { verdict: "valid", finding: "supabase.schema-mismatch" });
  assert.deepEqual(readSupabase(503, "PGRST001", null).verdict, "unknown");
});

Deno.test("verify asks each provider from here, signs for AWS, and says nothing of what they repeat", async () => {
  const image = { __type: "InvalidImageFormatException", Message: "Request has invalid image format" };
  await using provider = new StandIn(({ url, headers, body }) => {
    if (url.pathname.startsWith("/v1/models/")) {
      const message = `Incorrect API key provided: ${ENVIRONMENT.OPENAI_API_KEY}`;
      return openAiError(401, { message, code: "invalid_api_key" }, { "x-request-id": "req_7" });
    }
    if (url.pathname.startsWith("/rest/")) return Response.json([{ id: "a-row-of-somebody" }]);
    assert.match(
      headers.get("authorization") ?? "",
      /^AWS4-HMAC-SHA256 Credential=AKIAPLANTED123456789\/\d{8}\/us-east-1\//,
    );
    if (headers.get("x-amz-target") === "RekognitionService.DetectLabels") return Response.json(image, { status: 400 });
    assert.match(body, /Action=GetCallerIdentity/);
    return new Response("<GetCallerIdentityResult><Account>555566667777</Account></GetCallerIdentityResult>");
  });
  const { url } = provider;
  const places = { OPENAI_BASE_URL: `${url}/v1`, AWS_ENDPOINT_URL: url, SUPABASE_URL: url };
  const { status, body } = await ask({ verify: true }, undefined, { ...ENVIRONMENT, ...places });
  assert.equal(status, 200);
  const told = body.verdicts.map((one: Answer) => [one.provider, one.names[0], one.step, one.verdict, one.finding]);
  assert.deepEqual(told, [
    ["openai", "OPENAI_API_KEY", "GET /v1/models/gpt-4o-mini", "invalid", "openai.key-invalid"],
    ["aws", "AWS_ACCESS_KEY_ID", "sts:GetCallerIdentity", "valid", null],
    ["aws", "AWS_ACCESS_KEY_ID", "rekognition:DetectLabels", "valid", null],
    ["supabase", "SUPABASE_SERVICE_ROLE_KEY", "GET /rest/v1/vehicle_images", "valid", null],
    ["supabase", "SUPABASE_SECRET_KEYS", "GET /rest/v1/vehicle_images", "valid", null],
  ]);
  assert.deepEqual([body.verdicts[0].request_id, body.verdicts[0].code], ["req_7", "invalid_api_key"]);
  assert.equal(body.verdicts[1].account, "555566667777");
  assertNothingTold(JSON.stringify(body));
  assert.ok(!JSON.stringify(body).includes("somebody"));
});

Deno.test("a provider that is silent or unreachable is learned nothing from", async () => {
  const gate = Promise.withResolvers<Response>();
  await using silent = new StandIn(() => gate.promise);
  const environment = { ...ENVIRONMENT, OPENAI_BASE_URL: silent.url, GEMINI_API_KEY: "AIza0123456789" };
  const body = JSON.stringify({ verify: ["openai", "gemini"] });
  const request = new Request("http://localhost/", { method: "POST", headers: { apikey: SERVICE_KEY }, body });
  const response = await handle(request, { ...environment, GOOGLE_GEMINI_BASE_URL: nobody() }, 50);
  gate.resolve(new Response());
  const { verdicts } = await response.json();
  assert.deepEqual(verdicts.map((one: Answer) => [one.verdict, one.status, one.code]), [
    ["unknown", null, "timeout"],
    ["unknown", null, "connection"],
  ]);
});

Deno.test("what no header can carry, and a region that is no region, is not sent anywhere", async () => {
  await using provider = new StandIn(() => new Response());
  const bad = { OPENAI_API_KEY: "sk-a\nb", AWS_ACCESS_KEY_ID: "AKIA\n1", OPENAI_BASE_URL: provider.url };
  const first = await ask({ verify: ["openai", "aws"] }, undefined, { ...ENVIRONMENT, ...bad });
  const told = first.body.verdicts.map((one: Answer) => [one.verdict, one.finding, one.code]);
  assert.deepEqual(told, [
    ["invalid", "openai.key-invalid", "malformed"],
    ["invalid", "aws.key-malformed", "malformed"],
  ]);
  const second = await ask({ verify: ["aws"] }, undefined, { ...ENVIRONMENT, AWS_REGION: "evil.example/#" });
  assert.deepEqual(second.body.verdicts.map((one: Answer) => one.finding), ["aws.region-invalid"]);
  assert.equal(provider.asked.length, 0);
});

function assertNothingTold(text: string): void {
  for (const planted of [ENVIRONMENT.OPENAI_API_KEY, ENVIRONMENT.AWS_SECRET_ACCESS_KEY, "AKIAPLANTED123456789"]) {
    const secret = planted.replace(/^(sk-proj-|AKIA)/, "");
    for (let at = 0; at + 8 <= secret.length; at++) assert.ok(!text.includes(secret.slice(at, at + 8)), text);
  }
}
