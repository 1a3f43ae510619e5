import { expect, test } from "vitest";

import { translator } from "../../i18n";
import { kindText, riskText, valueText } from "./changes";

test.each([
  ["stage-added", "Stage added", "阶段：新增"],
  ["edge-removed", "Order removed", "顺序：删除"],
  ["stage-renumbered", "Stage renumbered", "阶段：重新编号"],
  ["something-else", "something-else", "something-else"],
  ["odd", "odd", "odd"],
])("%s in words", (kind, english, chinese) => {
  expect(kindText(translator("en"), kind)).toBe(english);
  expect(kindText(translator("zh-CN"), kind)).toBe(chinese);
});

test("every kind that the server knows has words in both languages", () => {
  for (const subject of ["stage", "field", "trigger", "parameter", "notification", "artifact", "edge"])
    for (const what of ["added", "removed", "changed", "moved", "renumbered"]) {
      const kind = `${subject}-${what}`;
      for (const language of ["en", "zh-CN"]) expect(kindText(translator(language), kind)).not.toBe(kind);
    }
});

test("values are told apart and kept short", () => {
  expect(valueText(undefined)).toBe("");
  expect(valueText(null)).toBe("null");
  expect(valueText("5")).toBe("5");
  expect(valueText({ a: [1] })).toBe('{"a":[1]}');
  expect(valueText("x".repeat(400))).toHaveLength(300);
  expect(riskText(translator("zh-CN"), "approval-removed")).toBe("审批被移除");
  expect(riskText(translator("en"), "of-tomorrow")).toBe("of tomorrow");
});
