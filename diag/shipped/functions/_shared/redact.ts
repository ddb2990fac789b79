// Takes credentials out of text that came from outside, before it is answered or logged.

const SHAPES = new RegExp(
  [
    "sb_(?:publishable|secret)_[A-Za-z0-9_-]+",
    "sbp_[A-Za-z0-9_]{8,}",
    "sk-[A-Za-z0-9_*.-]{6,}", // OpenAI echoes a wrong key with stars in its middle and its true end
    "(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{8,}",
    "AIza[A-Za-z0-9_*-]{8,}",
    "AQ\\.[A-Za-z0-9_*-]{8,}",
    "eyJ[A-Za-z0-9_-]{6,}(?:\\.[A-Za-z0-9_-]*){0,2}",
  ].join("|"),
  "g",
);
const QUERY = /([?&](?:token|key|apikey|X-Amz-[A-Za-z-]+|signature)=)[^&\s"']+/gi;
const USER = /(:\/\/)[^\s/@]{1,256}@/g;
const PIECE = 8;

/** The text without credentials, at most `limit` characters. `known`: values that may stand in it, whole or in part. */
export function redact(text: string, known: readonly string[], limit = 300): string {
  // Shapes first: taking a known piece out of a masked echo would leave its tail without the prefix that gives it away.
  let clean = text.slice(0, 4000).replace(SHAPES, "[redacted]");
  clean = clean.replace(QUERY, "$1[redacted]").replace(USER, "$1[redacted]@");
  for (const value of known) clean = withoutPieces(clean, value.trim());
  return clean.slice(0, limit);
}

/** Every stretch of eight or more characters that the text has in common with the value is taken out. */
function withoutPieces(text: string, value: string): string {
  if (value.length < PIECE) return value.length > 3 ? text.replaceAll(value, "[redacted]") : text;
  const pieces = new Set(Array.from({ length: value.length - PIECE + 1 }, (_, at) => value.slice(at, at + PIECE)));
  let clean = "";
  for (let at = 0; at < text.length;) {
    const end = stretch(text, at, pieces);
    clean += end > at ? "[redacted]" : text[at];
    at = Math.max(end, at + 1);
  }
  return clean;
}

function stretch(text: string, at: number, pieces: ReadonlySet<string>): number {
  if (!pieces.has(text.slice(at, at + PIECE))) return at;
  let end = at + PIECE;
  while (end < text.length && pieces.has(text.slice(end - PIECE + 1, end + 1))) end++;
  return end;
}
