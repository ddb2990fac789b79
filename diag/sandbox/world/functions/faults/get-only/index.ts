// A function that takes its picture as a query parameter of a GET, and nothing else.
Deno.serve((request) => {
  if (request.method === "OPTIONS") return new Response("ok");
  if (request.method !== "GET") return new Response("Method Not Allowed", { status: 405, headers: { Allow: "GET" } });
  return Response.json({ error: "image_url is required" }, { status: 400 });
});
