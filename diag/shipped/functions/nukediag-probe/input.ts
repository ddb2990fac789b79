// What may be asked of the probe.

import { z } from "npm:zod@4.6.7";
import { Failure } from "../_shared/answer.ts";

const PROVIDERS = ["openai", "aws", "gemini", "supabase"] as const;
export type Provider = typeof PROVIDERS[number];

const USUAL = [
  "OPENAI_API_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_REGION",
  "GEMINI_API_KEY",
  "GOOGLE_API_KEY",
  "SERVICE_ROLE_KEY",
  "SUPABASE_URL",
  "SUPABASE_SERVICE_ROLE_KEY",
  "SUPABASE_SECRET_KEYS",
];

const word = (pattern: RegExp) => z.string().regex(pattern);
const name = word(/^[A-Za-z_][A-Za-z0-9_]{0,255}$/);
const Input = z.object({
  names: z.array(name).max(100).default(USUAL),
  verify: z.union([z.boolean(), z.array(z.enum(PROVIDERS))]).default(false)
    .transform((verify): readonly Provider[] => verify === true ? PROVIDERS : verify || []),
  model: word(/^[A-Za-z0-9._:-]{1,100}$/).default("gpt-4o-mini"),
  table: word(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/).default("vehicle_images"),
  column: word(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/).default("id"),
});
export type Asked = z.infer<typeof Input>;

/** Throws a Failure. */
export function readAsked(body: unknown): Asked {
  const result = Input.safeParse(body);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join(".") || "the body"}: ${issue.message}`);
  const message = `Bad request: ${problems.join("; ")}`.slice(0, 500);
  throw new Failure(400, { code: "invalid_input", message, retryable: false, problems: problems.slice(0, 20) });
}
