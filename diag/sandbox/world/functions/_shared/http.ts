// Requests and answers of analyze-image.

export interface Job {
  image_url: string;
  vehicle_id?: string;
  image_id?: string; // without it nothing is stored: a bare picture is only looked at
  force_reprocess?: boolean;
}

// What the function answers with when it turns a request down.
export class Declined extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

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
    throw new Declined(400, "image_url is required");
  }
  return job as Job;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// Serves a handler for POST: OPTIONS is answered at once, what it throws becomes {"error": message}.
export function serve(handle: (request: Request) => Promise<unknown>): void {
  Deno.serve(async (request) => {
    if (request.method === "OPTIONS") return new Response("ok", { headers: CORS });
    try {
      const answer = await handle(request);
      return answer instanceof Response ? answer : json(answer);
    } catch (error) {
      console.error("analyze-image failed:", messageOf(error));
      return failed(error);
    }
  });
}

function failed(error: unknown): Response {
  // Some clients cannot look into an answer that is no 200; the price is that nobody learns the cause.
  if (Deno.env.get("NUKE_SOFT_ERRORS") === "true") return json({ success: false, error: "Analysis failed" });
  return json({ error: messageOf(error) }, error instanceof Declined ? error.status : 500);
}
