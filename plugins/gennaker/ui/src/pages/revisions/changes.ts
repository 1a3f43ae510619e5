import { isKey, type Translate } from "../../i18n";

/** `stage-added` in words; a kind that we do not know is shown as it is. */
export function kindText(t: Translate, kind: string): string {
  const dash = kind.indexOf("-");
  const [subject, what] = [`kind.${kind.slice(0, dash)}`, `kind.${kind.slice(dash + 1)}`];
  return isKey(subject) && isKey(what) ? t(subject, { what: t(what) }) : kind;
}

/** A class of risk in words; one that we do not know without its dashes. */
export function riskText(t: Translate, risk: string): string {
  const key = `risk.${risk}`;
  return isKey(key) ? t(key) : risk.replaceAll("-", " ");
}

/** A value on one line, short enough for a table. */
export function valueText(value: unknown): string {
  if (value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}
