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

function redirected(address: string): string {
  const url = new URL(address);
  if (!url.protocol.startsWith("http") || LOOPBACK.has(url.hostname)) return address;
  const target = standIn(url.hostname);
  // What fetch throws for a host name that does not resolve.
  if (!target) throw new TypeError(`error sending request for url (${url.origin}/): the sandbox has no stand-in for it`);
  return target + url.pathname + url.search;
}

// What goes wrong on the way to a stand-in is told of the address that the function asked for.
function asAsked(error: unknown, asked: string, address: string): unknown {
  if (error instanceof Error) error.message = error.message.replaceAll(address, asked);
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
