// What may be said about a secret without saying it. Pure.

import { createHash } from "node:crypto";

export interface Presence {
  name: string;
  present: boolean;
  /** The public type prefix ("sk-proj-", "AKIA", "eyJ" …), or "". */
  kind: string;
  /** The role that a Supabase JWT claims, unchecked. */
  role: string | null;
  /** A class of lengths in characters ("32-63"), null where the secret is absent. */
  length: string | null;
  /** The first 8 hex digits of the SHA-256 of the value's UTF-8 bytes. */
  fingerprint: string | null;
  /** What about it looks malformed. */
  hints: Hint[];
}

export type Hint =
  | "empty"
  | "bom"
  | "newline"
  | "crlf"
  | "blank"
  | "quotes"
  | "bearer"
  | "placeholder"
  | "not-ascii";

const KINDS = [
  "sb_publishable_",
  "sb_secret_",
  "sbp_",
  "sk-svcacct-",
  "sk-proj-",
  "sk-admin-",
  "sk-ant-",
  "sk-",
  "AKIA",
  "ASIA",
  "AIza",
  "AQ.",
  "eyJ",
];
const LIMITS = [0, 1, 8, 16, 32, 64, 128, 256];
const PLACEHOLDER =
  /^<.*>$|^(your|my|insert|replace|example|dummy|sample)[-_ ]|^xxx|^change.?me|^todo$|\.\.\.$|^\*+$|^(undefined|null|none)$/i;

export function presence(name: string, value: string | undefined): Presence {
  if (value === undefined) {
    return { name, present: false, kind: "", role: null, length: null, fingerprint: null, hints: [] };
  }
  const bare = bareOf(value);
  return {
    name,
    present: value !== "",
    kind: KINDS.find((kind) => bare.startsWith(kind)) ?? "",
    role: roleOf(bare),
    length: lengthClass(value.length),
    fingerprint: createHash("sha256").update(value, "utf8").digest("hex").slice(0, 8),
    hints: hintsOf(value, bare),
  };
}

export function lengthClass(length: number): string {
  const at = LIMITS.findLastIndex((limit) => length >= limit);
  const [from, next] = [LIMITS[at], LIMITS[at + 1]];
  if (next === undefined) return `${from}+`;
  return from === next - 1 ? String(from) : `${from}-${next - 1}`;
}

/** The value without what does not belong to it. */
function bareOf(value: string): string {
  return value.replace(/^\ufeff/, "").trim().replace(/^(["'])(.*)\1$/s, "$2").replace(/^Bearer\s+/i, "").trim();
}

function hintsOf(value: string, bare: string): Hint[] {
  const found: [Hint, boolean][] = [
    ["empty", bare === ""],
    ["bom", value.startsWith("\ufeff")],
    ["crlf", value.includes("\r")],
    ["newline", /\n/.test(value.replaceAll("\r\n", ""))],
    ["blank", /^[ \t\u00a0]|[ \t\u00a0]$/.test(value.replace(/^\ufeff|[\r\n]+$/g, ""))],
    ["quotes", /^\s*(["']).*\1\s*$/s.test(value)],
    ["bearer", /^\s*["']?Bearer\s/i.test(value)],
    ["placeholder", bare !== "" && PLACEHOLDER.test(bare)],
    ["not-ascii", /[\u0080-\uffff]/.test(value.replace(/^\ufeff/, ""))],
  ];
  return found.filter(([, holds]) => holds).map(([hint]) => hint);
}

/** The `role` in a JWT's claims, or null; only words, so that nothing else can be smuggled out. */
export function roleOf(value: string): string | null {
  try {
    const claims = value.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    const role: unknown = JSON.parse(atob(claims)).role;
    return typeof role === "string" && /^[a-z_]{1,40}$/.test(role) ? role : null;
  } catch {
    return null;
  }
}
