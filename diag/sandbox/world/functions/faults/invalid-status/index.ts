// Answers with a status that HTTP does not know, past Deno.serve, which would not let it.
const [, hostname, port] = (Deno.env.get("DENO_SERVE_ADDRESS") ?? "").split(":");
const ANSWER = new TextEncoder().encode("HTTP/1.1 700 Analysed\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");

for await (const connection of Deno.listen({ hostname, port: Number(port) })) {
  await connection.read(new Uint8Array(65_536)).catch(() => null);
  await connection.write(ANSWER).catch(() => 0);
  connection.close();
}
