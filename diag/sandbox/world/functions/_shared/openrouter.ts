// OpenRouter's chat completions: OpenAI's request, and errors of its own.
import { chatQuestion } from "./openai.ts";
import { ask, ModelRefusal, parsed } from "./question.ts";

const ADDRESS = "https://openrouter.ai/api/v1/chat/completions";
const MODEL = "meta-llama/llama-3.2-90b-vision-instruct";

export async function askOpenRouter(key: string, imageUrl: string) {
  const model = Deno.env.get("OPENROUTER_MODEL") ?? MODEL;
  const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
  const response = await ask("OpenRouter", ADDRESS, { headers, body: JSON.stringify(chatQuestion(model, imageUrl)) });
  if (!response.ok) {
    throw new ModelRefusal(response.status, `OpenRouter API error ${response.status}: ${await response.text()}`);
  }
  const { message } = (await response.json()).choices[0];
  if (message.refusal) throw new Error(`OpenRouter refused: ${message.refusal}`);
  return parsed("OpenRouter", message.content);
}
