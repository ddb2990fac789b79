// Starts work that nobody waits for, and that fails: an exception outside the handler ends the whole worker.
Deno.serve(async (request) => {
  if (request.method === "OPTIONS") return new Response("ok");
  setTimeout(() => {
    throw new Error("upload of the thumbnail failed");
  });
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  return Response.json({ success: true });
});
