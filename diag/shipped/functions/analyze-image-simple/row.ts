// One row of the image table as this function reads it, and who may work on it now. Pure.

import type { Analysis } from "./analysis.ts";

export interface Row {
  id: string;
  vehicle_id: string | null;
  image_url: string | null;
  ai_processing_status: string | null;
  ai_scan_metadata: Metadata | null;
}

export interface Metadata {
  appraiser?: Record<string, unknown> | null;
  /** Who works on the row now. */
  claim?: Claim | null;
  /** What this function saw last, kept until its records are written, so that a paid call is never made twice. */
  simple?: Stored | null;
  [other: string]: unknown;
}

export interface Claim {
  token: string;
  until: string;
  /** The status before, given back where the work fails for no fault of the picture. */
  before: string | null;
}

export interface Stored {
  analysis: Analysis;
  model: string;
  analysed_at: string;
  image_url: string;
  tokens: { input: number | null; output: number | null };
  /** Whether the records in the result tables are written. */
  saved: boolean;
}

export type Plan = "work" | "busy" | "cached" | "save";

/**
 * `cached`: finished, with something usable behind it. `busy`: another call has it. `save`: it was analysed and paid
 * for, but its records are not written. `work`: everything else.
 *
 * A row that is marked as completed over an error (`category: "error"`) or over nothing is not finished; a row that is
 * marked as processing without a claim was left behind by a function that knows no claims.
 */
export function planFor(row: Row, force: boolean, imageUrl: string, now: number): Plan {
  if (force) return "work";
  if (isClaimed(row, now)) return "busy";
  const unsaved = unsavedOf(row);
  if (unsaved) return unsaved.image_url === imageUrl ? "save" : "work";
  return row.ai_processing_status === "completed" && isUsable(row.ai_scan_metadata?.appraiser) ? "cached" : "work";
}

function unsavedOf(row: Row): Stored | null {
  const stored = row.ai_scan_metadata?.simple;
  return stored && !stored.saved ? stored : null;
}

/** The status that a row gets back when its work has failed for no fault of the picture: the one it had before. */
export function statusBefore(row: Row): string | null {
  const before = row.ai_scan_metadata?.claim?.before ?? null;
  // Half-replaced records, or a claim that was left behind: what it was before is no longer true.
  return before === "processing" || unsavedOf(row) ? "pending" : before;
}

function isClaimed(row: Row, now: number): boolean {
  const until = Date.parse(row.ai_scan_metadata?.claim?.until ?? "");
  return row.ai_processing_status === "processing" && until > now;
}

function isUsable(appraiser: Record<string, unknown> | null | undefined): boolean {
  return !!appraiser && Object.keys(appraiser).length > 0 && appraiser.category !== "error";
}

/** The metadata without the claim; what other functions keep there stays. */
export function unclaimed(metadata: Metadata | null, more: Metadata = {}): Metadata {
  const { claim: _, ...rest } = metadata ?? {};
  return { ...rest, ...more };
}

/** The records that one analysis becomes, by table. */
export function records(analysis: Analysis, row: Row, model: string): Record<string, Record<string, unknown>[]> {
  const own = { image_id: row.id, vehicle_id: row.vehicle_id };
  const { tags, components, paint, spid } = analysis;
  return {
    image_tags: tags.map(({ name, confidence }) => ({ ...own, tag_name: name, confidence, source: model })),
    component_conditions: components.map((part) => ({ ...own, ...part })),
    paint_quality_assessments: paint ? [{ ...own, ...paint }] : [],
    vehicle_spid_data: spid ? [{ ...own, ...spid }] : [],
  };
}
