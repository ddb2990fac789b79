// When to try again, and how long to wait. Pure: time and chance are passed in.

export const MOST_ATTEMPTS = 4;
const LONGEST_BACKOFF = 20_000;

/**
 * Milliseconds that the provider asks to wait (`retry-after-ms`, or `Retry-After` as seconds or as a date), or
 * null.
 */
export function askedWait(headers: Headers, now: number): number | null {
  const milliseconds = Number(headers.get("retry-after-ms") ?? "x");
  if (milliseconds >= 0) return milliseconds;
  const text = headers.get("retry-after");
  if (text === null) return null;
  const wait = /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(wait) ? null : Math.max(wait, 0);
}

/**
 * Milliseconds to wait before attempt `attempt + 1`, or null where no further attempt is worth it: too many were made,
 * or the wait and one quick call do not fit before the deadline.
 *
 * With a wish of the provider's the wait is never shorter than that, and up to a quarter longer, so that many callers
 * do not come back at once. Without one it is anything up to the doubling backoff ("full jitter").
 */
export function nextWait(
  attempt: number,
  asked: number | null,
  left: number,
  random: number,
  backoff: number,
): number | null {
  if (attempt >= MOST_ATTEMPTS) return null;
  const longest = Math.min(LONGEST_BACKOFF, backoff * 2 ** attempt);
  const wait = asked === null ? random * longest : asked + random * Math.max(asked, backoff) / 4;
  const oneCall = 5 * backoff;
  return wait + oneCall <= left ? wait : null;
}
