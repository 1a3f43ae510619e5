import type { Spec } from "../../api/types";

export type Kind = "text" | "number" | "boolean" | "date" | "json" | "secret" | "choice";

export type Parameter = {
  name: string;
  label: string;
  description: string;
  required: boolean;
  kind: Kind;
  options: string[];
  initial: string;
};

type Raw = Record<string, unknown>;

const isObject = (value: unknown): value is Raw => typeof value === "object" && value !== null && !Array.isArray(value);
const isTrue = (value: unknown) => value === true || value === "true";
const textOf = (value: unknown): string => {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
};

/** What a start asks for; whatever else stands in the list is left out, as the server says what is wrong there. */
export function parametersOf(spec: Spec): Parameter[] {
  const list = Array.isArray(spec.parameterConfig) ? spec.parameterConfig : [];
  return list.filter(isObject).filter((raw) => textOf(raw.name) !== "").map(parameterOf);
}

function parameterOf(raw: Raw): Parameter {
  const name = textOf(raw.name);
  const listed = Array.isArray(raw.options) ? raw.options : [];
  const options = listed.map((option) => textOf(isObject(option) ? option.value : option));
  return {
    name,
    label: textOf(raw.label) || name,
    description: textOf(raw.description),
    required: isTrue(raw.required),
    kind: kindOf(raw, options),
    options,
    initial: textOf(raw.default),
  };
}

function kindOf(raw: Raw, options: string[]): Kind {
  const type = textOf(raw.type).toLowerCase();
  if (type === "choice" || ((isTrue(raw.hasOptions) || type === "") && options.length > 0)) return "choice";
  if (type === "number" || type === "boolean" || type === "json" || type === "secret") return type;
  return type === "date" || raw.constraint === "date" ? "date" : "text";
}

export type Fault = "run.required" | "run.notNumber" | "run.notJson";

/** What is wrong with what was typed, if anything; the server checks again. */
export function faultOf({ kind, required }: Parameter, typed: string): Fault | null {
  if (typed === "") return required ? "run.required" : null;
  if (kind === "number" && !Number.isFinite(Number(typed))) return "run.notNumber";
  if (kind === "json" && !isJson(typed)) return "run.notJson";
  return null;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What is sent: only what differs from the default, which the server fills in by itself. */
export function valuesOf(parameters: Parameter[], typed: Record<string, string>): Record<string, unknown> {
  const changed = parameters.filter(({ name, initial }) => (typed[name] ?? initial) !== initial);
  return Object.fromEntries(changed.map((parameter) => [parameter.name, valueOf(parameter, typed[parameter.name]!)]));
}

function valueOf({ kind }: Parameter, text: string): unknown {
  if (kind === "number" && text !== "") return Number(text);
  if (kind === "boolean") return text === "true";
  if (kind === "json" && text !== "") return JSON.parse(text) as unknown;
  return text;
}
