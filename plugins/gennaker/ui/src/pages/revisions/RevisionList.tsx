import { Badge, Button, Checkbox, Code, HStack, Spinner, Stack, Table, Text } from "@chakra-ui/react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router-dom";

import { api } from "../../api/gennaker";
import { keys } from "../../api/queries";
import type { Pipeline, Revision } from "../../api/types";
import { ProblemAlert } from "../../components/ProblemAlert";
import { paths } from "../../host/paths";
import { formatTime } from "../../host/time";
import { isKey, useText } from "../../i18n";
import { PublishDialog, RestoreDialog } from "./RevisionDialogs";

type Asked = { what: "restore" | "publish"; revision: Revision };

export function RevisionList({ pipeline }: { pipeline: Pipeline }) {
  const { t } = useText();
  const go = useNavigate();
  const [chosen, setChosen] = useState<number[]>([]);
  const [asked, setAsked] = useState<Asked | null>(null);
  const query = useInfiniteQuery({
    queryKey: [...keys.pipeline(pipeline.id), "revisions", pipeline.latest, pipeline.published],
    queryFn: ({ pageParam }) => api.revisions(pipeline.id, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
  const revisions = query.data?.pages.flatMap((page) => page.items) ?? [];
  // The third choice takes the place of the first.
  const choose = (number: number) =>
    setChosen((before) => (before.includes(number) ? before.filter((one) => one !== number) : [...before, number].slice(-2)));
  const compare = (one: number, other: number) => go(paths.compare(pipeline.id, Math.min(one, other), Math.max(one, other)));

  return (
    <Stack gap={3}>
      <HStack>
        <Button disabled={chosen.length < 2} onClick={() => compare(chosen[0]!, chosen[1]!)} size="sm" variant="outline">
          {t("revisions.compare")}
        </Button>
        {chosen.length < 2 ? <Text color="fg.muted" fontSize="sm">{t("revisions.chooseTwo")}</Text> : null}
      </HStack>
      <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />
      {query.isLoading ? <Spinner /> : null}
      {query.data && revisions.length === 0 ? <Text color="fg.muted">{t("revisions.empty")}</Text> : null}
      {revisions.length > 0 ? (
        <Table.ScrollArea borderRadius="md" borderWidth="1px">
          <Table.Root size="sm">
            <Table.Header>
              <Table.Row>
                <Table.ColumnHeader w="2rem" />
                <Table.ColumnHeader>{t("revisions.col.number")}</Table.ColumnHeader>
                <Table.ColumnHeader>{t("common.message")}</Table.ColumnHeader>
                <Table.ColumnHeader>{t("revisions.col.author")}</Table.ColumnHeader>
                <Table.ColumnHeader>{t("revisions.col.time")}</Table.ColumnHeader>
                <Table.ColumnHeader>{t("revisions.col.source")}</Table.ColumnHeader>
                <Table.ColumnHeader>{t("revisions.col.hash")}</Table.ColumnHeader>
                <Table.ColumnHeader />
              </Table.Row>
            </Table.Header>
            <Table.Body>
              {revisions.map((revision) => (
                <RevisionRow
                  chosen={chosen.includes(revision.number)}
                  key={revision.number}
                  onAsk={(what) => setAsked({ what, revision })}
                  onChoose={() => choose(revision.number)}
                  onCompare={() => compare(revision.number - 1, revision.number)}
                  pipeline={pipeline}
                  revision={revision}
                />
              ))}
            </Table.Body>
          </Table.Root>
        </Table.ScrollArea>
      ) : null}
      {query.hasNextPage ? (
        <Button alignSelf="center" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()} size="sm" variant="ghost">
          {t("revisions.more")}
        </Button>
      ) : null}
      {asked?.what === "restore" ? <RestoreDialog onClose={() => setAsked(null)} pipeline={pipeline} revision={asked.revision.number} /> : null}
      {asked?.what === "publish" ? <PublishDialog onClose={() => setAsked(null)} pipeline={pipeline} revision={asked.revision.number} /> : null}
    </Stack>
  );
}

type RowProps = {
  pipeline: Pipeline;
  revision: Revision;
  chosen: boolean;
  onChoose: () => void;
  onCompare: () => void;
  onAsk: (what: Asked["what"]) => void;
};

function RevisionRow({ pipeline, revision, chosen, onChoose, onCompare, onAsk }: RowProps) {
  const { t, language } = useText();
  const { number } = revision;
  const source = `source.${revision.source}`;
  const mayEdit = pipeline.may.edit && !pipeline.locked && !pipeline.deleted;
  const isPublished = number === pipeline.published;
  return (
    <Table.Row>
      <Table.Cell>
        <Checkbox.Root checked={chosen} onCheckedChange={onChoose} size="sm">
          <Checkbox.HiddenInput aria-label={t("revisions.choose", { number })} />
          <Checkbox.Control />
        </Checkbox.Root>
      </Table.Cell>
      <Table.Cell>
        <HStack>
          <Text fontWeight="medium">{number}</Text>
          {isPublished ? <Badge colorPalette="green">{t("revisions.published")}</Badge> : null}
          {revision.problems > 0 ? <Badge colorPalette="red">{t("state.problems", { count: revision.problems })}</Badge> : null}
        </HStack>
      </Table.Cell>
      <Table.Cell maxW="24rem" whiteSpace="normal">{revision.message}</Table.Cell>
      <Table.Cell>{revision.author}</Table.Cell>
      <Table.Cell whiteSpace="nowrap">{formatTime(revision.createdAt, language)}</Table.Cell>
      <Table.Cell>
        {isKey(source) ? t(source) : revision.source}{" "}
        {revision.restoredFrom === null ? null : t("revisions.restoredFrom", { number: revision.restoredFrom })}
      </Table.Cell>
      <Table.Cell><Code size="sm" title={revision.sha256}>{revision.sha256.slice(0, 8)}</Code></Table.Cell>
      <Table.Cell textAlign="end" whiteSpace="nowrap">
        <Button disabled={number < 2} onClick={onCompare} size="xs" variant="ghost">{t("revisions.comparePrevious")}</Button>
        {mayEdit && number < pipeline.latest ? (
          <Button onClick={() => onAsk("restore")} size="xs" variant="ghost">{t("revisions.restore")}</Button>
        ) : null}
        {mayEdit && !isPublished && revision.problems === 0 ? (
          <Button onClick={() => onAsk("publish")} size="xs" variant="ghost">{t("revisions.publish")}</Button>
        ) : null}
      </Table.Cell>
    </Table.Row>
  );
}
