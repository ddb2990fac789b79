// What a refusal of OpenAI's means: which problem, may it be tried again, is the picture at fault. Pure.
// Source: https://platform.openai.com/docs/guides/error-codes

import type { ProviderError } from "../_shared/provider_error.ts";

export type Problem =
  | "key_missing"
  | "key_invalid"
  | "permission"
  | "region_blocked"
  | "model_unavailable"
  | "quota_exhausted"
  | "rate_limited"
  | "overloaded"
  | "timeout"
  | "image_unreachable"
  | "image_rejected"
  | "context_too_long"
  | "refused"
  | "bad_output"
  | "bad_request";

interface Meaning {
  /** HTTP status of this function's answer. */
  status: number;
  retryable: boolean;
  item: boolean;
}

export const MEANING: Readonly<Record<Problem, Meaning>> = {
  key_missing: { status: 500, retryable: false, item: false },
  key_invalid: { status: 502, retryable: false, item: false },
  permission: { status: 502, retryable: false, item: false },
  region_blocked: { status: 502, retryable: false, item: false },
  model_unavailable: { status: 502, retryable: false, item: false },
  quota_exhausted: { status: 502, retryable: false, item: false },
  rate_limited: { status: 429, retryable: true, item: false },
  overloaded: { status: 503, retryable: true, item: false },
  timeout: { status: 504, retryable: true, item: false },
  image_unreachable: { status: 422, retryable: false, item: true },
  image_rejected: { status: 422, retryable: false, item: true },
  context_too_long: { status: 422, retryable: false, item: true },
  refused: { status: 422, retryable: false, item: true },
  bad_output: { status: 502, retryable: true, item: true },
  bad_request: { status: 502, retryable: false, item: false },
};

// The first line whose words occur in "code type message" names the problem; codes stand before prose.
const WORDS: readonly [RegExp, Problem][] = [
  [
    /insufficient_quota|billing_|credit_balance|spend_limit|exceeded your current quota|billing hard limit/,
    "quota_exhausted",
  ],
  [/unsupported_country|country, region, or territory not supported/, "region_blocked"],
  [
    /missing_scope|insufficient permissions|ip_not_authorized|must be verified|mismatched_(project|organization)/,
    "permission",
  ],
  [/didn't provide an api key/, "key_missing"],
  [/invalid_api_key|incorrect api key|account_deactivated|api_key_expired/, "key_invalid"],
  [/model_not_found|does not exist or you do not have access|model_deprecated/, "model_unavailable"],
  [/context_length_exceeded|string_above_max_length|request too large/, "context_too_long"],
  [/invalid_image_url|error while downloading|failed to download/, "image_unreachable"],
  [/invalid_image|unsupported image|image_parse_error|image_too_|image_content_policy|empty_image/, "image_rejected"],
  [/content_policy|content_filter|safety|moderation/, "refused"],
  [/rate_limit_exceeded|slow_down|too many requests/, "rate_limited"],
];

const STATUSES: Readonly<Record<number, Problem>> = {
  401: "key_invalid",
  403: "permission",
  404: "model_unavailable",
  408: "timeout",
  413: "image_rejected",
  429: "rate_limited",
};

export function problemOf(error: ProviderError): Problem {
  const said = `${error.code ?? ""} ${error.type ?? ""} ${error.message}`.toLowerCase();
  const named = WORDS.find(([words]) => words.test(said));
  // A 5xx is the provider's own trouble whatever its prose reminds of.
  if (error.status >= 500) return "overloaded";
  return named?.[1] ?? STATUSES[error.status] ?? "bad_request";
}
