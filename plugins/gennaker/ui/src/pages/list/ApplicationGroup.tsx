import { Badge, Box, Button, Heading, HStack, IconButton, Link, Table, Text } from "@chakra-ui/react";
import { useState } from "react";
import { Link as RouterLink } from "react-router-dom";

import { api } from "../../api/gennaker";
import { useChange } from "../../api/queries";
import type { Pipeline } from "../../api/types";
import { ProblemAlert } from "../../components/ProblemAlert";
import { StateBadges } from "../../components/StateBadges";
import { paths } from "../../host/paths";
import { formatTime } from "../../host/time";
import { useText } from "../../i18n";
import { ApplicationDialog } from "./ApplicationDialog";
import { moved, type Group } from "./grouping";

type Props = Group & { canOrder: boolean };

export function ApplicationGroup({ application, pipelines, canOrder }: Props) {
  const { t } = useText();
  const [edits, setEdits] = useState(false);
  const order = useChange((ids: string[]) => api.order(application.name, ids));
  const ids = pipelines.map((pipeline) => pipeline.id);
  const mayOrder = canOrder && application.may.edit && ids.length > 1;
  return (
    <Box aria-label={application.name} as="section">
      <HStack mb={2}>
        <Heading as="h2" size="md">{application.name}</Heading>
        <Badge>{pipelines.length}</Badge>
        {application.owner ? <Text color="fg.muted" fontSize="sm">{application.owner}</Text> : null}
        {application.may.edit ? (
          <Button aria-label={t("list.applicationSettings", { name: application.name })} onClick={() => setEdits(true)} size="2xs" variant="ghost">
            {t("tab.settings")}
          </Button>
        ) : null}
      </HStack>
      {application.description ? <Text color="fg.muted" fontSize="sm" mb={2}>{application.description}</Text> : null}
      <ProblemAlert error={order.error} />
      {pipelines.length === 0 ? (
        <Text color="fg.muted" fontSize="sm">{t("list.emptyApplication")}</Text>
      ) : (
        <Table.ScrollArea borderRadius="md" borderWidth="1px">
          <Table.Root size="sm" tableLayout="fixed">
            <Table.Header>
              <Table.Row>
                <Table.ColumnHeader w="35%">{t("list.col.name")}</Table.ColumnHeader>
                <Table.ColumnHeader>{t("list.col.state")}</Table.ColumnHeader>
                <Table.ColumnHeader w="18rem">{t("list.col.changed")}</Table.ColumnHeader>
                {mayOrder ? <Table.ColumnHeader w="6rem" /> : null}
              </Table.Row>
            </Table.Header>
            <Table.Body>
              {pipelines.map((pipeline, index) => (
                <PipelineRow key={pipeline.id} pipeline={pipeline}>
                  {mayOrder ? (
                    <Table.Cell whiteSpace="nowrap">
                      {([-1, 1] as const).map((step) => (
                        <IconButton
                          aria-label={t(step < 0 ? "list.moveUp" : "list.moveDown", { name: pipeline.name })}
                          disabled={order.isPending || moved(ids, index, step) === ids}
                          key={step}
                          onClick={() => order.mutate(moved(ids, index, step))}
                          fontSize="lg"
                          size="xs"
                          variant="ghost"
                        >
                          {step < 0 ? "↑" : "↓"}
                        </IconButton>
                      ))}
                    </Table.Cell>
                  ) : null}
                </PipelineRow>
              ))}
            </Table.Body>
          </Table.Root>
        </Table.ScrollArea>
      )}
      {edits ? <ApplicationDialog application={application} onClose={() => setEdits(false)} /> : null}
    </Box>
  );
}

function PipelineRow({ pipeline, children }: { pipeline: Pipeline; children: React.ReactNode }) {
  const { t, language } = useText();
  return (
    <Table.Row>
      <Table.Cell>
        <Link asChild color="fg.info" fontWeight="medium">
          <RouterLink to={paths.pipeline(pipeline.id)}>{pipeline.name}</RouterLink>
        </Link>
        <Text color="fg.muted" fontSize="xs" truncate>{pipeline.dagId}</Text>
      </Table.Cell>
      <Table.Cell><StateBadges pipeline={pipeline} /></Table.Cell>
      <Table.Cell color="fg.muted" fontSize="sm" whiteSpace="normal">
        {t("common.updated", { time: formatTime(pipeline.updatedAt, language), by: pipeline.updatedBy })}
      </Table.Cell>
      {children}
    </Table.Row>
  );
}
