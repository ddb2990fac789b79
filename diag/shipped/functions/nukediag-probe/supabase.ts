// Do the project's own keys, as the functions hold them, open the data API? One row's id is asked for, and not
// answered.

import { fitsInHeader, keyHeaders, secretKeys } from "../_shared/keys.ts";
import type { Environment } from "./caller.ts";
import { call, documentOf } from "./outgoing.ts";
import { roleOf } from "./presence.ts";
import { type Finding, found, invalid, UNKNOWN, unknown, unsendable, valid, type Verdict } from "./verdict.ts";

export async function verifySupabase(
  environment: Environment,
  table: string,
  column: string,
  timeout: number,
): Promise<Finding[]> {
  const url = environment.SUPABASE_URL?.replace(/\/+$/, "");
  if (!url) return [];
  const keys = [...namesByKey(environment)];
  return await Promise.all(keys.map(([key, names]) => verify(url, key, names, table, column, timeout)));
}

/** Equal keys under several names are asked about once. */
function namesByKey(environment: Environment): Map<string, string[]> {
  const named: [string, string | undefined][] = [
    ["SERVICE_ROLE_KEY", environment.SERVICE_ROLE_KEY],
    ["SUPABASE_SERVICE_ROLE_KEY", environment.SUPABASE_SERVICE_ROLE_KEY],
    ["SUPABASE_SECRET_KEYS", secretKeys(environment.SUPABASE_SECRET_KEYS)[0]],
  ];
  const keys = new Map<string, string[]>();
  for (const [name, key] of named) if (key) keys.set(key, [...(keys.get(key) ?? []), name]);
  return keys;
}

async function verify(
  url: string,
  key: string,
  names: string[],
  table: string,
  column: string,
  timeout: number,
): Promise<Finding> {
  const about = { provider: "supabase" as const, names, step: `GET /rest/v1/${table}` };
  if (!fitsInHeader(key.trim())) return unsendable(about, "supabase.key-invalid");
  const headers = keyHeaders(key.trim());
  const reply = await call(new Request(`${url}/rest/v1/${table}?select=${column}&limit=1`, { headers }), timeout);
  const { code } = documentOf(reply.body);
  const text = typeof code === "string" ? code : null;
  return found(about, reply, text, readSupabase(reply.status, text, roleOf(key)));
}

/** Pure. `role`: what a JWT claims to be; an anon key is accepted by the data API and sees no rows. */
export function readSupabase(status: number | null, code: string | null, role: string | null): Verdict {
  if (status === null) return UNKNOWN;
  if (code === "42501" || (status < 300 && role === "anon")) return valid("supabase.permission-denied");
  if (status < 300) return valid();
  if (status === 401) return invalid("supabase.key-invalid");
  if (/^(PGRST10[06]|PGRST20[0-5]|42P01|42703)$/.test(code ?? "")) return valid("supabase.schema-mismatch");
  return status >= 500 ? unknown("supabase.unavailable") : UNKNOWN;
}
