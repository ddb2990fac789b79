// The words for what a provider says about a credential: yes, no, or nothing learned.

import type { Reply } from "./outgoing.ts";

/** A provider's verdict. `invalid` needs a refusal that names the credential; everything in doubt is `unknown`. */
export interface Verdict {
  verdict: "valid" | "invalid" | "unknown";
  /** The signature, in nukediag's catalogue, of what is wrong; it may stand beside `valid` (a key without a scope). */
  finding: string | null;
  /** Whether a document says what the answer means, or whether that was concluded. */
  inferred?: boolean;
}

/** What one verification answers. */
export interface Finding extends Verdict {
  provider: "openai" | "aws" | "gemini" | "supabase";
  /** The secrets that were used. */
  names: string[];
  /** The call that was made. */
  step: string;
  status: number | null;
  /** The provider's own code, or "timeout", "connection", "malformed" where no answer came. */
  code: string | null;
  request_id: string | null;
  duration_ms: number;
  /** The twelve digits of the AWS account that the key belongs to. */
  account?: string;
}

export const UNKNOWN: Verdict = { verdict: "unknown", finding: null };

export function valid(finding: string | null = null): Verdict {
  return { verdict: "valid", finding };
}

export function invalid(finding: string): Verdict {
  return { verdict: "invalid", finding };
}

export function unknown(finding: string): Verdict {
  return { verdict: "unknown", finding };
}

type About = Pick<Finding, "provider" | "names" | "step">;

/** A finding from an answer. A code that does not look like one is left out: it is text from outside. */
export function found(about: About, reply: Reply, code: string | null, verdict: Verdict): Finding {
  const { status, headers, failed, ms } = reply;
  const requestId = headers.get("x-request-id") ?? headers.get("x-amzn-requestid");
  return {
    ...about,
    ...verdict,
    status,
    code: failed ?? wordOrNull(code),
    request_id: wordOrNull(requestId),
    duration_ms: Math.round(ms),
  };
}

/** A credential that cannot even be sent, because no header can carry it. */
export function unsendable(about: About, finding: string): Finding {
  const nothing = { status: null, code: "malformed", request_id: null, duration_ms: 0 };
  return { ...about, ...invalid(finding), ...nothing };
}

function wordOrNull(text: string | null): string | null {
  return text !== null && /^[A-Za-z0-9_.:-]{1,80}$/.test(text) ? text : null;
}
