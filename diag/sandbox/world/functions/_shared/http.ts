// Requests and answers of analyze-image.

export interface Job {
  image_url: string;
  vehicle_id?: string;
  image_id?: string; // without it nothing is stored: a bare picture is only looked at
  force_reprocess?: boolean;
}

export class BadRequest extends Error {}

const CORS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers": "authorization, x-client-info, apikey, content-type",
};

export function json(body: unknown, status = 200): Response {
  return Response.json(body, { status, headers: CORS });
}

export async function readJob(request: Request): Promise<Job> {
  const job = await request.json().catch(() => null);
  if (typeof job?.image_url !== "string" || job.image_url === "") {
    throw new BadRequest("image_url is required");
  }
  return job as Job;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// Serves a handler for POST: OPTIONS is answered at once, what it throws becomes {"error": message}.
export function serve(handle: (job: Job) => Promise<unknown>): void {
  Deno.serve(async (request) => {
    if (request.method === "OPTIONS") return new Response("ok", { headers: CORS });
    try {
      return json(await handle(await readJob(request)));
    } catch (error) {
      console.error("analyze-image failed:", messageOf(error));
      return json({ error: messageOf(error) }, error instanceof BadRequest ? 400 : 500);
    }
  });
}

export function isPaused(): boolean {
  return Deno.env.get("NUKE_ANALYSIS_PAUSED") === "true";
}
