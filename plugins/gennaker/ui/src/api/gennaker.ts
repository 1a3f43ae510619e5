import { request } from "./client";
import type {
  Application,
  ApplicationChanges,
  Comparison,
  Disable,
  Graph,
  NewPipeline,
  Page,
  Pipeline,
  Revision,
  RevisionDetail,
  Saved,
  Spec,
  SpecAtRevision,
  Template,
  Validation,
  Whoami,
} from "./types";

export type PipelineFilter = { application?: string; q?: string; state?: string; deleted?: boolean };

const app = (name: string) => `applications/${encodeURIComponent(name)}`;
const pipe = (id: string, rest = "") => `pipelines/${encodeURIComponent(id)}${rest}`;

async function everyPage<Item>(path: string, query: Record<string, string | boolean | undefined>): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Item> = await request("GET", path, { query: { ...query, limit: 200, cursor } });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return items;
}

/** One function for each route that the pages use. */
export const api = {
  whoami: () => request<Whoami>("GET", "whoami"),
  templates: () => request<Template[]>("GET", "templates"),

  applications: () => everyPage<Application>("applications", {}),
  createApplication: (body: ApplicationChanges & { name: string }) =>
    request<Application>("POST", "applications", { body }),
  changeApplication: (name: string, body: ApplicationChanges, base: number) =>
    request<Application>("PATCH", app(name), { body, base }),
  deleteApplication: (name: string, base: number) => request<void>("DELETE", app(name), { base }),
  order: (name: string, ids: string[]) => request<void>("PUT", `${app(name)}/order`, { body: { ids } }),

  pipelines: (filter: PipelineFilter) => everyPage<Pipeline>("pipelines", filter),
  pipeline: (id: string) => request<Pipeline>("GET", pipe(id)),
  create: (body: NewPipeline) => request<Pipeline>("POST", "pipelines", { body }),
  rename: (id: string, name: string) => request<Pipeline>("PATCH", pipe(id), { body: { name } }),
  remove: (id: string) => request<void>("DELETE", pipe(id)),
  undelete: (id: string) => request<Pipeline>("POST", pipe(id, "/undelete"), { body: {} }),
  copy: (id: string, body: { application: string; name: string; message: string }) =>
    request<Pipeline>("POST", pipe(id, "/copy"), { body }),
  copyStages: (
    target: string,
    body: { from: string; refIds: string[]; after: string[] | null; message: string },
    base: number,
  ) => request<Saved>("POST", pipe(target, "/stages/copy"), { body, base }),
  export: (id: string) => request<Spec>("GET", pipe(id, "/export")),

  spec: (id: string, revision?: number) =>
    request<SpecAtRevision>("GET", pipe(id, "/spec"), { query: { revision } }),
  save: (id: string, body: { text: string; message: string; publish: boolean }, base: number) =>
    request<Saved>("PUT", pipe(id, "/spec"), { body, base }),
  validate: (text: string, signal?: AbortSignal) =>
    request<Validation>("POST", "validate", { body: { text }, signal }),
  graph: (id: string, revision?: number) => request<Graph>("GET", pipe(id, "/graph"), { query: { revision } }),

  revisions: (id: string, cursor: string | null) =>
    request<Page<Revision>>("GET", pipe(id, "/revisions"), { query: { cursor, limit: 50 } }),
  revision: (id: string, number: number) => request<RevisionDetail>("GET", pipe(id, `/revisions/${number}`)),
  compare: (id: string, from: number, to: number) =>
    request<Comparison>("GET", pipe(id, "/compare"), { query: { from, to } }),
  restore: (id: string, number: number, message: string, base: number) =>
    request<Saved>("POST", pipe(id, `/revisions/${number}/restore`), { body: { message }, base }),
  publish: (id: string, number: number) =>
    request<Saved>("POST", pipe(id, `/revisions/${number}/publish`), { body: {} }),

  lock: (id: string, body: { reason: string; allowApi: boolean }) =>
    request<Pipeline>("PUT", pipe(id, "/lock"), { body }),
  unlock: (id: string) => request<Pipeline>("DELETE", pipe(id, "/lock")),
  disable: (id: string, body: Pick<Disable, "scope" | "projects" | "reason" | "until">) =>
    request<Pipeline>("PUT", pipe(id, "/disable"), { body }),
  enable: (id: string) => request<Pipeline>("DELETE", pipe(id, "/disable")),
  start: (id: string, body: { parameters: Record<string, unknown>; project: string }) =>
    request<{ runId: string; dagId: string }>("POST", pipe(id, "/runs"), { body }),
};
