// analyze-image-simple: the photo analysis without AWS. One OpenAI vision call per image, the same tables written.
//
// Environment: OPENAI_API_KEY; optional OPENAI_BASE_URL, OPENAI_MODEL, NUKE_ANALYSIS_PAUSED, SERVICE_ROLE_KEY.
// Deploy it with the JWT check on: whoever may call it may spend the OpenAI key's money.

import { handle } from "./handler.ts";
import { readSettings } from "./settings.ts";

Deno.serve((request) => handle(request, readSettings));
