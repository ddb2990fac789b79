// Compares the picture with itself, pixel by pixel, and never finishes.
Deno.serve((request) => {
  if (request.method === "OPTIONS") return new Response("ok");
  let difference = 0;
  for (let pixel = 0; difference >= 0; pixel++) difference += Math.abs(Math.sin(pixel));
  return Response.json({ difference });
});
