// What every vision model is asked, and how its text becomes an analysis.

export class ModelRefusal extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

export const INSTRUCTIONS = `You appraise photos of classic vehicles. Say what the photo shows and how good it looks
(appraisal), judge the components that are visible, judge the paint if bodywork is visible, and read the service
parts identification label if there is one. Use null for what the photo does not show.`;

const text = { type: "string" };
const object = (properties: Record<string, unknown>, nullable = false) => ({
  type: nullable ? ["object", "null"] : "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

export const SCHEMA = object({
  appraisal: object({
    category: text,
    subject: text,
    description: text,
    condition_score: { type: "integer" },
    confidence: { type: "number" },
  }),
  components: { type: "array", items: object({ component: text, condition: text, notes: text }) },
  paint: object(
    { color: text, quality: text, score: { type: "integer" }, defects: { type: "array", items: text } },
    true,
  ),
  spid: object({ vin: text, paint_code: text, rpo_codes: { type: "array", items: text } }, true),
});

// The model's text as an object; `provider` is named where it is none.
export function parsed(provider: string, content: string | null | undefined) {
  try {
    return JSON.parse(content ?? "");
  } catch (error) {
    throw new Error(`${provider} answered with something else than the JSON asked for: ${(error as Error).message}`);
  }
}

// fetch, with a limit in time; what breaks on the way names the provider.
export async function ask(provider: string, url: string, init: RequestInit): Promise<Response> {
  const limit = Number(Deno.env.get("VISION_TIMEOUT_MS") ?? 120_000);
  try {
    const response = await fetch(url, { ...init, method: "POST", signal: AbortSignal.timeout(limit) });
    return new Response(await response.text(), response);
  } catch (error) {
    throw new Error(`${provider} request failed: ${(error as Error).message}`);
  }
}
