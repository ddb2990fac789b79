// How the owner operates the function: switches in its secrets. Unset, they change nothing.
import { Declined, json } from "./http.ts";
import type { Tag } from "./labels.ts";

function isOn(name: string): boolean {
  return Deno.env.get(name) === "true";
}

// The answer in place of an analysis, where a switch asks for one. Throws `Declined` for what is turned down.
export function insteadOfWork(request: Request): unknown {
  if (isOn("NUKE_ANALYSIS_PAUSED")) return { success: false, paused: true, message: "Image analysis is paused" };
  if (isOn("NUKE_MAINTENANCE")) throw new Declined(503, "Down for maintenance, please try again later");
  const token = Deno.env.get("NUKE_CALLER_TOKEN");
  if (token && request.headers.get("x-nuke-token") !== token) throw new Declined(401, "Unauthorized");
  if (Deno.env.get("NUKE_API_VERSION") === "2") throw new Declined(400, "images must be a non-empty array");
  if (Deno.env.get("NUKE_DAILY_LIMIT") === "0") throw new Declined(429, "Daily analysis limit reached");
  if (isOn("NUKE_BACKGROUND")) return json({ status: "processing", job_id: crypto.randomUUID() }, 202);
  return undefined;
}

// Where to tell that a picture was analysed, if anywhere.
export function webhook(): string | undefined {
  if (!isOn("NUKE_NOTIFY")) return undefined;
  const url = Deno.env.get("NUKE_NOTIFY_URL");
  if (!url) throw new Error("Missing environment variable: NUKE_NOTIFY_URL");
  return url;
}

export async function notify(url: string | undefined, imageId: string | undefined): Promise<void> {
  if (!url) return;
  const response = await fetch(url, { method: "POST", body: JSON.stringify({ analysed: imageId }) });
  await response.body?.cancel();
}

// The owner's own names for labels.
export function renamed(tags: Tag[]): Tag[] {
  const names = JSON.parse(Deno.env.get("NUKE_TAG_NAMES") ?? "{}");
  return tags.map((tag) => ({ ...tag, name: names[tag.name] ?? tag.name }));
}

const VEHICLE = /vehicle|car|engine|machine|wheel|motor|text|dashboard/i;

export function checkSubject(tags: Tag[]): void {
  if (isOn("NUKE_VEHICLES_ONLY") && !tags.some((tag) => VEHICLE.test(tag.name))) {
    throw new Declined(422, "No vehicle could be recognised in this image");
  }
}
