import { Button, EmptyState, Heading, HStack, Input, NativeSelect, Stack } from "@chakra-ui/react";
import { useDeferredValue, useState } from "react";
import { useSearchParams } from "react-router-dom";

import { useApplications, usePipelines, useWhoami } from "../../api/queries";
import { Loaded } from "../../components/Loaded";
import { useText } from "../../i18n";
import { ApplicationDialog } from "./ApplicationDialog";
import { ApplicationGroup } from "./ApplicationGroup";
import { CreateDialog } from "./CreateDialog";
import { showsState, stateFilters } from "./filters";
import { groupsOf } from "./grouping";

/** All pipelines by application; search and filters are part of the address. */
export function ListPage() {
  const { t } = useText();
  const [params, setParams] = useSearchParams();
  const [dialog, setDialog] = useState<"pipeline" | "application" | null>(null);
  const get = (name: string) => params.get(name) ?? "";
  const set = (name: string, value: string) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );

  const [q, application, state] = [useDeferredValue(get("q")), get("application"), get("state")];
  const applications = useApplications();
  const whoami = useWhoami();
  const pipelines = usePipelines({ q, application, deleted: state === "deleted" });
  const isFiltered = Boolean(q || state);
  const mayCreate = whoami.data?.may.create || applications.data?.some((one) => one.may.create);

  return (
    <Stack gap={5}>
      <HStack flexWrap="wrap" justifyContent="space-between">
        <Heading size="lg">{t("app.title")}</Heading>
        <HStack>
          {whoami.data?.may.create ? (
            <Button onClick={() => setDialog("application")} size="sm" variant="outline">{t("list.newApplication")}</Button>
          ) : null}
          {mayCreate ? (
            <Button colorPalette="brand" onClick={() => setDialog("pipeline")} size="sm">{t("list.create")}</Button>
          ) : null}
        </HStack>
      </HStack>
      <HStack flexWrap="wrap" role="search">
        <Input aria-label={t("list.search")} maxW="sm" onChange={(event) => set("q", event.target.value)} placeholder={t("list.search")} type="search" value={get("q")} />
        <Filter label={t("list.application")} onChange={(value) => set("application", value)} value={application}
          options={[["", t("list.allApplications")], ...(applications.data ?? []).map((one) => [one.name, one.name] as const)]} />
        <Filter label={t("list.state")} onChange={(value) => set("state", value)} value={state}
          options={[["", t("list.all")], ...stateFilters.map(([value, key]) => [value, t(key)] as const)]} />
      </HStack>
      <Loaded query={applications}>
        {(known) => (
          <Loaded query={pipelines}>
            {(found) => {
              const shown = found.filter((pipeline) => showsState(pipeline, state));
              const here = application ? known.filter((one) => one.name === application) : known;
              const groups = groupsOf(here, shown, !isFiltered);
              if (groups.length === 0) return <Nothing filtered={isFiltered} />;
              return groups.map((group) => <ApplicationGroup key={group.application.name} {...group} canOrder={!isFiltered} />);
            }}
          </Loaded>
        )}
      </Loaded>
      {dialog === "pipeline" ? <CreateDialog application={application} onClose={() => setDialog(null)} /> : null}
      {dialog === "application" ? <ApplicationDialog onClose={() => setDialog(null)} /> : null}
    </Stack>
  );
}

type FilterProps = { label: string; value: string; onChange: (value: string) => void; options: (readonly [string, string])[] };

const Filter = ({ label, value, onChange, options }: FilterProps) => (
  <NativeSelect.Root maxW="2xs">
    <NativeSelect.Field aria-label={label} onChange={(event) => onChange(event.target.value)} value={value}>
      {options.map(([key, text]) => <option key={key} value={key}>{text}</option>)}
    </NativeSelect.Field>
    <NativeSelect.Indicator />
  </NativeSelect.Root>
);

function Nothing({ filtered }: { filtered: boolean }) {
  const { t } = useText();
  return (
    <EmptyState.Root>
      <EmptyState.Content>
        <EmptyState.Title>{t(filtered ? "list.nothingFound" : "list.empty")}</EmptyState.Title>
        <EmptyState.Description>{t(filtered ? "list.nothingFoundHint" : "list.emptyHint")}</EmptyState.Description>
      </EmptyState.Content>
    </EmptyState.Root>
  );
}
