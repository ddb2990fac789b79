// The one vision call: structured output, a time limit per attempt, retries only where the refused attempt cost
// nothing.

import { Failure } from "../_shared/answer.ts";
import { type ProviderError, readProviderError } from "../_shared/provider_error.ts";
import { redact } from "../_shared/redact.ts";
import { type Analysis, jsonSchema, PROMPT, readAnalysis } from "./analysis.ts";
import { askedWait, nextWait } from "./retry.ts";
import type { Settings } from "./settings.ts";
import { MEANING, type Problem, problemOf } from "./verdict.ts";

export interface Seen {
  analysis: Analysis;
  model: string;
  request_id: string | null;
  attempts: number;
  tokens: { input: number | null; output: number | null };
}

/** `timeout`: no answer in time, so the work may have been done and billed. `broken`: the connection failed. */
type Attempt = { status: number; headers: Headers; body: string } | "timeout" | "broken";

const MOST_TOKENS = 2_000;

/** Throws a Failure. `deadline` is a time in milliseconds since the epoch. */
export async function look(imageUrl: string, settings: Settings, deadline: number): Promise<Seen> {
  for (let number = 1;; number++) {
    const attempt = await ask(imageUrl, settings, deadline - Date.now());
    if (typeof attempt !== "string" && attempt.status < 300) return seen(attempt, settings, number);
    const failure = failureOf(attempt, settings);
    const asked = typeof attempt === "string" ? null : askedWait(attempt.headers, Date.now());
    if (asked !== null) failure.fault.retry_after_seconds = asked / 1000;
    const wait = failure.fault.retryable && attempt !== "timeout"
      ? nextWait(number, asked, deadline - Date.now(), Math.random(), settings.limits.backoff)
      : null;
    if (wait === null) throw failure;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

async function ask(imageUrl: string, settings: Settings, left: number): Promise<Attempt> {
  const limit = Math.max(1, Math.min(settings.limits.openAiCall, left));
  try {
    const response = await fetch(`${settings.openAiUrl}/chat/completions`, {
      method: "POST",
      redirect: "error", // a redirect would carry the key to somebody else
      signal: AbortSignal.timeout(limit),
      headers: { Authorization: `Bearer ${settings.openAiKey}`, "Content-Type": "application/json" },
      body: JSON.stringify(question(imageUrl, settings.model)),
    });
    return { status: response.status, headers: response.headers, body: await response.text() };
  } catch (error) {
    return error instanceof DOMException && error.name === "TimeoutError" ? "timeout" : "broken";
  }
}

function question(imageUrl: string, model: string): Record<string, unknown> {
  return {
    model,
    max_completion_tokens: MOST_TOKENS,
    messages: [
      { role: "system", content: PROMPT },
      { role: "user", content: [{ type: "image_url", image_url: { url: imageUrl } }] },
    ],
    response_format: {
      type: "json_schema",
      json_schema: { name: "photo_analysis", strict: true, schema: jsonSchema() },
    },
  };
}

interface Completion {
  model?: string;
  choices?: { finish_reason?: string; message?: { content?: string | null; refusal?: string | null } }[];
  usage?: { prompt_tokens?: number; completion_tokens?: number };
}

function seen(attempt: Exclude<Attempt, string>, settings: Settings, attempts: number): Seen {
  const completion = parsed(attempt.body) as Completion | null;
  const choice = completion?.choices?.[0];
  const requestId = attempt.headers.get("x-request-id");
  if (choice?.message?.refusal || choice?.finish_reason === "content_filter") {
    throw failed("refused", "OpenAI refused to describe the image (content policy).", requestId);
  }
  if (choice?.finish_reason === "length") {
    throw failed("bad_output", "OpenAI's reply was cut off at the token limit, so it is not valid JSON.", requestId);
  }
  const analysis = readAnalysis(parsed(choice?.message?.content ?? ""));
  if (!analysis) throw failed("bad_output", "OpenAI's reply is not valid JSON of the analysis' schema.", requestId);
  return {
    analysis,
    model: completion?.model ?? settings.model,
    request_id: requestId,
    attempts,
    tokens: { input: completion?.usage?.prompt_tokens ?? null, output: completion?.usage?.completion_tokens ?? null },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function failureOf(attempt: Attempt, settings: Settings): Failure {
  if (attempt === "timeout") return failed("timeout", "The OpenAI API call timed out.", null);
  if (attempt === "broken") return failed("timeout", "The connection to the OpenAI API failed.", null);
  const error = readProviderError(attempt.status, attempt.headers, attempt.body);
  const problem = problemOf(error);
  const message = redact(error.message, [settings.openAiKey, settings.supabaseKey]);
  return failed(problem, `OpenAI API error ${error.status}: ${message}`, error.requestId, error);
}

function failed(problem: Problem, message: string, requestId: string | null, error?: ProviderError): Failure {
  const { status, retryable, item } = MEANING[problem];
  const said = error && { provider_status: error.status, provider_code: error.code, provider_type: error.type };
  const fault = { code: `openai_${problem}`, message, retryable, provider: "openai", ...said, request_id: requestId };
  return new Failure(status, fault, item);
}
