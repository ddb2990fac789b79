// Keeps every tile of the picture, at full size, until the memory is used up.
const TILE = 8 * 1024 * 1024; // bytes

Deno.serve(async (request) => {
  if (request.method === "OPTIONS") return new Response("ok");
  const tiles: Uint8Array[] = [];
  for (;;) {
    tiles.push(new Uint8Array(TILE).fill(tiles.length));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
});
