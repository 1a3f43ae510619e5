import type { Pipeline } from "../../api/types";
import type { Key } from "../../i18n";

const rules = {
  disabled: (pipeline) => pipeline.disabled !== null,
  locked: (pipeline) => pipeline.locked !== null,
  draft: (pipeline) => pipeline.latest > (pipeline.published ?? 0),
  problems: (pipeline) => pipeline.problems > 0,
  deleted: (pipeline) => pipeline.deleted !== null,
} satisfies Record<string, (pipeline: Pipeline) => boolean>;

export const stateFilters: [keyof typeof rules, Key][] = [
  ["disabled", "filter.disabled"],
  ["locked", "filter.locked"],
  ["draft", "filter.draft"],
  ["problems", "filter.problems"],
  ["deleted", "filter.deleted"],
];

/** Whether a pipeline fits the chosen state; without a choice every living one does. */
export function showsState(pipeline: Pipeline, state: string): boolean {
  return state in rules ? rules[state as keyof typeof rules](pipeline) : pipeline.deleted === null;
}
