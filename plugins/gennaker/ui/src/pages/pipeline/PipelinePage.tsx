import { Box, Button, Heading, HStack, Link, Stack, Tabs, Text } from "@chakra-ui/react";
import { useState } from "react";
import { Link as RouterLink, useNavigate, useParams } from "react-router-dom";

import { usePipeline } from "../../api/queries";
import type { Pipeline } from "../../api/types";
import { Loaded } from "../../components/Loaded";
import { StateBadges } from "../../components/StateBadges";
import { paths, tabs, type Tab } from "../../host/paths";
import { useText } from "../../i18n";
import { RevisionsTab } from "../revisions/RevisionsTab";
import { RunDialog } from "../run/RunDialog";
import { SettingsTab } from "../settings/SettingsTab";
import { Banners } from "./Banners";
import { GraphTab } from "./GraphTab";
import { JsonTab } from "./JsonTab";

export function PipelinePage() {
  const { id = "" } = useParams();
  return <Loaded query={usePipeline(id)}>{(pipeline) => <Page key={pipeline.id} pipeline={pipeline} />}</Loaded>;
}

function Page({ pipeline }: { pipeline: Pipeline }) {
  const { t } = useText();
  const go = useNavigate();
  const { tab } = useParams();
  const current: Tab = tabs.find((one) => one === tab) ?? "graph";
  return (
    <Stack gap={3}>
      <Header pipeline={pipeline} />
      <Banners pipeline={pipeline} />
      <Tabs.Root lazyMount onValueChange={(change) => go(paths.pipeline(pipeline.id, change.value as Tab))} value={current}>
        <Tabs.List>
          {tabs.map((one) => <Tabs.Trigger key={one} value={one}>{t(`tab.${one}`)}</Tabs.Trigger>)}
        </Tabs.List>
        <Tabs.Content value="graph"><GraphTab pipeline={pipeline} /></Tabs.Content>
        {/* Stays mounted, so that a look at another tab loses nothing that was typed. */}
        <Tabs.Content value="json"><JsonTab active={current === "json"} pipeline={pipeline} /></Tabs.Content>
        <Tabs.Content value="revisions"><RevisionsTab pipeline={pipeline} /></Tabs.Content>
        <Tabs.Content value="settings"><SettingsTab pipeline={pipeline} /></Tabs.Content>
      </Tabs.Root>
    </Stack>
  );
}

function Header({ pipeline }: { pipeline: Pipeline }) {
  const { t } = useText();
  const [runs, setRuns] = useState(false);
  const mayRun = pipeline.may.run && pipeline.published !== null && !pipeline.deleted && pipeline.disabled?.scope !== "team";
  return (
    <HStack alignItems="start" flexWrap="wrap" justifyContent="space-between">
      <Box>
        <Text color="fg.muted" fontSize="sm">
          <Link asChild><RouterLink to={paths.list}>{t("pipeline.all")}</RouterLink></Link>
          {" / "}
          <Link asChild><RouterLink to={`${paths.list}?application=${encodeURIComponent(pipeline.application)}`}>{pipeline.application}</RouterLink></Link>
        </Text>
        <HStack flexWrap="wrap">
          <Heading as="h1" size="lg">{pipeline.name}</Heading>
          <StateBadges pipeline={pipeline} />
        </HStack>
      </Box>
      <HStack>
        {pipeline.published !== null ? (
          <Button asChild size="sm" variant="outline"><RouterLink to={paths.dag(pipeline.dagId)}>{t("pipeline.openDag")}</RouterLink></Button>
        ) : null}
        <Button colorPalette="brand" disabled={!mayRun} onClick={() => setRuns(true)} size="sm">{t("pipeline.run")}</Button>
      </HStack>
      {runs ? <RunDialog onClose={() => setRuns(false)} pipeline={pipeline} /> : null}
    </HStack>
  );
}
