// analyze-image, lenient: swallows what Rekognition, the models and the database refuse, stores what is left as
// completed, and answers 200 all the same. Such functions exist in the field, which is why this one does.
import { type Job, messageOf, readJob, serve } from "../../_shared/http.ts";
import { detectLabels, type Tag } from "../../_shared/labels.ts";
import { download } from "../../_shared/picture.ts";
import { ModelRefusal } from "../../_shared/question.ts";
import { begin, save } from "../../_shared/store.ts";
import { insteadOfWork } from "../../_shared/switches.ts";
import { analyse, type Analysis, checkKeys } from "../../_shared/vision.ts";

async function analyseImage(request: Request): Promise<unknown> {
  const instead = insteadOfWork(request);
  if (instead) return instead;
  const job = await readJob(request);
  const done = await begin(job).catch(logged(null));
  if (done) return { success: true, cached: true, image_id: job.image_id, analysis: done.stored };
  const tags = await labels(job);
  const analysis = await appraisal(job);
  await save(job, tags, analysis, "completed").catch(logged(undefined));
  return { success: true, cached: false, image_id: job.image_id, tags, ...analysis };
}

async function labels(job: Job): Promise<Tag[]> {
  try {
    return await detectLabels(await download(job.image_url));
  } catch (error) {
    return logged<Tag[]>([])(error);
  }
}

async function appraisal(job: Job): Promise<Analysis> {
  try {
    checkKeys();
  } catch {
    return failedAppraisal("api_key_missing", "No OpenAI API key available");
  }
  try {
    return await analyse(job.image_url);
  } catch (error) {
    console.error("vision failed:", messageOf(error));
    const status = error instanceof ModelRefusal ? `returned status ${error.status}` : "could not be reached";
    return failedAppraisal("openai_failed", `OpenAI ${status}`);
  }
}

function failedAppraisal(subject: string, description: string): Analysis {
  return { appraisal: { category: "error", subject, description } };
}

function logged<Value>(instead: Value): (error: unknown) => Value {
  return (error) => {
    console.error("ignored:", messageOf(error));
    return instead;
  };
}

serve(analyseImage);
