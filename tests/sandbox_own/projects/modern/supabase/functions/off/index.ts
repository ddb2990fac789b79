Deno.serve(() => Response.json({ off: true }));
