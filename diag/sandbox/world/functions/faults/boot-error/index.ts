// Does not start: a module that is needed at once reads a setting that is not there.
const settings: { region: string } = JSON.parse(Deno.env.get("PIPELINE_SETTINGS") ?? "null");
const region = settings.region;

Deno.serve(() => Response.json({ region }));
