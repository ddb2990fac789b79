// The database as this function uses it: one row claimed, its records replaced, its state said truthfully.

import { PostgrestClient } from "npm:@supabase/postgrest-js@2.119.1";
import type { Analysis } from "./analysis.ts";
import { Failure } from "../_shared/answer.ts";
import { keyHeaders } from "../_shared/keys.ts";
import { redact } from "../_shared/redact.ts";
import { type Claim, type Metadata, records, type Row, statusBefore, type Stored, unclaimed } from "./row.ts";
import type { Settings } from "./settings.ts";

const COLUMNS = "id,vehicle_id,image_url,ai_processing_status,ai_scan_metadata";
const CLAIM_TOKEN = "ai_scan_metadata->claim->>token";

interface Reply {
  status: number;
  data: unknown;
  error: { message: string; code?: string } | null;
}

export class Store {
  readonly #client: PostgrestClient;
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#client = new PostgrestClient(`${settings.supabaseUrl}/rest/v1`, {
      headers: keyHeaders(settings.supabaseKey),
      fetch: (input: RequestInfo | URL, init?: RequestInit) =>
        fetch(input, { ...init, redirect: "error", signal: AbortSignal.timeout(settings.limits.databaseCall) }),
    });
  }

  async row(id: string): Promise<Row> {
    const rows = await this.#do("read vehicle_images", this.#images.select(COLUMNS).eq("id", id).limit(1)) as Row[];
    if (rows[0]) return rows[0];
    throw new Failure(422, {
      code: "row_not_found",
      message: "No such row in vehicle_images, or the function's key may not see it (PGRST116: 0 rows).",
      retryable: false,
      provider: "supabase",
      provider_code: "PGRST116",
    }, true);
  }

  /** The tags that are stored for an image. */
  async tags(id: string): Promise<Analysis["tags"]> {
    const columns = "name:tag_name,confidence";
    const query = this.#client.from("image_tags").select(columns).eq("image_id", id).order("tag_name").limit(100);
    return await this.#do("read image_tags", query) as Analysis["tags"];
  }

  /**
   * Takes the row, if it is still as it was read; the update is conditional on that, so of two callers one gets it.
   * Null: somebody else was quicker.
   */
  async claim(row: Row, token: string, now: number): Promise<Row | null> {
    const until = new Date(now + this.#settings.limits.claim).toISOString();
    const seen = row.ai_scan_metadata?.claim;
    const claim: Claim = { token, until, before: seen ? seen.before : row.ai_processing_status };
    const change = { ai_processing_status: "processing", ai_scan_metadata: { ...row.ai_scan_metadata, claim } };
    const query = this.#images.update(change).eq("id", row.id);
    const status = row.ai_processing_status;
    const asSeen = status === null ? query.is("ai_processing_status", null) : query.eq("ai_processing_status", status);
    const own = seen ? asSeen.eq(CLAIM_TOKEN, seen.token) : asSeen.is(CLAIM_TOKEN, null);
    const rows = await this.#do("claim the row", own.select(COLUMNS)) as Row[];
    return rows[0] ?? null;
  }

  /** Keeps what was paid for before anything else can go wrong; a moment's trouble of the database must not lose it. */
  async keep(row: Row, stored: Stored): Promise<Row> {
    const metadata: Metadata = { ...row.ai_scan_metadata, simple: stored };
    await this.#patiently(() => this.#update(row, { ai_scan_metadata: metadata }));
    return { ...row, ai_scan_metadata: metadata };
  }

  /** Replaces the image's records and marks it as completed, last of all. Returns the number of records by table. */
  async save(row: Row, stored: Stored): Promise<Record<string, number>> {
    const tables = Object.entries(records(stored.analysis, row, stored.model));
    await Promise.all(tables.map(([table, rows]) => this.#replace(table, row.id, rows)));
    const simple = { ...stored, saved: true };
    const { analysis, model, analysed_at } = stored;
    const more = { appraiser: analysis.appraisal, model, scanned_at: analysed_at, simple };
    const metadata = unclaimed(row.ai_scan_metadata, more);
    await this.#patiently(() => this.#update(row, { ai_processing_status: "completed", ai_scan_metadata: metadata }));
    return Object.fromEntries(tables.map(([table, rows]) => [table, rows.length]));
  }

  /** Gives the row back after a failure. */
  async release(row: Row, failure: Failure): Promise<void> {
    const status = failure.item ? "failed" : statusBefore(row);
    const { code, provider_status, provider_code } = failure.fault;
    const last_error = { code, provider_status, provider_code, at: new Date().toISOString() };
    const metadata = unclaimed(row.ai_scan_metadata, { last_error });
    await this.#update(row, { ai_processing_status: status, ai_scan_metadata: metadata });
  }

  get #images() {
    return this.#client.from("vehicle_images");
  }

  async #replace(table: string, id: string, rows: Record<string, unknown>[]): Promise<void> {
    await this.#do(`clear ${table}`, this.#client.from(table).delete().eq("image_id", id));
    if (rows.length > 0) await this.#do(`write ${table}`, this.#client.from(table).insert(rows));
  }

  /** An update of the row that this call holds; zero rows mean that another call has taken it over. */
  async #update(row: Row, change: Record<string, unknown>): Promise<void> {
    const token = row.ai_scan_metadata?.claim?.token ?? "";
    const query = this.#images.update(change).eq("id", row.id).eq(CLAIM_TOKEN, token).select("id");
    const rows = await this.#do("update vehicle_images", query) as unknown[];
    if (rows.length === 1) return;
    throw new Failure(503, {
      code: "claim_lost",
      message: "Another call has taken this image over (status: processing).",
      retryable: true,
    });
  }

  /** Up to three times, where the database has a moment's trouble. For what may be done twice. */
  async #patiently(work: () => Promise<void>): Promise<void> {
    for (let attempt = 1; attempt < 3; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Failure && error.fault.provider === "supabase" && error.fault.retryable)) throw error;
        await new Promise((resolve) => setTimeout(resolve, attempt * this.#settings.limits.backoff / 2));
      }
    }
    await work();
  }

  async #do(what: string, query: PromiseLike<Reply>): Promise<unknown> {
    const { data, error, status } = await query;
    if (!error) return data;
    const message = status === 0
      ? "could not connect to the database API, or it did not answer in time."
      : redact(error.message, [this.#settings.supabaseKey, this.#settings.openAiKey]);
    throw databaseFailure(what, status, error.code || null, message);
  }
}

/** A data API's refusal. Status 0: no answer came at all. */
export function databaseFailure(what: string, status: number, code: string | null, message: string): Failure {
  const transient = status === 0 || status >= 502 || status === 429 || code === "57014" || code?.startsWith("40");
  return new Failure(transient ? 503 : 500, {
    code: status === 0 ? "supabase_unavailable" : "supabase_error",
    message: `Supabase could not ${what}: ${message}`,
    retryable: !!transient,
    provider: "supabase",
    provider_status: status,
    provider_code: code,
  }, !!code && /^2[23]/.test(code));
}
