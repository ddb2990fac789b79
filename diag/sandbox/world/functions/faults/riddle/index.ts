// Answers with a status and words that nobody has agreed upon.
Deno.serve((request) => {
  if (request.method === "OPTIONS") return new Response("ok");
  return new Response("E-7741", { status: 444 });
});
