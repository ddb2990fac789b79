// analyze-image, strict: whatever fails ends the call with 500 {"error": message}.
//
// The vision model is asked before Rekognition: it fails more often and costs more, so that a call that fails there
// has cost nothing, and can be tried again without paying for the labels twice.
import { isPaused, type Job, serve } from "../../_shared/http.ts";
import { detectLabels, rekognition } from "../../_shared/labels.ts";
import { download } from "../../_shared/picture.ts";
import { begin, markFailed, save } from "../../_shared/store.ts";
import { analyse, openaiKey } from "../../_shared/vision.ts";

async function analyseImage(job: Job): Promise<unknown> {
  if (isPaused()) return { success: false, paused: true, message: "Image analysis is paused" };
  openaiKey();
  rekognition();
  const done = await begin(job);
  if (done) return { success: true, cached: true, image_id: job.image_id, analysis: done.stored };
  try {
    return await fresh(job);
  } catch (error) {
    await markFailed(job);
    throw error;
  }
}

async function fresh(job: Job): Promise<unknown> {
  const picture = await download(job.image_url);
  const analysis = await analyse(job.image_url);
  const tags = await detectLabels(picture);
  await save(job, tags, analysis, analysis.appraisal ? "completed" : "partial");
  return { success: true, cached: false, image_id: job.image_id, tags, ...analysis };
}

serve(analyseImage);
