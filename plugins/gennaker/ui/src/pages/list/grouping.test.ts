import { expect, test } from "vitest";

import type { Application, Pipeline } from "../../api/types";
import { groupsOf, moved } from "./grouping";

const applications = [{ name: "shop" }, { name: "bank" }] as Application[];
const pipelines = [
  { id: "b", application: "shop", position: 1 },
  { id: "a", application: "shop", position: 0 },
] as Pipeline[];

test("pipelines stand below their application in their order", () => {
  const [shop, bank] = groupsOf(applications, pipelines, true);
  expect(shop!.pipelines.map((pipeline) => pipeline.id)).toEqual(["a", "b"]);
  expect(bank!.pipelines).toEqual([]);
});

test("a search hides applications without a hit", () => {
  expect(groupsOf(applications, pipelines, false).map((group) => group.application.name)).toEqual(["shop"]);
});

test.each([
  [1, -1, ["b", "a", "c"]],
  [1, 1, ["a", "c", "b"]],
  [0, -1, ["a", "b", "c"]],
  [2, 1, ["a", "b", "c"]],
] as const)("moving %i by %i", (from, step, expected) => {
  expect(moved(["a", "b", "c"], from, step)).toEqual(expected);
});
