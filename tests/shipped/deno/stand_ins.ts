// Real HTTP servers on loopback in place of OpenAI and of a project's data API.

import type { Settings } from "../../../diag/shipped/functions/analyze-image-simple/settings.ts";

export interface Asked {
  method: string;
  url: URL;
  headers: Headers;
  body: string;
}

/** A server that keeps what it was asked. `await using` closes it. */
export class StandIn {
  readonly asked: Asked[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(answer: (asked: Asked) => Response | Promise<Response>) {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
      const { method, url, headers } = request;
      const asked = { method, url: new URL(url), headers, body: await request.text() };
      this.asked.push(asked);
      return await answer(asked);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** An address at which nobody listens. */
export function nobody(): string {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return `http://127.0.0.1:${port}`;
}

export const ANALYSIS = {
  tags: [{ name: "Wheel ", confidence: 97.5 }, { name: "fender", confidence: 140 }, { name: "wheel", confidence: 60 }],
  appraisal: {
    category: "exterior",
    subject: "front fender",
    description: "A red front fender.",
    condition_score: 7.5,
    confidence: 0.9,
  },
  components: [{ component: "fender", condition: "good", notes: "one dent" }],
  paint: { color: "red", quality: "good", score: 7.4, defects: ["swirl marks"] },
  spid: null,
};

export function completion(content: unknown, more: Record<string, unknown> = {}): Response {
  const message = { role: "assistant", content: JSON.stringify(content), refusal: null };
  const choice = { index: 0, finish_reason: "stop", message, ...more };
  const usage = { prompt_tokens: 1000, completion_tokens: 200 };
  const headers = { "x-request-id": "req_1" };
  return Response.json({ model: "gpt-4o-mini-2024", choices: [choice], usage }, { headers });
}

export function openAiError(status: number, error: Record<string, unknown>, headers: HeadersInit = {}): Response {
  return Response.json({ error: { message: "", type: null, param: null, code: null, ...error } }, { status, headers });
}

export function settingsFor(openAi: StandIn, database: StandIn): Settings {
  return {
    openAiKey: "sk-proj-planted0123456789abcdefghij",
    openAiUrl: `${openAi.url}/v1`,
    model: "gpt-4o-mini",
    supabaseUrl: database.url,
    supabaseKey: "sb_secret_planted0123456789abcdef",
    limits: { deadline: 20_000, openAiCall: 10_000, databaseCall: 10_000, backoff: 1, claim: 60_000 },
  };
}

export function post(body: unknown): Request {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return new Request("http://localhost/", { method: "POST", body: text });
}
