// Stores the embedding of one document.
import { createClient } from "npm:@supabase/supabase-js@2.119.1";

const MODEL = "text-embedding-3-small";

async function embed(text: string): Promise<number[]> {
  const answer = await fetch("https://api.openai.com/v1/embeddings", {
    method: "POST",
    headers: { Authorization: `Bearer ${Deno.env.get("OPENAI_API_KEY")}`, "Content-Type": "application/json" },
    body: JSON.stringify({ model: MODEL, input: text }),
  });
  if (!answer.ok) throw new Error(`OpenAI API error ${answer.status}: ${await answer.text()}`);
  return (await answer.json()).data[0].embedding;
}

Deno.serve(async (request) => {
  try {
    const { document_id, content } = await request.json();
    const embedding = await embed(content);
    const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
    const { error } = await supabase.from("documents").update({ embedding: JSON.stringify(embedding) }).eq("id", document_id);
    if (error) throw new Error(error.message);
    return Response.json({ success: true, document_id, model: MODEL, dimensions: embedding.length });
  } catch (error) {
    return Response.json({ error: (error as Error).message }, { status: 500 });
  }
});
