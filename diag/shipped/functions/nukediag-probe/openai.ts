// Is the OpenAI key good? One free call: is the model visible to it. Says nothing about quota, which only a paid call
// shows.
// Source: https://platform.openai.com/docs/guides/error-codes and /docs/api-reference/models/retrieve

import { fitsInHeader } from "../_shared/keys.ts";
import { readProviderError } from "../_shared/provider_error.ts";
import type { Environment } from "./caller.ts";
import { call } from "./outgoing.ts";
import { type Finding, found, invalid, UNKNOWN, unknown, unsendable, valid, type Verdict } from "./verdict.ts";

const NAME = "OPENAI_API_KEY";

export async function verifyOpenAi(environment: Environment, model: string, timeout: number): Promise<Finding[]> {
  const key = environment[NAME];
  if (!key) return [];
  const about = { provider: "openai" as const, names: [NAME], step: `GET /v1/models/${model}` };
  if (!fitsInHeader(key.trim())) return [unsendable(about, "openai.key-invalid")];
  const base = (environment.OPENAI_BASE_URL || "https://api.openai.com/v1").replace(/\/+$/, "");
  const headers = { Authorization: `Bearer ${key}` };
  const reply = await call(new Request(`${base}/models/${encodeURIComponent(model)}`, { headers }), timeout);
  const error = readProviderError(reply.status ?? 0, reply.headers, reply.body);
  const said = `${error.code ?? ""} ${error.type ?? ""} ${error.message}`;
  return [found(about, reply, error.code ?? error.type, readOpenAi(reply.status, said))];
}

/** Pure. `said`: the error's code, type and message. */
export function readOpenAi(status: number | null, said: string): Verdict {
  if (status === 200) return valid();
  if (status === 401 || status === 403) return refusal(said);
  if (status === 404 && /model_not_found|does not exist/.test(said)) return valid("openai.model-unavailable");
  if (status === 429 && /insufficient_quota|billing_|credit_balance|spend_limit/.test(said)) {
    return valid("openai.quota-exhausted");
  }
  return UNKNOWN;
}

/** A 401 is no verdict by itself: a restricted key, a foreign address and a blocked country answer so too. */
function refusal(said: string): Verdict {
  if (/missing_scope|insufficient permissions|ip_not_authorized|IP address/i.test(said)) {
    return valid("openai.permission");
  }
  if (/unsupported_country/.test(said)) return unknown("openai.region-blocked");
  if (
    /invalid_api_key|Incorrect API key|account_deactivated|deactivated|expired|didn't provide an API key/i.test(said)
  ) {
    return invalid("openai.key-invalid");
  }
  return UNKNOWN;
}
