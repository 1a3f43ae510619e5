import { useHostLanguage } from "../host/document";
import { en, type Key } from "./en";
import { zhCN } from "./zh-CN";

export type { Key };
export type Values = Record<string, string | number>;
export type Translate = (key: Key, values?: Values) => string;

/** Airflow's language where we have it; every Chinese gets the simplified one, everything else English. */
export function localeOf(language: string): "en" | "zh-CN" {
  return language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

export function translator(language: string): Translate {
  const texts: Record<Key, string> = localeOf(language) === "zh-CN" ? zhCN : en;
  return (key, values = {}) =>
    texts[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export const isKey = (key: string): key is Key => Object.hasOwn(en, key);

export function useText(): { t: Translate; language: string } {
  const language = localeOf(useHostLanguage());
  return { t: translator(language), language };
}
