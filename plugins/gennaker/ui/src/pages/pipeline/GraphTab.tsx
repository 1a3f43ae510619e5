import { Badge, Box, Button, DataList, EmptyState, Flex, Heading, Stack, Text } from "@chakra-ui/react";
import { useState } from "react";
import { Link as RouterLink } from "react-router-dom";

import { useGraph } from "../../api/queries";
import type { GraphNode, Pipeline } from "../../api/types";
import { Loaded } from "../../components/Loaded";
import { StageGraph } from "../../graph/StageGraph";
import { paths } from "../../host/paths";
import { isKey, useText } from "../../i18n";

/** The stages of the newest revision. */
export function GraphTab({ pipeline }: { pipeline: Pipeline }) {
  const [selected, setSelected] = useState<string | null>(null);
  const graph = useGraph(pipeline.id, pipeline.latest);
  if (pipeline.latest === 0) return <NoStages />;
  return (
    <Loaded query={graph}>
      {(shown) => {
        if (shown.nodes.length === 0) return <NoStages broken={pipeline.problems > 0} />;
        const stage = shown.nodes.find((node) => node.refId === selected);
        return (
          <Flex direction={{ base: "column", lg: "row" }} gap={4}>
            <Box flex={1} h="60vh">
              <StageGraph graph={shown} onSelect={setSelected} selected={selected} />
            </Box>
            {stage ? <StageDetails pipeline={pipeline} stage={stage} /> : null}
          </Flex>
        );
      }}
    </Loaded>
  );
}

function NoStages({ broken = false }: { broken?: boolean }) {
  const { t } = useText();
  return (
    <EmptyState.Root>
      <EmptyState.Content>
        <EmptyState.Title>{t("graph.empty")}</EmptyState.Title>
        <EmptyState.Description>{t(broken ? "graph.none" : "graph.emptyHint")}</EmptyState.Description>
      </EmptyState.Content>
    </EmptyState.Root>
  );
}

function StageDetails({ pipeline, stage }: { pipeline: Pipeline; stage: GraphNode }) {
  const { t } = useText();
  const policy = `policy.${stage.policy}`;
  const facts = [
    [t("graph.type"), stage.type],
    [t("graph.refId"), stage.refId],
    [t("graph.task"), stage.taskId],
    [t("graph.policy"), stage.finally ? t("graph.finally") : isKey(policy) ? t(policy) : stage.policy],
  ] as const;
  return (
    <Stack aria-live="polite" gap={3} w={{ base: "full", lg: "20rem" }}>
      <Heading as="h2" size="sm">{stage.name}</Heading>
      <DataList.Root size="sm">
        {facts.map(([label, value]) => (
          <DataList.Item key={label}>
            <DataList.ItemLabel>{label}</DataList.ItemLabel>
            <DataList.ItemValue>{value}</DataList.ItemValue>
          </DataList.Item>
        ))}
      </DataList.Root>
      {stage.problems.map((problem, index) => (
        <Text fontSize="sm" key={index}>
          <Badge colorPalette={problem.severity === "error" ? "red" : "orange"} mr={2}>{t(`severity.${problem.severity}`)}</Badge>
          {problem.message} {problem.hint ? `(${problem.hint})` : ""}
        </Text>
      ))}
      <Button asChild size="sm" variant="outline">
        <RouterLink to={`${paths.pipeline(pipeline.id, "json")}?stage=${stage.index}`}>{t("graph.openJson")}</RouterLink>
      </Button>
    </Stack>
  );
}
