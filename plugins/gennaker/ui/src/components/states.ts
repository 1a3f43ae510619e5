import type { Pipeline } from "../api/types";
import type { Key, Values } from "../i18n";

export type State = { key: Key; values?: Values; color: string; detail?: string };

/** What people must know about a pipeline, the gravest first. */
export function statesOf(pipeline: Pipeline): State[] {
  const { deleted, locked, disabled, problems, published, latest, buildError, scheduledRevision } = pipeline;
  const states: (State | false | null | undefined)[] = [
    deleted && { key: "state.deleted", color: "red" },
    Boolean(buildError) && { key: "state.buildError", color: "red", detail: buildError ?? "" },
    disabled && disabledState(disabled.scope, disabled.projects, disabled.reason),
    locked && { key: "state.locked", color: "purple", detail: locked.reason },
    published === null
      ? { key: "state.unpublished", color: "gray" }
      : { key: "state.published", values: { number: published }, color: "green" },
    published !== null && latest > published && { key: "state.draft", values: { number: latest }, color: "blue" },
    problems > 0 && { key: "state.problems", values: { count: problems }, color: "red" },
    !deleted && behind(published, scheduledRevision),
  ];
  return states.filter((state) => Boolean(state)) as State[];
}

function disabledState(scope: string, projects: string[], detail: string): State {
  return scope === "projects"
    ? { key: "state.disabledProjects", values: { projects: projects.join(", ") }, color: "orange", detail }
    : { key: "state.disabled", color: "orange", detail };
}

/** Only a single pipeline says what Airflow has; in lists it is absent, which means nothing. */
function behind(published: number | null, scheduled: number | null | undefined): State | false {
  if (published === null || scheduled === undefined || scheduled === published) return false;
  return scheduled === null
    ? { key: "state.notScheduled", color: "yellow" }
    : { key: "state.behind", values: { number: scheduled }, color: "yellow" };
}
