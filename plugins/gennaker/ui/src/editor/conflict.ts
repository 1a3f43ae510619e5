import { StaleRevision } from "../api/problem";
import type { Spec } from "../api/types";

/** What a save that came too late is shown as. */
export type Conflict = { base: number; latest: number; theirs: string | null; yours: string };

const textOf = (spec: Spec): string => JSON.stringify(spec, null, 2);

/** Both sides of a refused save; `theirs` is null where the answer had no room for it, and is to be read. */
export function conflictOf(error: unknown, yours: string, base: number): Conflict | null {
  if (!(error instanceof StaleRevision)) return null;
  const { latest, theirs } = error.body;
  return { base: error.body.base ?? base, latest, theirs: theirs ? textOf(theirs) : null, yours };
}
