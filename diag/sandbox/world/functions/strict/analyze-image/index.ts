// analyze-image, strict: whatever fails ends the call with 500 {"error": message}.
//
// The vision model is asked before Rekognition: it fails more often and costs more, so that a call that fails there
// has cost nothing, and can be tried again without paying for the labels twice.
import { history } from "../../_shared/history.ts";
import { type Job, readJob, serve } from "../../_shared/http.ts";
import { detectLabels, rekognition } from "../../_shared/labels.ts";
import { download } from "../../_shared/picture.ts";
import { begin, markFailed, save } from "../../_shared/store.ts";
import { checkSubject, insteadOfWork, notify, renamed, webhook } from "../../_shared/switches.ts";
import { analyse, checkKeys } from "../../_shared/vision.ts";

async function analyseImage(request: Request): Promise<unknown> {
  const instead = insteadOfWork(request);
  if (instead) return instead;
  checkKeys();
  rekognition();
  const hook = webhook();
  const job = await readJob(request);
  const done = await begin(job);
  if (done) return { success: true, cached: true, image_id: job.image_id, analysis: done.stored };
  try {
    const answer = await fresh(job);
    await notify(hook, job.image_id);
    return answer;
  } catch (error) {
    await markFailed(job);
    throw error;
  }
}

async function fresh(job: Job): Promise<unknown> {
  const picture = await download(job.image_url);
  const known = await history(job.vehicle_id);
  const analysis = await analyse(job.image_url);
  const tags = renamed(await detectLabels(picture));
  checkSubject(tags);
  await save(job, tags, analysis, analysis.appraisal ? "completed" : "partial");
  return { success: true, cached: false, image_id: job.image_id, tags, ...analysis, history: known };
}

serve(analyseImage);
