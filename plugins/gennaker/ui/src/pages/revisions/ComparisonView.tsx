import { Alert, Badge, Button, Code, Heading, HStack, List, Stack, Table, Text } from "@chakra-ui/react";
import { useState } from "react";
import { useNavigate } from "react-router-dom";

import { useComparison, useRevisionText } from "../../api/queries";
import type { Comparison, Pipeline } from "../../api/types";
import { Loaded } from "../../components/Loaded";
import { DiffView } from "../../editor/DiffView";
import { paths } from "../../host/paths";
import { useText } from "../../i18n";
import { kindText, riskText, valueText } from "./changes";
import { RestoreDialog } from "./RevisionDialogs";

type Props = { pipeline: Pipeline; from: number; to: number };

/** What changed between two revisions: what a reviewer should look at, change by change, and the text. */
export function ComparisonView({ pipeline, from, to }: Props) {
  const { t } = useText();
  const go = useNavigate();
  const [restores, setRestores] = useState<number | null>(null);
  const comparison = useComparison(pipeline.id, from, to);
  const [before, after] = [useRevisionText(pipeline.id, from), useRevisionText(pipeline.id, to)];
  const older = Math.min(from, to);
  const mayRestore = pipeline.may.edit && !pipeline.locked && !pipeline.deleted && older < pipeline.latest;
  const labels: [string, string] = [`${t("revisions.col.number")} ${from}`, `${t("revisions.col.number")} ${to}`];
  return (
    <Stack gap={4}>
      <HStack flexWrap="wrap">
        <Heading as="h2" flex={1} size="md">{t("compare.title", { from, to })}</Heading>
        <Button onClick={() => go(paths.pipeline(pipeline.id, "revisions"))} size="sm" variant="outline">{t("compare.back")}</Button>
        <Button onClick={() => go(paths.compare(pipeline.id, to, from))} size="sm" variant="outline">{t("compare.swap")}</Button>
        {mayRestore ? (
          <Button onClick={() => setRestores(older)} size="sm" variant="outline">{t("revisions.restoreTitle", { number: older })}</Button>
        ) : null}
      </HStack>
      <Loaded query={comparison}>{(found) => <><Risks comparison={found} /><Changes comparison={found} /></>}</Loaded>
      <Heading as="h3" size="sm">{t("compare.text")}</Heading>
      <Loaded query={before}>
        {(left) => <Loaded query={after}>{(right) => <DiffView labels={labels} left={left.text} right={right.text} />}</Loaded>}
      </Loaded>
      {restores === null ? null : <RestoreDialog onClose={() => setRestores(null)} pipeline={pipeline} revision={restores} />}
    </Stack>
  );
}

function Risks({ comparison }: { comparison: Comparison }) {
  const { t } = useText();
  if (comparison.risk.length === 0) return null;
  return (
    <Alert.Root status="warning">
      <Alert.Indicator />
      <Alert.Content>
        <Alert.Title>{t("compare.risks")}</Alert.Title>
        <Alert.Description>
          <List.Root pl={4}>
            {comparison.risk.map((risk, index) => (
              <List.Item key={index}>
                <Badge colorPalette="orange" mr={2}>{riskText(t, risk.class)}</Badge>
                {risk.message} {risk.path ? <Code size="sm">{risk.path}</Code> : null}
              </List.Item>
            ))}
          </List.Root>
        </Alert.Description>
      </Alert.Content>
    </Alert.Root>
  );
}

function Changes({ comparison }: { comparison: Comparison }) {
  const { t } = useText();
  return (
    <Stack gap={2}>
      <Heading as="h3" size="sm">{t("compare.changes")}</Heading>
      {comparison.changes.length === 0 ? (
        <Text color="fg.muted">{t("compare.none")}</Text>
      ) : (
        <Table.ScrollArea borderRadius="md" borderWidth="1px" maxH="40vh">
          <Table.Root size="sm" stickyHeader>
            <Table.Header>
              <Table.Row>
                <Table.ColumnHeader>{t("compare.kind")}</Table.ColumnHeader>
                <Table.ColumnHeader>{t("compare.where")}</Table.ColumnHeader>
                <Table.ColumnHeader>{t("compare.before")}</Table.ColumnHeader>
                <Table.ColumnHeader>{t("compare.after")}</Table.ColumnHeader>
              </Table.Row>
            </Table.Header>
            <Table.Body>
              {comparison.changes.map((change, index) => (
                <Table.Row key={index}>
                  <Table.Cell whiteSpace="nowrap">
                    {kindText(t, change.kind)}{" "}
                    {change.risk ? <Badge colorPalette="orange">{riskText(t, change.risk)}</Badge> : null}
                  </Table.Cell>
                  <Table.Cell>
                    {change.stage ? <Text>{change.stage}</Text> : null}
                    <Code size="sm">{change.path}</Code>
                  </Table.Cell>
                  {[change.before, change.after].map((value, side) => (
                    <Table.Cell fontFamily="mono" fontSize="xs" key={side} maxW="24rem" whiteSpace="pre-wrap" wordBreak="break-word">
                      {valueText(value)}
                    </Table.Cell>
                  ))}
                </Table.Row>
              ))}
            </Table.Body>
          </Table.Root>
        </Table.ScrollArea>
      )}
    </Stack>
  );
}
