// Throws in its handler and catches nothing.
Deno.serve((request) => {
  if (request.method === "OPTIONS") return new Response("ok");
  throw new Error("no analysis for this request");
});
