// As many functions look that were written from the platform's early examples: imports by URL, every error swallowed,
// and a debug object in the answer that says too much.
import "jsr:@supabase/functions-js/edge-runtime.d.ts";
import { serve } from "https://deno.land/std@0.168.0/http/server.ts";
import { createClient } from "https://esm.sh/@supabase/supabase-js@2.39.3?target=deno";
import { corsHeaders } from "../_shared/cors.ts";

serve(async (req) => {
  if (req.method === "OPTIONS") return new Response("ok", { headers: corsHeaders });
  const { image_url, image_id, vehicle_id } = await req.json();
  const supabase = createClient(
    Deno.env.get("SUPABASE_URL") ?? "",
    Deno.env.get("SUPABASE_SERVICE_ROLE_KEY") ?? "",
  );
  const key = Deno.env.get("OPENAI_KEY");
  let appraisal = null;
  try {
    const response = await fetch("https://api.openai.com/v1/chat/completions", {
      method: "POST",
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
      body: JSON.stringify({
        model: "gpt-4o-mini",
        messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: image_url } }] }],
        response_format: { type: "json_object" },
      }),
    });
    appraisal = JSON.parse((await response.json()).choices[0].message.content);
  } catch (error) {
    console.error("vision failed", String(error));
  }
  const tags = [{ tag_name: "vehicle", confidence: 50 }];
  await supabase.from("image_tags").upsert(tags.map((tag) => ({ ...tag, image_id, vehicle_id })), {
    onConflict: "image_id,tag_name",
  });
  await supabase.from("vehicle_images").update({ ai_last_scanned: new Date().toISOString() }).eq("id", image_id);
  const debug = { openai: key?.slice(0, 10), length: key?.length };
  return new Response(JSON.stringify({ success: true, tags, appraisal, debug }), {
    headers: { ...corsHeaders, "Content-Type": "application/json" },
  });
});
