import { expect, test } from "vitest";

import type { Problem } from "../api/types";
import { lineOf, marksOf, rangeOf, stagePath, stepsOf } from "./position";

const text = JSON.stringify(
  { name: "Deploy", stages: [{ refId: "1", type: "wait", waitTime: 5 }, { "odd key": { a: true } }] },
  null,
  2,
);
const at = (path: string) => {
  const { from, to } = rangeOf(text, path);
  return text.slice(from, to);
};

test.each([
  ["$", []],
  ["$.stages[3].account", ["stages", 3, "account"]],
  ["$.stages[0]['odd key'].a", ["stages", 0, "odd key", "a"]],
  ['$["a\\"b"][1]', ['a"b', 1]],
  ["$.a-b", ["a-b"]],
  ["query: name", null],
  ["$.stages[x]", null],
])("%s is split", (path, steps) => {
  expect(stepsOf(path)).toEqual(steps);
});

test.each([
  ["$.name", '"Deploy"'],
  ["$.stages[0].waitTime", "5"],
  ["$.stages", '"stages"'],
  ["$.stages[0]", "{"],
  ["$.stages[1]['odd key'].a", "true"],
  // Absent values are shown at what should hold them.
  ["$.stages[0].account", "{"],
  ["$.stages[7].account", '"stages"'],
  ["$.triggers", "{"],
  ["no path", "{"],
])("%s is found", (path, expected) => {
  expect(at(path)).toBe(expected);
});

test("a text that is not JSON still gets its marks", () => {
  for (const broken of ["", "{", '{"stages": [', "nonsense"]) {
    const { from, to } = rangeOf(broken, "$.stages[0].name");
    expect(from).toBeLessThanOrEqual(to);
    expect(to).toBeLessThanOrEqual(broken.length);
  }
});

test("marks carry the hint", () => {
  const problem: Problem = { path: "$.name", code: "x", severity: "error", message: "no", hint: "do", stage: null };
  expect(marksOf(text, [problem])[0]).toMatchObject({ severity: "error", message: "no (do)" });
});

test("a stage and a line are found", () => {
  const range = stagePath(text, 1)!;
  expect(text.slice(range.from, range.to)).toContain("odd key");
  expect(stagePath(text, 2)).toBeNull();
  expect(lineOf(text, text.indexOf("stages"))).toBe(3);
});
