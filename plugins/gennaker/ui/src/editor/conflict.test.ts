import { expect, test } from "vitest";

import { ApiProblem, problemOf, StaleRevision } from "../api/problem";
import { conflictOf } from "./conflict";

const stale = (more: object = {}) =>
  problemOf(409, "Conflict", JSON.stringify({ title: "Conflict", detail: "stale", base: 3, latest: 5, ...more }));

test("a stale save shows both sides, and mine as it was typed", () => {
  const conflict = conflictOf(stale({ theirs: { b: 1, a: 2 } }), '{"mine": 1}', 3);
  expect(conflict).toEqual({ base: 3, latest: 5, theirs: '{\n  "b": 1,\n  "a": 2\n}', yours: '{"mine": 1}' });
});

test("a stale save without their side says that it is to be read", () => {
  expect(conflictOf(stale(), "{}", 3)).toMatchObject({ latest: 5, theirs: null });
});

test("another conflict, such as a name that is taken, is no stale save", () => {
  const taken = problemOf(409, "Conflict", JSON.stringify({ detail: "the name is taken" }));
  expect(taken).not.toBeInstanceOf(StaleRevision);
  expect(conflictOf(taken, "{}", 3)).toBeNull();
});

test.each([
  ["a proxy's page", "<html>502</html>", "Bad Gateway"],
  ["nothing", "", "Bad Gateway"],
  ["no object", "[1]", "Bad Gateway"],
  ["a problem", '{"title": "t", "detail": "why", "hint": "do", "path": "$.a"}', "why"],
  ["a detail that is no text", '{"title": "t", "detail": [{"msg": "no"}]}', '[{"msg":"no"}]'],
])("%s becomes a readable error", (_, text, message) => {
  const error = problemOf(502, "Bad Gateway", text);
  expect(error).toBeInstanceOf(ApiProblem);
  expect([error.message, error.status]).toEqual([message, 502]);
});
