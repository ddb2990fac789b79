// Gemini's generateContent.
import { Buffer } from "node:buffer";
import { download } from "./picture.ts";
import { ask, INSTRUCTIONS, ModelRefusal, parsed, SCHEMA } from "./question.ts";

const ADDRESS = "https://generativelanguage.googleapis.com/v1beta/models";

export async function askGemini(key: string, imageUrl: string) {
  const model = Deno.env.get("GEMINI_MODEL") ?? "gemini-2.5-flash";
  const response = await ask("Gemini", `${ADDRESS}/${model}:generateContent`, {
    headers: { "x-goog-api-key": key, "Content-Type": "application/json" },
    body: JSON.stringify(question(await picturePart(imageUrl))),
  });
  if (!response.ok) {
    throw new ModelRefusal(response.status, `Gemini API error ${response.status}: ${await response.text()}`);
  }
  return analysisIn(await response.json());
}

// The picture itself, or where Gemini finds it.
async function picturePart(url: string) {
  if (Deno.env.get("GEMINI_IMAGE_BY_URL") === "true") return { fileData: { mimeType: "image/jpeg", fileUri: url } };
  return { inlineData: { mimeType: "image/jpeg", data: Buffer.from(await download(url)).toString("base64") } };
}

function question(picture: Record<string, unknown>) {
  return {
    systemInstruction: { parts: [{ text: INSTRUCTIONS }] },
    contents: [{ parts: [{ text: "Analyse this photo." }, picture] }],
    generationConfig: {
      maxOutputTokens: Number(Deno.env.get("GEMINI_MAX_TOKENS") ?? 900),
      responseMimeType: "application/json",
      responseJsonSchema: SCHEMA,
    },
  };
}

// deno-lint-ignore no-explicit-any
function analysisIn(answer: any) {
  const reason = answer.promptFeedback?.blockReason ?? answer.candidates?.[0]?.finishReason;
  if (!answer.candidates?.length || reason === "SAFETY") throw new Error(`Gemini blocked the picture: ${reason}`);
  return parsed("Gemini", answer.candidates[0].content?.parts?.[0]?.text);
}
