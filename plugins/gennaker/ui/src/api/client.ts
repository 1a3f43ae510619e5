import { apiUrl } from "../host/paths";
import { problemOf } from "./problem";

type Query = Record<string, string | number | boolean | null | undefined>;

type Options = { query?: Query; body?: unknown; base?: number; signal?: AbortSignal };

export function withQuery(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(
    ([, value]) => value !== undefined && value !== null && value !== "" && value !== false,
  );
  const search = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
  return search ? `${path}?${search}` : path;
}

/** Send a request with the session's cookie; `base` is the revision that a change is based on. */
export async function request<Answer>(method: string, path: string, options: Options = {}): Promise<Answer> {
  const headers: Record<string, string> = { Accept: "application/json" };
  // The API refuses writes of any other type, those without a body too.
  if (method !== "GET") headers["Content-Type"] = "application/json";
  if (options.base !== undefined) headers["If-Match"] = `"${options.base}"`;
  const answer = await fetch(apiUrl(withQuery(path, options.query)), {
    method,
    headers,
    credentials: "same-origin",
    body: options.body === undefined ? undefined : JSON.stringify(options.body),
    signal: options.signal,
  });
  const text = await answer.text();
  if (!answer.ok) throw problemOf(answer.status, answer.statusText, text);
  return (text ? JSON.parse(text) : undefined) as Answer;
}
