import { nothing } from "https://deno.land/x/nothing_of_the_kind@v1.0.0/mod.ts";

Deno.serve(() => Response.json(nothing));
