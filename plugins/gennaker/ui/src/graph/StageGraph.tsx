import { Box } from "@chakra-ui/react";
import { Background, Controls, ReactFlow, type Edge } from "@xyflow/react";
import { useMemo, type CSSProperties } from "react";

import type { Graph } from "../api/types";
import { useDarkMode } from "../host/document";
import { useText } from "../i18n";
import { layoutOf } from "./layout";
import { StageNode, type StageFlowNode } from "./StageNode";

const nodeTypes = { stage: StageNode };

// The library's colours, told in those of the host's theme.
const colors = {
  "--xy-background-color": "var(--chakra-colors-bg)",
  "--xy-background-pattern-color": "var(--chakra-colors-border-emphasized)",
  "--xy-edge-stroke": "var(--chakra-colors-fg-subtle)",
  "--xy-controls-button-background-color": "var(--chakra-colors-bg-panel)",
  "--xy-controls-button-background-color-hover": "var(--chakra-colors-bg-muted)",
  "--xy-controls-button-color": "var(--chakra-colors-fg)",
  "--xy-controls-button-border-color": "var(--chakra-colors-border)",
} as CSSProperties;

type Props = { graph: Graph; selected: string | null; onSelect: (refId: string | null) => void };

export function StageGraph({ graph, selected, onSelect }: Props) {
  const { t } = useText();
  const dark = useDarkMode();
  const layout = useMemo(() => layoutOf(graph), [graph]);
  const nodes = useMemo<StageFlowNode[]>(
    () =>
      layout.nodes.map(({ node, x, y }) => ({
        id: node.refId,
        type: "stage",
        position: { x, y },
        data: { stage: node },
        selected: node.refId === selected,
        ariaLabel: `${node.name} (${node.type})`,
      })),
    [layout, selected],
  );
  const edges = useMemo<Edge[]>(
    () => layout.edges.map(({ id, from, to }) => ({ id, source: from, target: to, focusable: false })),
    [layout],
  );
  return (
    <Box aria-label={t("graph.label")} borderRadius="md" borderWidth="1px" h="full" minH="22rem" role="region">
      <ReactFlow
        colorMode={dark ? "dark" : "light"}
        edges={edges}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.15 }}
        minZoom={0.1}
        nodeTypes={nodeTypes}
        nodes={nodes}
        nodesConnectable={false}
        nodesDraggable={false}
        onNodesChange={(changes) => {
          // Clicks and the Enter key both end here.
          for (const change of changes) if (change.type === "select" && change.selected) onSelect(change.id);
        }}
        onPaneClick={() => onSelect(null)}
        proOptions={{ hideAttribution: true }}
        style={colors}
      >
        <Background />
        <Controls aria-label={t("graph.fit")} showInteractive={false} />
      </ReactFlow>
    </Box>
  );
}
