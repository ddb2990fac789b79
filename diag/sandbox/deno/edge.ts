// What functions find on the hosted platform beside `fetch`: EdgeRuntime, and vendors reached through node:http(s), as
// axios and older SDKs do it.
import http from "node:http";
import https from "node:https";
import { syncBuiltinESMExports } from "node:module";
import { redirected } from "./preload.ts";

type Options = http.RequestOptions & { pathname?: string; search?: string };
type Callback = (response: http.IncomingMessage) => void;

const request = http.request;

function addressOf(options: Options, scheme: string): URL {
  const host = (options.hostname ?? options.host ?? "localhost").replace(/:\d+$/, "");
  const port = options.port ? `:${options.port}` : "";
  return new URL(`${options.protocol ?? scheme}//${host}${port}${options.path ?? "/"}`);
}

function throughStandIn(scheme: string) {
  return (...given: [string | URL | Options, (Options | Callback)?, Callback?]): http.ClientRequest => {
    const [first, second] = given;
    const isAddress = typeof first === "string" || first instanceof URL;
    const options = { ...(isAddress ? (typeof second === "function" ? {} : second) : first) } as Options;
    const callback = given.find((each) => typeof each === "function") as Callback | undefined;
    const asked = isAddress ? new URL(first) : addressOf(options, scheme);
    const target = new URL(redirected(asked.href));
    if (target.href === asked.href && target.protocol === "http:") return Reflect.apply(request, http, given);
    const headers = { host: asked.host, ...options.headers }; // a signature covers the host that was asked for
    const way = { protocol: "http:", hostname: target.hostname, host: target.hostname, port: target.port };
    const own = { agent: undefined, createConnection: undefined };
    const path = target.pathname + target.search;
    return request({ ...options, ...way, ...own, path, headers } as http.RequestOptions, callback);
  };
}

for (const [module, scheme] of [[http, "http:"], [https, "https:"]] as const) {
  const send = throughStandIn(scheme);
  module.request = send as typeof http.request;
  module.get = ((...given: Parameters<typeof send>) => {
    const sent = send(...given);
    sent.end();
    return sent;
  }) as typeof http.get;
}
syncBuiltinESMExports();

// On the platform a promise given to waitUntil keeps the worker alive; here nothing ends it before its work is done.
const EdgeRuntime = {
  waitUntil(promise: Promise<unknown>): void {
    Promise.resolve(promise).catch((error) => console.error("EdgeRuntime.waitUntil:", error));
  },
};
Object.assign(globalThis, { EdgeRuntime });
