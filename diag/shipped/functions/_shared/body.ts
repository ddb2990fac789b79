// The request's JSON body, read with a limit: nobody may fill the worker's memory.

import { Failure } from "./answer.ts";

export async function readJson(request: Request, limit: number): Promise<unknown> {
  const text = await readText(request, limit);
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure(400, { code: "body_not_json", message: "The request body is not JSON.", retryable: false });
  }
}

async function readText(request: Request, limit: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of request.body ?? []) {
    size += piece.byteLength;
    if (size > limit) throw tooLarge(limit);
    pieces.push(piece);
  }
  return new TextDecoder().decode(await new Blob(pieces as BlobPart[]).arrayBuffer());
}

function tooLarge(limit: number): Failure {
  return new Failure(413, {
    code: "body_too_large",
    message: `The request body is larger than ${limit} bytes.`,
    retryable: false,
  });
}

/** POST goes on, anything else is refused. OPTIONS is answered before this is asked. */
export function requirePost(request: Request): void {
  if (request.method === "POST") return;
  throw new Failure(405, {
    code: "method_not_allowed",
    message: `Use POST, not ${request.method.slice(0, 20)}.`,
    retryable: false,
  });
}
