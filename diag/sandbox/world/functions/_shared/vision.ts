// The vision model: appraisal, components, paint and the SPID label in one call.
import { askGemini } from "./gemini.ts";
import { messageOf } from "./http.ts";
import { askOpenAI } from "./openai.ts";
import { askOpenRouter } from "./openrouter.ts";

export interface Analysis {
  appraisal?: Record<string, unknown> | null;
  components?: { component: string; condition: string; notes: string }[] | null;
  paint?: { color: string; quality: string; score: number; defects: string[] } | null;
  spid?: { vin: string; paint_code: string; rpo_codes: string[] } | null;
}

const PROVIDERS = {
  openai: { title: "OpenAI", secret: "OPENAI_API_KEY", ask: askOpenAI },
  gemini: { title: "Gemini", secret: "GEMINI_API_KEY", ask: askGemini },
  openrouter: { title: "OpenRouter", secret: "OPENROUTER_API_KEY", ask: askOpenRouter },
};

// Who is asked, in this order, until one answers: OpenAI, and before it Gemini where there is a key for it.
function providers(): (keyof typeof PROVIDERS)[] {
  const usual = Deno.env.get("GEMINI_API_KEY") ? "gemini,openai" : "openai";
  return (Deno.env.get("VISION_PROVIDERS") ?? usual).split(",") as (keyof typeof PROVIDERS)[];
}

function keyOf(name: keyof typeof PROVIDERS): string {
  const key = Deno.env.get(PROVIDERS[name].secret);
  if (!key) throw new Error(`${PROVIDERS[name].title} API key not configured`);
  return key;
}

export function checkKeys(): void {
  providers().forEach(keyOf);
}

export async function analyse(imageUrl: string): Promise<Analysis> {
  const failures: unknown[] = [];
  for (const name of providers()) {
    try {
      return await PROVIDERS[name].ask(keyOf(name), imageUrl);
    } catch (error) {
      failures.push(error);
    }
  }
  throw failures.length === 1 ? failures[0] : new Error(failures.map(messageOf).join("; then "));
}
