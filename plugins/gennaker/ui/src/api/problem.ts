import type { ConflictBody, ProblemBody } from "./types";

/** An answer of the API that says what went wrong, where, and what to do about it. */
export class ApiProblem extends Error {
  constructor(readonly body: ProblemBody) {
    super(detailText(body.detail) || body.title);
    this.name = "ApiProblem";
  }

  get status(): number {
    return this.body.status;
  }
}

export class StaleRevision extends ApiProblem {
  declare readonly body: ConflictBody & { latest: number };
}

/** A detail is a sentence, or what the framework made of it. */
export function detailText(detail: unknown): string {
  if (typeof detail === "string") return detail;
  if (detail === null || detail === undefined) return "";
  return JSON.stringify(detail);
}

export function problemOf(status: number, statusText: string, text: string): ApiProblem {
  const body: ProblemBody = { ...parsed(text), status };
  body.title ??= statusText || `HTTP ${status}`;
  if (body.detail === undefined) body.detail = body.title;
  const isStale = status === 409 && typeof (body as ConflictBody).latest === "number";
  return isStale ? new StaleRevision(body) : new ApiProblem(body);
}

function parsed(text: string): ProblemBody {
  const empty = {} as ProblemBody;
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" ? (value as ProblemBody) : empty;
  } catch {
    return empty; // a proxy's page: its HTML helps nobody
  }
}
