// The vision model: appraisal, components, paint and the SPID label in one call.

export interface Analysis {
  appraisal?: Record<string, unknown> | null;
  components?: { component: string; condition: string; notes: string }[] | null;
  paint?: { color: string; quality: string; score: number; defects: string[] } | null;
  spid?: { vin: string; paint_code: string; rpo_codes: string[] } | null;
}

export class ModelRefusal extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

export const MODEL = "gpt-4o-mini";

const INSTRUCTIONS = `You appraise photos of classic vehicles. Say what the photo shows and how good it looks
(appraisal), judge the components that are visible, judge the paint if bodywork is visible, and read the service
parts identification label if there is one. Use null for what the photo does not show.`;

const text = { type: "string" };
const object = (properties: Record<string, unknown>, nullable = false) => ({
  type: nullable ? ["object", "null"] : "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const SCHEMA = object({
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

export function openaiKey(): string {
  const key = Deno.env.get("OPENAI_API_KEY");
  if (!key) throw new Error("OpenAI API key not configured");
  return key;
}

export async function analyse(imageUrl: string): Promise<Analysis> {
  const response = await fetch("https://api.openai.com/v1/chat/completions", {
    method: "POST",
    headers: { Authorization: `Bearer ${openaiKey()}`, "Content-Type": "application/json" },
    body: JSON.stringify(question(imageUrl)),
  });
  if (!response.ok) throw await refusal(response);
  const completion = await response.json();
  return JSON.parse(completion.choices[0].message.content);
}

function question(imageUrl: string) {
  return {
    model: MODEL,
    max_tokens: 900,
    messages: [
      { role: "system", content: INSTRUCTIONS },
      {
        role: "user",
        content: [
          { type: "text", text: "Analyse this photo." },
          { type: "image_url", image_url: { url: imageUrl, detail: "low" } },
        ],
      },
    ],
    response_format: { type: "json_schema", json_schema: { name: "analysis", strict: true, schema: SCHEMA } },
  };
}

async function refusal(response: Response): Promise<ModelRefusal> {
  const body = await response.json().catch(() => ({}));
  const code = body.error?.code ?? body.error?.type ?? "";
  return new ModelRefusal(
    response.status,
    `OpenAI API error ${response.status} ${code}: ${body.error?.message ?? response.statusText}`,
  );
}
