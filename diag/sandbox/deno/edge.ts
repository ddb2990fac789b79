// What functions find on the hosted platform beside `fetch`: EdgeRuntime, and vendors reached through node:http(s), as
// axios and older SDKs do it.
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { redirected } from "./preload.ts";

interface Place {
  host?: string;
  port?: number | string;
}
type Connected = (error: Error | null, socket?: net.Socket) => void;
type Connecting = { createConnection(place: Place, connected?: Connected): net.Socket | undefined };

// Where a connection is made, and not in `request`: a module that imports that by name would keep the original. The
// request itself stays as it was asked for, its Host header included, which a signature covers.
for (const [module, scheme] of [[http, "http:"], [https, "https:"]] as const) {
  const agent = module.Agent.prototype as unknown as Connecting;
  const connect = agent.createConnection;
  agent.createConnection = function (place, connected) {
    const asked = `${scheme}//${place.host ?? "localhost"}:${place.port ?? module.globalAgent.defaultPort}/`;
    try {
      const target = new URL(redirected(asked));
      if (target.href === new URL(asked).href) return connect.call(this, place, connected);
      return net.connect(Number(target.port), target.hostname);
    } catch (error) {
      connected?.(error as Error);
    }
  };
}

// On the platform a promise given to waitUntil keeps the worker alive; here nothing ends it before its work is done.
const EdgeRuntime = {
  waitUntil(promise: Promise<unknown>): void {
    Promise.resolve(promise).catch((error) => console.error("EdgeRuntime.waitUntil:", error));
  },
};
Object.assign(globalThis, { EdgeRuntime });
