// Writes down what is said in one recording.
import { createClient } from "npm:@supabase/supabase-js@2.119.1";

interface Job {
  recording_id: string;
  audio_url: string;
}

async function transcribe(url: string): Promise<string> {
  const recording = await fetch(url);
  if (!recording.ok) throw new Error(`the recording cannot be fetched: ${recording.status} from ${new URL(url).host}`);
  const form = new FormData();
  form.append("model", "whisper-1");
  form.append("file", new File([await recording.blob()], url.split("/").pop()!));
  const answer = await fetch("https://api.openai.com/v1/audio/transcriptions", {
    method: "POST",
    headers: { Authorization: `Bearer ${Deno.env.get("OPENAI_API_KEY")}` },
    body: form,
  });
  if (!answer.ok) throw new Error(`OpenAI API error ${answer.status}: ${await answer.text()}`);
  return (await answer.json()).text;
}

async function store(recordingId: string, text: string): Promise<void> {
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { error } = await supabase
    .from("transcripts")
    .upsert({ recording_id: recordingId, text, language: Deno.env.get("TRANSCRIPT_LANGUAGE") ?? "en" }, {
      onConflict: "recording_id",
    });
  if (error) throw new Error(error.message);
}

Deno.serve(async (request) => {
  try {
    const job: Job = await request.json();
    if (!job.audio_url) return Response.json({ error: "audio_url is required" }, { status: 400 });
    const text = await transcribe(job.audio_url);
    await store(job.recording_id, text);
    return Response.json({ success: true, text });
  } catch (error) {
    return Response.json({ error: (error as Error).message }, { status: 500 });
  }
});
