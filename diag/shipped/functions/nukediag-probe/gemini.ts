// Is the Gemini key good? One free call. Listing may work where generating is refused, so this is no proof of the
// latter.
// Source: https://ai.google.dev/api/models and https://ai.google.dev/gemini-api/docs/troubleshooting

import { fitsInHeader } from "../_shared/keys.ts";
import type { Environment } from "./caller.ts";
import { call, documentOf } from "./outgoing.ts";
import { type Finding, found, invalid, UNKNOWN, unknown, unsendable, valid, type Verdict } from "./verdict.ts";

const NAMES = ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_AI_API_KEY"];

export async function verifyGemini(environment: Environment, timeout: number): Promise<Finding[]> {
  const name = NAMES.find((each) => environment[each]);
  if (!name) return [];
  const key = environment[name] as string;
  const about = { provider: "gemini" as const, names: [name], step: "GET /v1beta/models" };
  if (!fitsInHeader(key.trim())) return [unsendable(about, "gemini.key-invalid")];
  const base = (environment.GOOGLE_GEMINI_BASE_URL || "https://generativelanguage.googleapis.com").replace(/\/+$/, "");
  const reply = await call(
    new Request(`${base}/v1beta/models?pageSize=1`, { headers: { "x-goog-api-key": key } }),
    timeout,
  );
  const code = codeOf(reply.body);
  return [found(about, reply, code, readGemini(reply.status, code))];
}

/** The reason in the details where there is one ("API_KEY_INVALID"), else the status ("PERMISSION_DENIED"). */
export function codeOf(body: string): string | null {
  const error = documentOf(body).error as { status?: unknown; details?: unknown } | undefined;
  const details = Array.isArray(error?.details) ? error.details : [];
  const reason = details.map((detail) => detail?.reason).find((each) => typeof each === "string");
  return reason ?? (typeof error?.status === "string" ? error.status : null);
}

/** Pure. */
export function readGemini(status: number | null, code: string | null): Verdict {
  if (status === 200) return valid();
  if (status === null || status >= 500) return UNKNOWN;
  if (code === "API_KEY_INVALID" || code === "API_KEY_EXPIRED") return invalid("gemini.key-invalid");
  if (code === "FAILED_PRECONDITION") return unknown("gemini.region-blocked");
  if (code === "RESOURCE_EXHAUSTED" || code === "RATE_LIMIT_EXCEEDED") return valid("gemini.rate-limited");
  if (status === 403) return valid("gemini.permission");
  return UNKNOWN;
}
