Deno.serve(() => Response.json({ draft: true }));
