// Prints what analyze-image-simple answers in every kind of trouble: one line of {signature, status, headers, body} each.
// `signature` is what nukediag's catalogue is expected to read out of it.

import { handle } from "../../../diag/shipped/functions/analyze-image-simple/handler.ts";
import { readSettings, type Settings } from "../../../diag/shipped/functions/analyze-image-simple/settings.ts";
import { Database } from "./database.ts";
import { ANALYSIS, completion, nobody, openAiError, post, settingsFor, StandIn } from "./stand_ins.ts";

type Upstream = () => Response | Promise<Response>;
interface Trouble {
  openAi?: Upstream;
  database?: Upstream;
  environment?: Record<string, string>;
  image?: Record<string, unknown> | null;
  body?: Record<string, unknown>;
  change?: (settings: Settings) => void;
}

const IMAGE = { id: "1", vehicle_id: "v", image_url: "http://photos.test/1.jpg", ai_scan_metadata: null };
const said = (status: number, code: string | null, message = "", type: string | null = null): Trouble => ({
  openAi: () => openAiError(status, { code, message, type }),
});
const refused = (status: number, body: Record<string, unknown>): Trouble => ({
  database: () => Response.json(body, { status }),
});
const claim = { token: "t", until: "2999-01-01T00:00:00Z", before: null };
const PROJECT = { OPENAI_API_KEY: "sk-1", SUPABASE_URL: nobody() };

const TROUBLES: [string, Trouble][] = [
  ["function.ok", {}],
  ["function.unfinished", { image: { ...IMAGE, ai_processing_status: "processing", ai_scan_metadata: { claim } } }],
  ["function.bad-request", { body: { image_id: null } }],
  ["function.bad-request", { body: { vehicle_id: "another" } }],
  ["function.paused", { environment: { NUKE_ANALYSIS_PAUSED: "1" } }],
  ["openai.key-missing", { environment: {} }],
  ["openai.key-invalid", { environment: { OPENAI_API_KEY: "a b" } }],
  ["supabase.url-missing", { environment: { OPENAI_API_KEY: "sk-1" } }],
  ["supabase.key-missing", { environment: PROJECT }],
  ["supabase.unavailable", { environment: { ...PROJECT, SERVICE_ROLE_KEY: "k" } }],
  ["supabase.row-not-found", { image: null }],
  ["image.url-invalid", { image: { ...IMAGE, image_url: "" }, body: { image_url: null } }],
  ["openai.key-invalid", said(401, "invalid_api_key", "Incorrect API key provided: sk-proj-****abcd.")],
  ["openai.permission", said(403, "missing_scope", "You have insufficient permissions for this operation.")],
  [
    "openai.region-blocked",
    said(403, "unsupported_country_region_territory", "Country, region, or territory not supported"),
  ],
  [
    "openai.model-unavailable",
    said(404, "model_not_found", "The model `x` does not exist or you do not have access to it."),
  ],
  ["openai.quota-exhausted", said(429, "insufficient_quota", "You exceeded your current quota", "insufficient_quota")],
  ["openai.rate-limited", said(429, "rate_limit_exceeded", "Rate limit reached for gpt-4o-mini", "requests")],
  ["openai.overloaded", said(503, null, "The server is currently overloaded", "server_error")],
  ["openai.overloaded", { openAi: () => new Response("<html>bad gateway</html>", { status: 502 }) }],
  ["openai.timeout", { change: (settings) => settings.openAiUrl = nobody() }],
  ["openai.timeout", { openAi: () => never.promise, change: (settings) => settings.limits.openAiCall = 50 }],
  ["openai.image-unreachable", said(400, "invalid_image_url", "Error while downloading http://photos.test/1.jpg.")],
  ["openai.image-rejected", said(400, "invalid_image_format", "You uploaded an unsupported image.")],
  ["openai.context-too-long", said(400, "context_length_exceeded", "maximum context length is 128000 tokens")],
  ["openai.bad-request", said(400, "unsupported_parameter", "Unsupported parameter: 'x'", "invalid_request_error")],
  ["openai.refused", { openAi: () => completion(null, { message: { refusal: "I cannot" } }) }],
  ["openai.bad-output", { openAi: () => completion("no object") }],
  ["openai.bad-output", { openAi: () => completion(ANALYSIS, { finish_reason: "length" }) }],
  ["supabase.key-invalid", refused(401, { message: "Invalid API key", hint: "Double check your key" })],
  [
    "supabase.permission-denied",
    refused(403, { code: "42501", message: "permission denied for table vehicle_images" }),
  ],
  ["supabase.schema-mismatch", refused(404, { code: "PGRST205", message: "Could not find the table" })],
  ["supabase.constraint-violation", refused(409, { code: "23503", message: "violates foreign key constraint" })],
  ["supabase.timeout", refused(500, { code: "57014", message: "canceling statement due to statement timeout" })],
  ["supabase.unavailable", refused(503, { code: "PGRST002", message: "Could not query the database" })],
];

const never = Promise.withResolvers<Response>();

async function answerTo(trouble: Trouble): Promise<Response> {
  const image = trouble.image === undefined ? { ai_processing_status: "pending", ...IMAGE } : trouble.image;
  await using database = new Database(...(image ? [image] : []));
  database.refuse = trouble.database ? () => trouble.database!() as Response : () => null;
  await using openAi = new StandIn(trouble.openAi ?? (() => completion(ANALYSIS)));
  const settings = settingsFor(openAi, database.server);
  trouble.change?.(settings);
  Object.entries(trouble.environment ?? {}).forEach(([name, value]) => Deno.env.set(name, value));
  const request = post({ image_id: "1", image_url: IMAGE.image_url, ...trouble.body });
  const response = await handle(request, trouble.environment ? readSettings : () => settings);
  Object.keys(trouble.environment ?? {}).forEach((name) => Deno.env.delete(name));
  if (trouble.openAi?.toString().includes("never")) setTimeout(() => never.resolve(new Response()));
  return response;
}

console.error = () => {};
for (const [signature, trouble] of TROUBLES) {
  const response = await answerTo(trouble);
  const { status } = response;
  console.log(JSON.stringify({ signature, status, headers: [...response.headers], body: await response.text() }));
}
