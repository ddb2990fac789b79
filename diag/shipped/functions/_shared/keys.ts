// The project's own keys, as the platform gives them to a function.

/** The keys in `SUPABASE_SECRET_KEYS`, a JSON object {"default": "sb_secret_…", name: …}; `default` comes first. */
export function secretKeys(json: string | undefined): string[] {
  const keys = parsed(json);
  const names = Object.keys(keys).sort((a, b) => Number(b === "default") - Number(a === "default"));
  return names.map((name) => keys[name]).filter((key): key is string => typeof key === "string" && key !== "");
}

function parsed(json: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json ?? "{}");
    return value !== null && typeof value === "object" && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

/**
 * Headers that carry a project key to the data API. A legacy JWT goes into both; an `sb_…` key is no JWT and goes
 * into `apikey` alone, because a bearer token is decoded as a JWT (PGRST301).
 */
export function keyHeaders(key: string): Record<string, string> {
  return key.startsWith("sb_") ? { apikey: key } : { apikey: key, Authorization: `Bearer ${key}` };
}

/** Whether a value can stand in an HTTP header as it is: a blank or a line break inside makes `fetch` throw. */
export function fitsInHeader(value: string): boolean {
  return /^[\x21-\x7e]+$/.test(value);
}
