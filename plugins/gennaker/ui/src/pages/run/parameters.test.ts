import { expect, test } from "vitest";

import { faultOf, parametersOf, valuesOf } from "./parameters";

const spec = {
  parameterConfig: [
    { name: "version", required: true, label: "Version" },
    { name: "region", hasOptions: true, options: [{ value: "gz" }, { value: "sh" }], default: "gz" },
    { name: "count", type: "number", default: 2 },
    { name: "force", type: "boolean", default: false },
    { name: "extra", type: "json" },
    { name: "day", constraint: "date" },
    { name: "token", type: "secret" },
    { label: "no name" },
    "no object",
  ],
};
const parameters = parametersOf(spec);
const named = (name: string) => parameters.find((one) => one.name === name)!;

test("the list is read as the server reads it", () => {
  expect(parameters.map(({ name, kind, initial }) => [name, kind, initial])).toEqual([
    ["version", "text", ""],
    ["region", "choice", "gz"],
    ["count", "number", "2"],
    ["force", "boolean", "false"],
    ["extra", "json", ""],
    ["day", "date", ""],
    ["token", "secret", ""],
  ]);
  expect(named("region").options).toEqual(["gz", "sh"]);
  expect(parametersOf({})).toEqual([]);
  expect(parametersOf({ parameterConfig: { odd: 1 } })).toEqual([]);
});

test.each([
  ["version", "", "run.required"],
  ["version", "1", null],
  ["count", "x", "run.notNumber"],
  ["count", "", null],
  ["extra", "{", "run.notJson"],
  ["extra", "{}", null],
])("%s with %j", (name, typed, fault) => {
  expect(faultOf(named(name), typed)).toBe(fault);
});

test("only what was changed is sent, in its type", () => {
  const typed = { version: "1.2", region: "gz", count: "5", force: "true", extra: '{"a": 1}' };
  expect(valuesOf(parameters, typed)).toEqual({ version: "1.2", count: 5, force: true, extra: { a: 1 } });
  expect(valuesOf(parameters, {})).toEqual({});
});
