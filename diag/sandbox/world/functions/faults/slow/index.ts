// analyze-image, strict, that waits for seconds before it begins: whoever gives up on it meanwhile does not stop it.
const DELAY = 2500; // milliseconds

const serve = Deno.serve;
type Handler = (request: Request) => Response | Promise<Response>;
const late = (handle: Handler) =>
  serve(async (request) => {
    if (request.method === "POST") await new Promise((resolve) => setTimeout(resolve, DELAY));
    return await handle(request);
  });
Object.defineProperty(Deno, "serve", { value: late });

await import("../../strict/analyze-image/index.ts");
