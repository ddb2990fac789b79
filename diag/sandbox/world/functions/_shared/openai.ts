// OpenAI's chat completions.
import { ask, INSTRUCTIONS, ModelRefusal, parsed, SCHEMA } from "./question.ts";

const ADDRESS = "https://api.openai.com/v1/chat/completions";

export function model(): string {
  return Deno.env.get("VISION_MODEL") ?? "gpt-4o-mini";
}

export async function askOpenAI(key: string, imageUrl: string) {
  const body = JSON.stringify(chatQuestion(model(), imageUrl));
  const response = await ask("OpenAI", ADDRESS, { headers: headers(key), body });
  if (!response.ok) throw await refusal(response);
  const { message } = (await response.json()).choices[0];
  if (message.refusal) throw new Error(`OpenAI refused: ${message.refusal}`);
  return parsed("OpenAI", message.content);
}

function headers(key: string): Record<string, string> {
  const organisation = Deno.env.get("OPENAI_ORG_ID");
  const project = Deno.env.get("OPENAI_PROJECT_ID");
  return {
    Authorization: `Bearer ${key}`,
    "Content-Type": "application/json",
    ...(organisation ? { "OpenAI-Organization": organisation } : {}),
    ...(project ? { "OpenAI-Project": project } : {}),
  };
}

// The request, also for providers that take it as OpenAI does.
export function chatQuestion(model: string, imageUrl: string) {
  return {
    model,
    max_tokens: Number(Deno.env.get("VISION_MAX_TOKENS") ?? 900),
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
