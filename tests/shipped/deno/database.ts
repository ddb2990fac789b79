// The part of PostgREST that the functions use, over plain arrays: eq, is.null, JSON paths, PATCH, POST, DELETE.

import { type Asked, StandIn } from "./stand_ins.ts";

type Row = Record<string, unknown>;

export class Database {
  readonly tables: Record<string, Row[]> = {
    vehicle_images: [],
    image_tags: [],
    component_conditions: [],
    paint_quality_assessments: [],
    vehicle_spid_data: [],
  };
  /** Answers in the table's place; null lets it pass. */
  refuse: (asked: Asked, table: string) => Response | null = () => null;
  readonly server: StandIn = new StandIn((asked) => this.#answer(asked));

  constructor(...images: Row[]) {
    this.tables.vehicle_images = images;
  }

  get image(): Row {
    return this.tables.vehicle_images[0];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }

  #answer(asked: Asked): Response {
    const table = asked.url.pathname.replace("/rest/v1/", "");
    const refusal = this.refuse(asked, table);
    if (refusal) return refusal;
    const rows = this.tables[table];
    if (!rows) return Response.json({ code: "PGRST205", message: `Could not find '${table}'` }, { status: 404 });
    const found = rows.filter((row) => matches(row, asked.url.searchParams));
    if (asked.method === "GET") return Response.json(found.map((row) => renamed(row, asked.url.searchParams)));
    if (asked.method === "POST") rows.push(...JSON.parse(asked.body));
    if (asked.method === "DELETE") this.tables[table] = rows.filter((row) => !found.includes(row));
    if (asked.method === "PATCH") found.forEach((row) => Object.assign(row, JSON.parse(asked.body)));
    return asked.method === "PATCH" ? Response.json(found) : new Response(null, { status: 204 });
  }
}

function matches(row: Row, filters: URLSearchParams): boolean {
  return [...filters].every(([path, filter]) => {
    if (["select", "limit", "order", "columns"].includes(path)) return true;
    const value = valueAt(row, path);
    return filter === "is.null" ? value === null || value === undefined : `eq.${value}` === filter;
  });
}

function valueAt(row: Row, path: string): unknown {
  return path.split(/->>?/).reduce<unknown>((at, name) => (at as Row | null | undefined)?.[name], row);
}

function renamed(row: Row, query: URLSearchParams): Row {
  const columns = (query.get("select") ?? "").split(",").map((column) => column.split(":"));
  return Object.fromEntries(columns.map((names) => [names[0], structuredClone(row[names.at(-1) ?? ""] ?? null)]));
}
