// How every shipped function answers: JSON, never cached, and failures that a machine can read.

const HEADERS = {
  "Content-Type": "application/json; charset=utf-8",
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
};

export const CORS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Methods": "POST, OPTIONS",
  "Access-Control-Allow-Headers": "authorization, apikey, content-type, x-client-info, x-region, traceparent",
  "Access-Control-Max-Age": "86400",
};

/** What a failed answer tells. `code` is ours and stable; what the other side said is kept beside it, unchanged. */
export interface Fault {
  code: string;
  message: string;
  retryable: boolean;
  /** Who refused: "openai", "supabase"; absent where it was this function itself. */
  provider?: string;
  provider_status?: number;
  provider_code?: string | null;
  provider_type?: string | null;
  request_id?: string | null;
  retry_after_seconds?: number;
  /** The parts of the request that are wrong, one sentence each. */
  problems?: string[];
}

/** A failure that ends a call: the HTTP status of the answer, and what stands in it. */
export class Failure extends Error {
  override name = "Failure";

  /** `item`: the picture or its row is at fault, so the same call will fail again whatever else is mended. */
  constructor(readonly status: number, readonly fault: Fault, readonly item = false) {
    super(fault.message);
  }
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { ...HEADERS, ...headers } });
}

/** `{success: false, error: {...}}` with `Retry-After` where waiting is known to help. */
export function refusal(failure: Failure, extra: Record<string, unknown> = {}): Response {
  const wait = failure.fault.retry_after_seconds;
  const headers: Record<string, string> = wait === undefined ? {} : { "Retry-After": String(Math.ceil(wait)) };
  if (failure.status === 405) headers.Allow = "POST, OPTIONS";
  return json(failure.status, { success: false, ...extra, error: failure.fault }, headers);
}
