import { expect, test } from "vitest";

import { en, type Key } from "./en";
import { localeOf, translator } from "./index";
import { zhCN } from "./zh-CN";

const keys = Object.keys(en) as Key[];
const blanks = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();

test("both languages have the same keys", () => {
  expect(Object.keys(zhCN).sort()).toEqual(Object.keys(en).sort());
});

test.each(keys)("%s has a text and the same blanks in both languages", (key) => {
  expect(zhCN[key].trim()).not.toBe("");
  expect(blanks(zhCN[key])).toEqual(blanks(en[key]));
});

test("a text is filled in, and an absent value stays visible", () => {
  const t = translator("en");
  expect(t("state.draft", { number: 4 })).toBe("Draft 4 is newer");
  expect(t("state.draft")).toBe("Draft {number} is newer");
});

test.each([
  ["zh-CN", "zh-CN"],
  ["zh-TW", "zh-CN"],
  ["en", "en"],
  ["de", "en"],
  ["", "en"],
])("%s is shown in %s", (language, locale) => {
  expect(localeOf(language)).toBe(locale);
});
