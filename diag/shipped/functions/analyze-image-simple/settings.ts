// What the function needs to know, from its environment. Read at each call, so that tests can change it.

import { Failure } from "../_shared/answer.ts";
import { fitsInHeader, secretKeys } from "../_shared/keys.ts";

export interface Settings {
  openAiKey: string;
  openAiUrl: string;
  model: string;
  supabaseUrl: string;
  supabaseKey: string;
  limits: Limits;
}

/** Milliseconds. The platform answers 504 in the function's place after 150 s, so the function ends well before. */
export interface Limits {
  deadline: number;
  openAiCall: number;
  databaseCall: number;
  /** The base of the exponential backoff. */
  backoff: number;
  /** How long a claim on a row holds; longer than any call can live. */
  claim: number;
}

export const LIMITS: Limits = {
  deadline: 120_000,
  openAiCall: 60_000,
  databaseCall: 8_000,
  backoff: 1_000,
  claim: 200_000,
};

/** Throws a Failure that names the variable which is missing or malformed; never its value. */
export function readSettings(): Settings {
  refuseIfPaused(Deno.env.get("NUKE_ANALYSIS_PAUSED"));
  return {
    openAiKey: key(
      "OPENAI_API_KEY",
      "openai",
      Deno.env.get("OPENAI_API_KEY"),
      "No OpenAI API key: OPENAI_API_KEY is not set among the function's secrets.",
    ),
    openAiUrl: (Deno.env.get("OPENAI_BASE_URL") || "https://api.openai.com/v1").replace(/\/+$/, ""),
    model: Deno.env.get("OPENAI_MODEL") || "gpt-4o-mini",
    supabaseUrl: projectUrl(Deno.env.get("SUPABASE_URL")),
    supabaseKey: projectKey(),
    limits: LIMITS,
  };
}

/**
 * The key for the database. One that the owner set by hand comes first, then a new secret key: the legacy key is
 * injected even where legacy keys are switched off, and is refused then.
 */
function projectKey(): string {
  const value = Deno.env.get("SERVICE_ROLE_KEY") ||
    secretKeys(Deno.env.get("SUPABASE_SECRET_KEYS"))[0] ||
    Deno.env.get("SUPABASE_SERVICE_ROLE_KEY");
  return key("SERVICE_ROLE_KEY", "supabase", value, "supabaseKey is required: no service key is set for the function.");
}

function projectUrl(value: string | undefined): string {
  if (value) return value.replace(/\/+$/, "");
  throw new Failure(500, {
    code: "supabase_url_missing",
    message: "supabaseUrl is required: SUPABASE_URL is not set.",
    retryable: false,
    provider: "supabase",
  });
}

function key(name: string, provider: string, value: string | undefined, missing: string): string {
  const trimmed = (value ?? "").trim();
  if (trimmed === "") {
    throw new Failure(500, { code: `${provider}_key_missing`, message: missing, retryable: false, provider });
  }
  if (fitsInHeader(trimmed)) return trimmed;
  throw new Failure(500, {
    code: `${provider}_key_invalid`,
    message: `Invalid API key: ${name} holds a blank, a line break or a character that no key has.`,
    retryable: false,
    provider,
  });
}

/** Answered as the full function does: a 200 that says success: false, because nothing is broken. */
function refuseIfPaused(flag: string | undefined): void {
  if (!/^(1|true|yes|on)$/i.test(flag ?? "")) return;
  throw new Failure(200, {
    code: "paused",
    message: "Image analysis is paused: NUKE_ANALYSIS_PAUSED is set.",
    retryable: false,
  });
}
