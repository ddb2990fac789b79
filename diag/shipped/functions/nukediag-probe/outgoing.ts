// One outgoing call: a time limit, no redirects (they would carry a credential to somebody else), never an exception.

/** `status` is null where no answer came; `failed` says why. `body` is cut at 64 KiB. */
export interface Reply {
  status: number | null;
  headers: Headers;
  body: string;
  failed: "timeout" | "connection" | null;
  /** The host name does not exist. */
  noSuchHost: boolean;
  ms: number;
}

const LONGEST = 64 * 1024;

export async function call(request: Request, timeout: number): Promise<Reply> {
  const started = performance.now();
  const none = { status: null, headers: new Headers(), body: "", failed: null, noSuchHost: false };
  try {
    const response = await fetch(request, { redirect: "manual", signal: AbortSignal.timeout(timeout) });
    const body = (await response.text()).slice(0, LONGEST);
    const { status, headers } = response;
    return { ...none, status, headers, body, ms: performance.now() - started };
  } catch (error) {
    const failed = error instanceof DOMException && error.name === "TimeoutError" ? "timeout" : "connection";
    const noSuchHost = /dns error|failed to lookup|name or service not known/i.test(String(error));
    return { ...none, failed, noSuchHost, ms: performance.now() - started };
  }
}

/** The JSON document of a body, or {}. */
export function documentOf(body: string): Record<string, unknown> {
  try {
    const document: unknown = JSON.parse(body);
    return document !== null && typeof document === "object" && !Array.isArray(document) ? { ...document } : {};
  } catch {
    return {};
  }
}
