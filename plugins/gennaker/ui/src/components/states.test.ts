import { expect, test } from "vitest";

import type { Pipeline } from "../api/types";
import { statesOf } from "./states";

const pipeline: Pipeline = {
  id: "1", application: "shop", name: "Deploy", dagId: "shop.deploy", position: 0, latest: 3, published: 3,
  locked: null, disabled: null, deleted: null, provenance: null, updatedAt: "", updatedBy: "", problems: 0,
  may: { edit: true, lock: true, disable: true, delete: true, run: true },
};
const keysOf = (changes: Partial<Pipeline>) => statesOf({ ...pipeline, ...changes }).map((state) => state.key);
const disabled = { projects: [], reason: "", by: "ann", at: null, until: null };

test.each<[string, Partial<Pipeline>, string[]]>([
  ["published", {}, ["state.published"]],
  ["never published", { published: null }, ["state.unpublished"]],
  ["a newer draft with errors", { latest: 4, problems: 2 }, ["state.published", "state.draft", "state.problems"]],
  ["disabled", { disabled: { ...disabled, scope: "team" } }, ["state.disabled", "state.published"]],
  ["disabled for projects", { disabled: { ...disabled, scope: "projects" } }, ["state.disabledProjects", "state.published"]],
  ["Airflow is behind", { scheduledRevision: 2 }, ["state.published", "state.behind"]],
  ["not in Airflow yet", { scheduledRevision: null }, ["state.published", "state.notScheduled"]],
  ["up to date", { scheduledRevision: 3 }, ["state.published"]],
  ["cannot be built", { buildError: "no" , scheduledRevision: 3 }, ["state.buildError", "state.published"]],
  ["deleted", { deleted: { at: "", by: "bob" }, scheduledRevision: null }, ["state.deleted", "state.published"]],
])("%s", (_, changes, expected) => {
  expect(keysOf(changes)).toEqual(expected);
});
