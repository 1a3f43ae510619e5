import { findNodeAtLocation, parseTree, type JSONPath, type Node } from "jsonc-parser";

import type { Problem, Severity } from "../api/types";

export type Range = { from: number; to: number };

/** Split `$.stages[3]['odd key'].account` into its steps; null where it is no JSON path. */
export function stepsOf(path: string): JSONPath | null {
  if (!path.startsWith("$")) return null;
  const steps: JSONPath = [];
  const step = /\.([^.[\]]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\]/y;
  step.lastIndex = 1;
  while (step.lastIndex < path.length) {
    const found = step.exec(path);
    if (!found) return null;
    if (found[1] !== undefined) steps.push(found[1]);
    else if (found[2] !== undefined) steps.push(Number(found[2]));
    else steps.push(unquoted(found[3]!));
  }
  return steps;
}

function unquoted(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/g, "$1");
}

const endOf = (node: Node): number => node.offset + node.length;

/**
 * Where a problem is in the text: the value at its path, or the key, where the value is large; else the nearest
 * ancestor that is there, since a problem may be that something is absent.
 */
export function rangeOf(text: string, path: string, tree = parseTree(text)): Range {
  const steps = stepsOf(path) ?? [];
  for (let depth = steps.length; depth > 0; depth -= 1) {
    const node = tree && findNodeAtLocation(tree, steps.slice(0, depth));
    if (node) return visible(node);
  }
  return tree ? { from: tree.offset, to: Math.min(tree.offset + 1, text.length) } : { from: 0, to: 0 };
}

function visible(node: Node): Range {
  const key = node.parent?.type === "property" ? node.parent.children?.[0] : undefined;
  const isLarge = node.type === "object" || node.type === "array";
  if (isLarge && key) return { from: key.offset, to: endOf(key) };
  if (isLarge) return { from: node.offset, to: node.offset + 1 };
  return { from: node.offset, to: endOf(node) };
}

/** The path of the stage with a refId, to jump to it from the graph. */
export function stagePath(text: string, index: number): Range | null {
  const tree = parseTree(text);
  const node = tree && findNodeAtLocation(tree, ["stages", index]);
  return node ? { from: node.offset, to: endOf(node) } : null;
}

export type Mark = Range & { severity: Severity; message: string; problem: Problem };

export function marksOf(text: string, problems: readonly Problem[]): Mark[] {
  const tree = parseTree(text);
  return problems.map((problem) => ({
    ...rangeOf(text, problem.path, tree),
    severity: problem.severity,
    message: problem.hint ? `${problem.message} (${problem.hint})` : problem.message,
    problem,
  }));
}

export const lineOf = (text: string, offset: number): number => text.slice(0, offset).split("\n").length;
