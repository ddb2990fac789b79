// What is kept in the database. Whatever runs twice must leave the same rows: every write is an upsert.
import { createClient, type SupabaseClient } from "npm:@supabase/supabase-js@2.119.1";
import type { Job } from "./http.ts";
import type { Tag } from "./labels.ts";
import { model } from "./openai.ts";
import type { Analysis } from "./vision.ts";

type Answer = { error: { message: string } | null };

let client: SupabaseClient | undefined;

export function database(): SupabaseClient {
  client ??= createClient(
    Deno.env.get("PROJECT_URL") ?? Deno.env.get("SUPABASE_URL") ?? "",
    Deno.env.get("SERVICE_ROLE_KEY") ?? "",
    {
      auth: { persistSession: false, autoRefreshToken: false },
    },
  );
  return client;
}

// Marks the row as being worked on. Gives its stored analysis instead where it is completed already.
export async function begin(job: Job): Promise<{ stored: Record<string, unknown> | null } | null> {
  if (!job.image_id) return null;
  const images = database().from("vehicle_images");
  const update = images.update({ ai_processing_status: "processing" }).eq("id", job.image_id);
  const claim = job.force_reprocess ? update : update.neq("ai_processing_status", "completed");
  const { data, error } = await claim.select("id");
  if (error) throw new Error(error.message);
  return data.length > 0 ? null : await storedAnalysis(job.image_id);
}

async function storedAnalysis(imageId: string) {
  const row = await database().from("vehicle_images").select("ai_scan_metadata").eq("id", imageId).single();
  if (row.error) throw new Error(row.error.message);
  return { stored: row.data.ai_scan_metadata };
}

export async function save(job: Job, tags: Tag[], analysis: Analysis, status: string): Promise<void> {
  if (!job.image_id) return;
  const answers = await Promise.all(results(job, tags, analysis));
  throwFirst(answers);
  const metadata = {
    rekognition: { labels: tags },
    appraiser: analysis.appraisal ?? null,
    model: model(),
    scanned_at: new Date().toISOString(),
  };
  const row = { ai_scan_metadata: metadata, ai_processing_status: status };
  throwFirst([await database().from("vehicle_images").update(row).eq("id", job.image_id)]);
}

export async function markFailed(job: Job): Promise<void> {
  if (!job.image_id) return;
  await database().from("vehicle_images").update({ ai_processing_status: "failed" }).eq("id", job.image_id);
}

function results(job: Job, tags: Tag[], analysis: Analysis): PromiseLike<Answer>[] {
  const key = { image_id: job.image_id, vehicle_id: job.vehicle_id ?? null };
  const into = (table: string, records: object[], unique: string) =>
    records.length === 0 ? [] : [
      database().from(table).upsert(records.map((record) => ({ ...key, ...record })), { onConflict: unique }),
    ];
  const tagged = tags.map((tag) => ({ tag_name: tag.name, confidence: tag.confidence }));
  return [
    ...into("image_tags", tagged, "image_id,tag_name"),
    ...into("component_conditions", analysis.components ?? [], "image_id,component"),
    ...into("paint_quality_assessments", analysis.paint ? [analysis.paint] : [], "image_id"),
    ...into("vehicle_spid_data", analysis.spid ? [analysis.spid] : [], "image_id"),
  ];
}

function throwFirst(answers: Answer[]): void {
  const failed = answers.find((answer) => answer.error);
  if (failed?.error) throw new Error(failed.error.message);
}
