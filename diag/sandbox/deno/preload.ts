// Runs before a function's own code. Vendor hosts lead to the sandbox's stand-ins, every other host is refused with a
// message that says so (Deno's own --allow-net fence stands behind this one).
//
// NUKEDIAG_UPSTREAMS: {"api.openai.com": "http://127.0.0.1:1234", "*.amazonaws.com": ...}; "*" stands for one or more
// labels. It is taken out of the environment, as the function would not see it on the hosted platform either.

const upstreams: Record<string, string> = JSON.parse(Deno.env.get("NUKEDIAG_UPSTREAMS") ?? "{}");
Deno.env.delete("NUKEDIAG_UPSTREAMS");

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);
const realFetch = globalThis.fetch;

function standIn(host: string): string | undefined {
  if (host in upstreams) return upstreams[host];
  const wildcard = Object.keys(upstreams).find((name) => name.startsWith("*.") && host.endsWith(name.slice(1)));
  return wildcard && upstreams[wildcard];
}

export function redirected(address: string): string {
  const url = new URL(address);
  if (!url.protocol.startsWith("http") || LOOPBACK.has(url.hostname)) return address;
  const target = standIn(url.hostname);
  // What fetch throws for a host name that does not resolve.
  if (!target) {
    const refused = `error sending request for url (${url.origin}/): the sandbox has no stand-in for it`;
    console.error(refused); // functions tend to swallow it
    throw new TypeError(refused);
  }
  return target + url.pathname + url.search;
}

// What goes wrong on the way to a stand-in is told of the address that the function asked for.
function asAsked(error: unknown, asked: string, address: string): unknown {
  if (error instanceof TypeError) error.message = error.message.replaceAll(address, asked); // fetch throws these
  return error;
}

globalThis.fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
  const request = input instanceof Request ? input : undefined;
  const asked = request ? request.url : new URL(String(input)).href;
  const address = redirected(asked);
  try {
    return await realFetch(request ? new Request(address, request) : address, init);
  } catch (error) {
    throw asAsked(error, asked, address);
  }
};

// What the function says on its console goes out as one line a call, with its level, so that the sandbox's logs can tell
// a message of several lines from several messages, as the hosted logs do. U+001E marks such a line.
import { format } from "node:util";

const spoken = console.error;
const LEVELS = { log: "info", info: "info", debug: "debug", warn: "warning", error: "error" } as const;
for (const [name, level] of Object.entries(LEVELS)) {
  console[name as keyof typeof LEVELS] = (...words: unknown[]) =>
    spoken("\u001e" + JSON.stringify({ level, text: format(...words) }));
}
