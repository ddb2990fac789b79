// One call of analyze-image-simple on stand-ins, as the tests tell it.

import { handle } from "../../../diag/shipped/functions/analyze-image-simple/handler.ts";
import type { Settings } from "../../../diag/shipped/functions/analyze-image-simple/settings.ts";
import { Database } from "./database.ts";
import { ANALYSIS, type Asked, completion, post, settingsFor, StandIn } from "./stand_ins.ts";

export const ID = "6a1c8f0e-0000-4000-8000-000000000001";
export const VEHICLE = "6a1c8f0e-0000-4000-8000-0000000000aa";
export const PICTURE = "http://photos.test/1.jpg";

export function pending(more: Record<string, unknown> = {}) {
  const image = { id: ID, vehicle_id: VEHICLE, image_url: PICTURE };
  return { ...image, ai_processing_status: "pending", ai_scan_metadata: null, ...more };
}

export interface Scene {
  database: Database;
  openAi: StandIn;
  settings: Settings;
  call: (body?: Record<string, unknown>) => Promise<{ status: number; body: Answer; headers: Headers }>;
}

// deno-lint-ignore no-explicit-any -- the answers are what the tests look into
export type Answer = any;

/** Tells a story about one row, a data API and an OpenAI; `openAiAnswer` is told the number of the request. */
export async function scene(
  image: Record<string, unknown> | null,
  openAiAnswer: (asked: Asked, number: number) => Response | Promise<Response>,
  tell: (scene: Scene) => Promise<void>,
): Promise<void> {
  await using database = new Database(...(image ? [image] : []));
  let number = 0;
  await using openAi = new StandIn((asked) => openAiAnswer(asked, ++number));
  const settings = settingsFor(openAi, database.server);
  const call = async (body: Record<string, unknown> = {}) => {
    const response = await handle(
      post({ image_id: ID, image_url: PICTURE, vehicle_id: VEHICLE, ...body }),
      () => settings,
    );
    return { status: response.status, body: await response.json(), headers: response.headers };
  };
  await tell({ database, openAi, settings, call });
}

export const well = () => completion(ANALYSIS);
