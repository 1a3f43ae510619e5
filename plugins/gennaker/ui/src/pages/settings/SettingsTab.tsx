import { Button, Card, Heading, HStack, SimpleGrid, Stack, Text } from "@chakra-ui/react";
import { useState, type ComponentType } from "react";

import { api } from "../../api/gennaker";
import { useApplications, useChange } from "../../api/queries";
import type { Application, Pipeline } from "../../api/types";
import { ProblemAlert } from "../../components/ProblemAlert";
import { say } from "../../components/toasts";
import { useText, type Key } from "../../i18n";
import { CopyStagesDialog } from "./CopyStagesDialog";
import { download } from "./download";
import { DisableDialog, EnableDialog, LockDialog, UnlockDialog } from "./GovernanceDialogs";
import { CopyDialog, DeleteDialog, RenameDialog, UndeleteDialog, type DialogProps } from "./ManageDialogs";

type Action = { name: Key; hint: Key; allowed: boolean; refusal?: Key; Dialog: ComponentType<DialogProps>; danger?: boolean };

/** What can be done with this pipeline now; what the role forbids is shown and says so. */
function actionsOf({ may, locked, disabled, deleted }: Pipeline, applications: Application[] | undefined): [Key, Action[]][] {
  const somewhere = (right: "create" | "edit") => applications?.some((one) => one.may[right]) ?? true;
  if (deleted) {
    return [["settings.manage", [{ name: "settings.undelete", hint: "settings.undeleteHint", allowed: may.delete, Dialog: UndeleteDialog }]]];
  }
  const lock: Action = locked
    ? { name: "settings.unlock", hint: "settings.unlockBody", allowed: may.lock, Dialog: UnlockDialog }
    : { name: "settings.lock", hint: "settings.lockHint", allowed: may.lock, Dialog: LockDialog };
  const able: Action = disabled
    ? { name: "settings.enable", hint: "settings.enableBody", allowed: may.disable, Dialog: EnableDialog }
    : { name: "settings.disable", hint: "settings.disableHint", allowed: may.disable, Dialog: DisableDialog };
  const locks = locked ? { refusal: "settings.unlockFirst" as const } : {};
  return [
    ["settings.protect", [lock, able]],
    ["settings.reuse", [
      { name: "settings.copy", hint: "settings.copyHint", allowed: somewhere("create"), Dialog: CopyDialog },
      { name: "settings.copyStages", hint: "settings.copyStagesHint", allowed: somewhere("edit"), Dialog: CopyStagesDialog },
    ]],
    ["settings.manage", [
      { name: "settings.rename", hint: "settings.renameHint", allowed: may.edit && !locked, Dialog: RenameDialog, ...locks },
      { name: "settings.delete", hint: "settings.deleteHint", allowed: may.delete && !locked, Dialog: DeleteDialog, danger: true, ...locks },
    ]],
  ];
}

export function SettingsTab({ pipeline }: { pipeline: Pipeline }) {
  const { t } = useText();
  const [open, setOpen] = useState<Action | null>(null);
  const applications = useApplications().data;
  const save = useChange(async () => download(`${pipeline.name}.json`, await api.export(pipeline.id)));
  return (
    <Stack gap={6}>
      {actionsOf(pipeline, applications).map(([title, actions]) => (
        <Stack as="section" gap={3} key={title}>
          <Heading as="h2" size="sm">{t(title)}</Heading>
          <SimpleGrid columns={{ base: 1, md: 2 }} gap={3}>
            {actions.map((action) => (
              <ActionCard action={action} key={action.name} onOpen={() => setOpen(action)} />
            ))}
            {title === "settings.reuse" ? (
              <ActionCard
                action={{ name: "settings.export", hint: "settings.exportHint", allowed: true }}
                onOpen={() => save.mutate(undefined, { onSuccess: () => say(t("settings.exported")) })}
              />
            ) : null}
          </SimpleGrid>
        </Stack>
      ))}
      <ProblemAlert error={save.error} />
      {open ? <open.Dialog onClose={() => setOpen(null)} pipeline={pipeline} /> : null}
    </Stack>
  );
}

type CardProps = { action: Pick<Action, "name" | "hint" | "allowed" | "danger" | "refusal">; onOpen: () => void };

function ActionCard({ action, onOpen }: CardProps) {
  const { t } = useText();
  return (
    <Card.Root size="sm">
      <Card.Body>
        <HStack justifyContent="space-between">
          <Stack gap={0}>
            <Text>{t(action.hint)}</Text>
            {action.allowed ? null : <Text color="fg.muted" fontSize="xs">{t(action.refusal ?? "settings.notAllowed")}</Text>}
          </Stack>
          <Button colorPalette={action.danger ? "red" : undefined} disabled={!action.allowed} flexShrink={0} onClick={onOpen} size="sm" variant="outline">
            {t(action.name)}
          </Button>
        </HStack>
      </Card.Body>
    </Card.Root>
  );
}
