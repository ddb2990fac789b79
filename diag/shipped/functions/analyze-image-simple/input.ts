// What a caller may send, and the refusal that tells what is wrong with it.

import { z } from "npm:zod@4.6.7";
import { Failure } from "../_shared/answer.ts";

const id = z.union([z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "is no id"), z.int().nonnegative().transform(String)]);

const Input = z.object({
  image_id: id.nullish(),
  image_url: z.url({ protocol: /^https?$/, error: "is no http or https URL" }).max(4096).refine(
    (url) => !/^[a-z]+:\/\/[^/?#]*@/i.test(url),
    "carries a user name or password",
  ).nullish(),
  vehicle_id: id.nullish(),
  force_reprocess: z.boolean().default(false),
  dry_run: z.boolean().default(false),
}).refine((input) => input.dry_run || input.image_id != null, {
  path: ["image_id"],
  error: "is required (dry_run: true has a bare picture looked at and stores nothing)",
}).refine((input) => !input.dry_run || input.image_url != null, {
  path: ["image_url"],
  error: "is required for a dry run",
});

/** A picture without a row: it is looked at, and nothing is stored. */
export interface Bare {
  kind: "bare";
  imageUrl: string;
}

export interface Wanted {
  kind: "row";
  imageId: string;
  /** null: the row's own URL. */
  imageUrl: string | null;
  /** null: not said, the row's own holds. */
  vehicleId: string | null;
  /** Analyse again whatever is stored, and take over a row that another call has claimed. */
  force: boolean;
}

/** Unknown fields are ignored: callers of the full function send more. Throws a Failure. */
export function readRequest(body: unknown): Bare | Wanted {
  const result = Input.safeParse(body);
  if (!result.success) throw invalid(result.error);
  const { image_id, image_url, vehicle_id, force_reprocess, dry_run } = result.data;
  if (dry_run) return { kind: "bare", imageUrl: image_url ?? "" };
  return {
    kind: "row",
    imageId: image_id ?? "",
    imageUrl: image_url ?? null,
    vehicleId: vehicle_id ?? null,
    force: force_reprocess,
  };
}

function invalid(error: z.ZodError): Failure {
  const problems = error.issues.map((issue) => `${issue.path.join(".") || "the body"}: ${issue.message}`);
  return new Failure(400, {
    code: "invalid_input",
    message: `Bad request: ${problems.join("; ")}`.slice(0, 500),
    retryable: false,
    problems,
  });
}
