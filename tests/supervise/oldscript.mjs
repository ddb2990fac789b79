// A stand-in for the old backfill script, on the client that it uses: batches with a barrier, four tries, its lines,
// and exit code 0 whatever happens. Runs in Node and in Deno. Arguments: batch size, pause in ms, first wait in ms.
import process from "node:process";
import { createClient } from "@supabase/supabase-js";

const [size, pause, firstWait] = process.argv.slice(2).map(Number);
const supabase = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_SERVICE_ROLE_KEY);
const retries = 3;
const errors = [];
const sleep = (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds));

async function analyze(image, retry = 0) {
  console.log(`   Analyzing: ${image.id.slice(0, 8)}... (${image.file_name ?? "unnamed"})`);
  const body = { image_url: image.image_url, vehicle_id: image.vehicle_id, image_id: image.id };
  const { error } = await supabase.functions.invoke("analyze-image", { body });
  if (!error) {
    const now = new Date().toISOString();
    await supabase.from("vehicle_images").update({ ai_last_scanned: now }).eq("id", image.id);
    console.log("   ✅ Success");
    return true;
  }
  if (retry < retries) {
    console.log(`   ⚠️  Error: ${error.message}`);
    console.log(`   🔄 Retry ${retry + 1}/${retries} in ${2 ** retry * 1000}ms...`);
    await sleep(2 ** retry * firstWait);
    return analyze(image, retry + 1);
  }
  console.log(`   ❌ Failed after ${retries} retries: ${error.message}`);
  errors.push(`   - ${image.id}: ${error.message}`);
  return false;
}

async function main() {
  console.log(`🚀 BACKFILL ALL IMAGES - AI ANALYSIS (process ${process.pid})`);
  const { data: images, error } = await supabase
    .from("vehicle_images")
    .select("id, image_url, vehicle_id")
    .is("ai_last_scanned", null)
    .not("vehicle_id", "is", null)
    .order("created_at", { ascending: false });
  if (error) {
    console.error("❌ Failed to fetch images:", error.message);
    process.exit(1);
  }
  console.log(`\n📸 Found ${images.length} unprocessed images total`);
  const batches = Math.ceil(images.length / size);
  let good = 0;
  for (let number = 0; number < batches; number++) {
    const batch = images.slice(number * size, (number + 1) * size);
    console.log(`\n[Batch ${number + 1}/${batches}] Processing ${batch.length} images...`);
    good += (await Promise.all(batch.map((image) => analyze(image)))).filter(Boolean).length;
    const done = number * size + batch.length;
    console.log(`📊 Progress: ${done}/${images.length} (${Math.round((100 * done) / images.length)}%) - 10.0/min - ETA: 6min`);
    await sleep(pause);
  }
  console.log(`🏁 BACKFILL COMPLETE\n   Total found: ${images.length}\n   Processed: ${images.length}`);
  console.log(`   ✅ Succeeded: ${good}\n   ❌ Failed: ${errors.length}\n   ⏭️  Skipped: 0`);
  console.log(`\n❌ Errors (${errors.length}):\n${errors.slice(0, 10).join("\n")}`);
}

await main();
