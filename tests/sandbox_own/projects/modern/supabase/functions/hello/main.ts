// Speaks through node:https, reads variables, and tries to reach a host that the sandbox does not stand for.
import { get } from "node:https";
import axios from "axios";
import { encode } from "https://deno.land/std@0.177.0/encoding/base64.ts";
import { delay } from "jsr:@std/async@1/delay";
import { join } from "https://deno.land/std/path/mod.ts";

const named = (url: string) =>
  new Promise((resolve) =>
    get(url, (response) => response.resume().on("end", () => resolve(response.statusCode)))
      .on("error", (error) => resolve(error.message))
  );

Deno.serve({ port: 8000 }, async () => {
  await delay(1);
  const headers = { Authorization: `Bearer ${Deno.env.get("OPENAI_API_KEY")}` };
  const models = await axios.get("https://api.openai.com/v1/models", { headers });
  const elsewhere = await fetch("https://example.com/").then(() => "reached", (error) => error.message);
  EdgeRuntime.waitUntil(Promise.resolve());
  return Response.json({
    models: models.data.data.length,
    named: await named("https://api.openai.com/v1/models"),
    nowhere: await named("https://example.com/"),
    elsewhere,
    encoded: encode("hello"),
    joined: join("a", "b"),
    greeting: Deno.env.get("GREETING"),
    aliased: Deno.env.get("MY_MODEL_KEY") === Deno.env.get("OPENAI_API_KEY"),
  });
});
