// One question to the probe: who asks, what is there, what do the providers say. Nothing is stored or cached.

import { Failure, json, refusal } from "../_shared/answer.ts";
import { readJson, requirePost } from "../_shared/body.ts";
import { verifyAws } from "./aws.ts";
import { type Environment, requireServiceKey } from "./caller.ts";
import { verifyGemini } from "./gemini.ts";
import { type Asked, type Provider, readAsked } from "./input.ts";
import { verifyOpenAi } from "./openai.ts";
import { presence } from "./presence.ts";
import { verifySupabase } from "./supabase.ts";
import type { Finding } from "./verdict.ts";

const LARGEST_BODY = 16 * 1024;
const CALL_TIMEOUT = 10_000;

/** Never rejects. */
export async function handle(request: Request, environment: Environment, timeout = CALL_TIMEOUT): Promise<Response> {
  // Free of charge and of any content: tells that the function boots. No CORS, as no browser may hold a service key.
  if (request.method === "OPTIONS") {
    return new Response(null, { status: 204, headers: { "Cache-Control": "no-store" } });
  }
  try {
    return json(200, await answer(request, environment, timeout));
  } catch (error) {
    return refusal(error instanceof Failure ? error : unforeseen(error));
  }
}

async function answer(request: Request, environment: Environment, timeout: number): Promise<Record<string, unknown>> {
  requireServiceKey(request.headers, environment);
  requirePost(request);
  const asked = readAsked(await readJson(request, LARGEST_BODY));
  const verdicts = await Promise.all(asked.verify.map((provider) => verify(provider, asked, environment, timeout)));
  return {
    success: true,
    schema: "nukediag/probe/1",
    checked_at: new Date().toISOString(),
    region: environment.SB_REGION ?? null,
    execution_id: environment.SB_EXECUTION_ID ?? null,
    deployment_id: environment.DENO_DEPLOYMENT_ID ?? null,
    secrets: asked.names.map((name) => presence(name, environment[name])),
    verdicts: verdicts.flat(),
  };
}

function verify(provider: Provider, asked: Asked, environment: Environment, timeout: number): Promise<Finding[]> {
  switch (provider) {
    case "openai":
      return verifyOpenAi(environment, asked.model, timeout);
    case "aws":
      return verifyAws(environment, timeout);
    case "gemini":
      return verifyGemini(environment, timeout);
    case "supabase":
      return verifySupabase(environment, asked.table, asked.column, timeout);
  }
}

/** An error of the probe's own. Its text stays unsaid: it may hold what the probe was handling. */
function unforeseen(error: unknown): Failure {
  const name = error instanceof Error ? error.name : "unknown";
  console.error(JSON.stringify({ function: "nukediag-probe", code: "internal_error", name }));
  const message = `The probe met an error of its own (${name}).`;
  return new Failure(500, { code: "internal_error", message, retryable: false });
}
