import { Badge, Box, HStack, Text } from "@chakra-ui/react";
import { Handle, Position, type Node, type NodeProps } from "@xyflow/react";

import type { GraphNode } from "../api/types";
import { useText, isKey } from "../i18n";
import { NODE } from "./layout";

export type StageFlowNode = Node<{ stage: GraphNode }, "stage">;

const handle = { opacity: 0, pointerEvents: "none" } as const;

/** A stage: its name, its type, what its failure means, and whether something is wrong with it. */
export function StageNode({ data, selected }: NodeProps<StageFlowNode>) {
  const { t } = useText();
  const { stage } = data;
  const worst = stage.problems.some((problem) => problem.severity === "error") ? "red" : "orange";
  const policy = `policy.${stage.policy}`;
  const border = stage.problems.length > 0 ? `${worst}.solid` : selected ? "fg.info" : "border.emphasized";
  return (
    <Box
      bg="bg.muted"
      borderColor={border}
      borderRadius="md"
      borderStyle={stage.finally ? "dashed" : "solid"}
      borderWidth={selected ? "2px" : "1px"}
      color="fg"
      h={`${NODE.height}px`}
      px={3}
      py={2}
      shadow="xs"
      w={`${NODE.width}px`}
    >
      <Handle isConnectable={false} position={Position.Left} style={handle} type="target" />
      <Text fontSize="sm" fontWeight="medium" title={stage.name} truncate>
        {stage.name}
      </Text>
      <HStack gap={1} justifyContent="space-between">
        <Text color="fg.muted" fontSize="xs" truncate>
          {stage.type}
        </Text>
        {stage.problems.length > 0 ? (
          <Badge colorPalette={worst} size="xs" title={stage.problems.map((problem) => problem.message).join("\n")}>
            {t("graph.problemCount", { count: stage.problems.length })}
          </Badge>
        ) : null}
      </HStack>
      <Text color="fg.subtle" fontSize="2xs" truncate>
        {stage.finally ? t("graph.finally") : isKey(policy) ? t(policy) : stage.policy}
      </Text>
      <Handle isConnectable={false} position={Position.Right} style={handle} type="source" />
    </Box>
  );
}
