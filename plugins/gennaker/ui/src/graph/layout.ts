import dagre from "@dagrejs/dagre";

import type { Graph, GraphNode } from "../api/types";

export const NODE = { width: 220, height: 72 };

export type Placed = { node: GraphNode; x: number; y: number };
export type Layout = { nodes: Placed[]; edges: { id: string; from: string; to: string }[] };

/** Place the stages from left to right; edges to stages that do not exist are left out. */
export function layoutOf(graph: Graph): Layout {
  const known = new Set(graph.nodes.map((node) => node.refId));
  const edges = graph.edges.filter(([from, to]) => known.has(from) && known.has(to));
  const plan = new dagre.graphlib.Graph();
  plan.setGraph({ rankdir: "LR", nodesep: 28, ranksep: 72 });
  plan.setDefaultEdgeLabel(() => ({}));
  for (const node of graph.nodes) plan.setNode(node.refId, { ...NODE });
  for (const [from, to] of edges) plan.setEdge(from, to);
  dagre.layout(plan);
  return {
    nodes: graph.nodes.map((node) => {
      const { x, y } = plan.node(node.refId) as { x: number; y: number };
      return { node, x: x - NODE.width / 2, y: y - NODE.height / 2 };
    }),
    edges: edges.map(([from, to]) => ({ id: `${from}→${to}`, from, to })),
  };
}
