// nukediag-probe: what the project's functions see of their secrets, and what the providers say to them from here.
//
// It answers no value, only presence, length class, fingerprint and verdicts, and it answers them to nobody but the
// holder
// of a service key. Remove it when it is no longer needed: `supabase functions delete nukediag-probe`.

import { handle } from "./handler.ts";

Deno.serve((request) => handle(request, Deno.env.toObject()));
