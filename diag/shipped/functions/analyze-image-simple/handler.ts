// One call, from request to answer: read, claim, look, keep, save. Every way out is an honest status.

import { CORS, Failure, json, refusal } from "../_shared/answer.ts";
import { readJson, requirePost } from "../_shared/body.ts";
import { readRequest, type Wanted } from "./input.ts";
import type { Analysis } from "./analysis.ts";
import { look } from "./openai.ts";
import { type Plan, planFor, type Row, type Stored } from "./row.ts";
import type { Settings } from "./settings.ts";
import { Store } from "./store.ts";

const LARGEST_BODY = 32 * 1024;
const BUSY_SECONDS = 30;

/** `settings` is asked for at each call and may throw a Failure. Never rejects. */
export async function handle(request: Request, settings: () => Settings): Promise<Response> {
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: CORS });
  const started = Date.now();
  const response = await answer(request, settings, started).catch(refused);
  for (const [name, value] of Object.entries(CORS)) response.headers.set(name, value);
  return response;
}

async function answer(request: Request, readSettings: () => Settings, started: number): Promise<Response> {
  requirePost(request);
  const wanted = readRequest(await readJson(request, LARGEST_BODY));
  const settings = readSettings();
  if (wanted.kind === "bare") return await lookOnly(wanted.imageUrl, settings, started);
  return await work(wanted, settings, started);
}

/** Says in so many words that nothing was stored. */
async function lookOnly(imageUrl: string, settings: Settings, started: number): Promise<Response> {
  const { analysis, model, tokens } = await look(imageUrl, settings, started + settings.limits.deadline);
  const more = { model, tokens, duration_ms: Date.now() - started };
  return json(200, { success: true, cached: false, dry_run: true, saved: {}, ...parts(analysis), ...more });
}

async function work(wanted: Wanted, settings: Settings, started: number): Promise<Response> {
  const store = new Store(settings);
  const row = await store.row(wanted.imageId);
  const imageUrl = urlFor(row, wanted);
  const plan = planFor(row, wanted.force, imageUrl, started);
  if (plan === "busy") return busy(row);
  const tags = plan === "cached" ? await store.tags(row.id) : [];
  if (tags.length > 0) return json(200, cached(row, tags));
  const claimed = await store.claim(row, crypto.randomUUID(), started);
  if (!claimed) return busy(row);
  return await finish(claimed, imageUrl, plan, store, settings, started);
}

async function finish(
  row: Row,
  imageUrl: string,
  plan: Plan,
  store: Store,
  settings: Settings,
  started: number,
): Promise<Response> {
  let held = row;
  try {
    if (plan !== "save") held = await analyse(row, imageUrl, store, settings, started);
    const stored = held.ai_scan_metadata?.simple as Stored;
    const saved = await store.save(held, stored);
    return json(200, body(held, stored, { cached: plan === "save", saved, duration_ms: Date.now() - started }));
  } catch (error) {
    await store.release(held, asFailure(error)).catch(log);
    throw error;
  }
}

async function analyse(row: Row, imageUrl: string, store: Store, settings: Settings, started: number): Promise<Row> {
  const { analysis, model, tokens } = await look(imageUrl, settings, started + settings.limits.deadline);
  const analysed_at = new Date().toISOString();
  return await store.keep(row, { analysis, model, tokens, analysed_at, image_url: imageUrl, saved: false });
}

/** The address to look at; a row of another vehicle than the caller says is a mix-up, not a job. */
function urlFor(row: Row, wanted: Wanted): string {
  if (wanted.vehicleId !== null && row.vehicle_id !== null && wanted.vehicleId !== row.vehicle_id) {
    throw new Failure(400, {
      code: "vehicle_mismatch",
      message: "Bad request: vehicle_id is not the vehicle of this image.",
      retryable: false,
    });
  }
  const url = wanted.imageUrl ?? row.image_url ?? "";
  if (/^https?:\/\//i.test(url)) return url;
  throw new Failure(422, {
    code: "image_url_invalid",
    message: "image_url is empty or not a valid URL (http or https), in the request and in the row.",
    retryable: false,
  }, true);
}

function body(row: Row, stored: Stored, more: Record<string, unknown>): Record<string, unknown> {
  const own = { image_id: row.id, vehicle_id: row.vehicle_id };
  const { analysis, model, tokens } = stored;
  return { success: true, ...own, ...parts(analysis), model, tokens, ...more };
}

/** The parts of a full answer, as the full function names them; tags are `{name, confidence}` there too. */
function parts({ tags, appraisal, components, paint, spid }: Analysis): Record<string, unknown> {
  return { tags, appraisal, components, paint, spid };
}

function cached(row: Row, tags: Analysis["tags"]): Record<string, unknown> {
  const appraisal = row.ai_scan_metadata?.appraiser;
  return { success: true, cached: true, image_id: row.id, vehicle_id: row.vehicle_id, tags, appraisal };
}

/** 202, neither success nor failure: the work is under way elsewhere; nothing was done or paid here. */
function busy(row: Row): Response {
  const message = "Another call is working on this image.";
  const wait = { message, retryable: true, retry_after_seconds: BUSY_SECONDS };
  return json(202, { status: "processing", image_id: row.id, ...wait }, { "Retry-After": String(BUSY_SECONDS) });
}

function refused(error: unknown): Response {
  log(error);
  const failure = asFailure(error);
  return refusal(failure, failure.fault.code === "paused" ? { paused: true } : {});
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = `The function met an error of its own (${error instanceof Error ? error.name : "unknown"}).`;
  return new Failure(500, { code: "internal_error", message, retryable: false });
}

/** One line without any text from outside; an unforeseen error with its stack, which carries no request data. */
function log(error: unknown): void {
  const fault = asFailure(error).fault;
  const stack = error instanceof Failure || !(error instanceof Error)
    ? undefined
    : error.stack?.split("\n").slice(1, 6);
  const { code, provider_status, provider_code, request_id } = fault;
  console.error(
    JSON.stringify({ function: "analyze-image-simple", code, provider_status, provider_code, request_id, stack }),
  );
}
