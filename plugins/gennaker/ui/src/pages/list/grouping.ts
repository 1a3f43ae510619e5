import type { Application, Pipeline } from "../../api/types";

export type Group = { application: Application; pipelines: Pipeline[] };

/** Put pipelines below their applications, in their order; applications that show nothing are left out on request. */
export function groupsOf(applications: Application[], pipelines: Pipeline[], keepEmpty: boolean): Group[] {
  const byName = new Map<string, Pipeline[]>();
  for (const pipeline of pipelines) byName.set(pipeline.application, [...(byName.get(pipeline.application) ?? []), pipeline]);
  return applications
    .map((application) => ({
      application,
      pipelines: (byName.get(application.name) ?? []).toSorted((a, b) => a.position - b.position),
    }))
    .filter((group) => keepEmpty || group.pipelines.length > 0);
}

/** The ids after one of them moved by one place. */
export function moved(ids: string[], from: number, step: -1 | 1): string[] {
  const to = from + step;
  if (to < 0 || to >= ids.length) return ids;
  const next = [...ids];
  [next[from], next[to]] = [next[to]!, next[from]!];
  return next;
}
