// Who may ask: the holder of a service key, whatever the gateway's JWT check is set to.

import { createHash, timingSafeEqual } from "node:crypto";
import { Failure } from "../_shared/answer.ts";
import { secretKeys } from "../_shared/keys.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Throws a 401 unless `apikey` or the bearer token is the injected service_role key or one of the secret keys. */
export function requireServiceKey(headers: Headers, environment: Environment): void {
  const shown = [headers.get("apikey"), headers.get("authorization")?.replace(/^Bearer\s+/i, "")];
  const right = [environment.SUPABASE_SERVICE_ROLE_KEY, ...secretKeys(environment.SUPABASE_SECRET_KEYS)];
  let matches = 0;
  // All pairs are compared, always: where the first match stands must not show in the time that it takes.
  for (const one of shown) for (const other of right) matches += Number(same(one ?? "", other ?? ""));
  if (matches > 0) return;
  throw new Failure(401, {
    code: "service_key_required",
    message: "nukediag-probe answers only to the project's service key.",
    retryable: false,
  });
}

/**
 * Compared by digest, so that neither the content nor the length shows in the time; nothing equals nothing is no
 * match.
 */
function same(one: string, other: string): boolean {
  const equal = timingSafeEqual(digest(one), digest(other));
  return equal && one !== "";
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text, "utf8").digest();
}
