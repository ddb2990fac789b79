// A careful function: asks the database before it pays, and lets every error end the call with what caused it.
import OpenAI from "openai";
import { z } from "zod";
import { database } from "../_shared/database.ts";

const Job = z.object({ image_url: z.string().url(), image_id: z.string().uuid(), vehicle_id: z.string().uuid() });

async function analyse(job: z.infer<typeof Job>) {
  const supabase = database();
  const row = await supabase.from("vehicle_images").select("id").eq("id", job.image_id).single();
  if (row.error) throw new Error(`Supabase ${row.error.code}: ${row.error.message}`);
  const openai = new OpenAI({ maxRetries: 0, timeout: 10_000 });
  const completion = await openai.chat.completions.create({
    model: "gpt-4o-mini",
    messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: job.image_url } }] }],
    response_format: { type: "json_object" },
  });
  const appraisal = JSON.parse(completion.choices[0].message.content ?? "");
  const tag = { image_id: job.image_id, vehicle_id: job.vehicle_id, tag_name: "vehicle", confidence: 50 };
  const saved = await supabase.from("image_tags").upsert(tag, { onConflict: "image_id,tag_name" });
  if (saved.error) throw new Error(`Supabase ${saved.error.code}: ${saved.error.message}`);
  return { success: true, tags: [tag], appraisal };
}

Deno.serve(async (request) => {
  try {
    return Response.json(await analyse(Job.parse(await request.json())));
  } catch (error) {
    if (error instanceof OpenAI.APIError) {
      return Response.json({ success: false, error: `OpenAI API error: ${error.message}`, code: error.code }, { status: 502 });
    }
    return Response.json({ success: false, error: String(error) }, { status: 500 });
  }
});
