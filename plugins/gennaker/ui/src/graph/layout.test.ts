import { expect, test } from "vitest";

import type { Graph, GraphNode } from "../api/types";
import { layoutOf, NODE } from "./layout";

const node = (refId: string): GraphNode => ({
  refId, taskId: `stage-${refId}`, name: refId, type: "wait", policy: "halt-pipeline", finally: false, index: 0, problems: [],
});
const diamond: Graph = {
  nodes: ["1", "2", "3", "4"].map(node),
  edges: [["1", "2"], ["1", "3"], ["2", "4"], ["3", "4"]],
};
const placesOf = (graph: Graph) => new Map(layoutOf(graph).nodes.map((placed) => [placed.node.refId, placed]));

test("a stage stands to the right of all that it waits for", () => {
  const at = placesOf(diamond);
  for (const [from, to] of diamond.edges) expect(at.get(to)!.x).toBeGreaterThanOrEqual(at.get(from)!.x + NODE.width);
});

test("no two stages cover each other", () => {
  const placed = [...placesOf(diamond).values()];
  for (const one of placed)
    for (const other of placed) {
      if (one === other) continue;
      const apart = Math.abs(one.x - other.x) >= NODE.width || Math.abs(one.y - other.y) >= NODE.height;
      expect(apart).toBe(true);
    }
});

test("an edge to a stage that does not exist is left out", () => {
  const layout = layoutOf({ nodes: [node("1")], edges: [["9", "1"]] });
  expect(layout.edges).toEqual([]);
  expect(layout.nodes).toHaveLength(1);
});

test("no stages make an empty layout", () => {
  expect(layoutOf({ nodes: [], edges: [] })).toEqual({ nodes: [], edges: [] });
});

test("three hundred stages are placed in time", () => {
  const nodes = Array.from({ length: 300 }, (_, index) => node(String(index)));
  const edges = nodes.slice(1).map((_, index): [string, string] => [String(Math.floor(index / 2)), String(index + 1)]);
  const start = performance.now();
  layoutOf({ nodes, edges });
  expect(performance.now() - start).toBeLessThan(5_000);
});
