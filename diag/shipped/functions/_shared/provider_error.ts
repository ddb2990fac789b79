// The error body of a provider with OpenAI's shape: {"error": {"message", "type", "code", "param"}}.

export interface ProviderError {
  status: number;
  code: string | null;
  type: string | null;
  message: string;
  requestId: string | null;
}

/** Never throws: a body that is no such JSON (a proxy's page) gives an empty code and its beginning as message. */
export function readProviderError(status: number, headers: Headers, body: string): ProviderError {
  const error = errorOf(body);
  return {
    status,
    code: text(error.code),
    type: text(error.type),
    message: text(error.message) ?? body.slice(0, 500),
    requestId: headers.get("x-request-id"),
  };
}

function errorOf(body: string): Record<string, unknown> {
  try {
    const document = JSON.parse(body) as { error?: unknown } | null;
    const error = document?.error;
    if (typeof error === "string") return { message: error };
    return error !== null && typeof error === "object" ? { ...error } : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : null;
}
