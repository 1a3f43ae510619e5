import { RadioGroup, HStack, Text } from "@chakra-ui/react";
import { useState } from "react";

import { api } from "../../api/gennaker";
import { useApplications, useChange } from "../../api/queries";
import { CheckField, linesOf, LinesField, TextField } from "../../components/fields";
import { FormDialog } from "../../components/FormDialog";
import { say } from "../../components/toasts";
import { useText } from "../../i18n";
import type { DialogProps } from "./ManageDialogs";

export function LockDialog({ pipeline, onClose }: DialogProps) {
  const { t } = useText();
  const [reason, setReason] = useState("");
  const [allowApi, setAllowApi] = useState(true);
  const lock = useChange(() => api.lock(pipeline.id, { reason, allowApi }));
  const done = () => { say(t("settings.locked")); onClose(); };
  return (
    <FormDialog busy={lock.isPending} error={lock.error} onClose={onClose} onSubmit={() => lock.mutate(undefined, { onSuccess: done })} submit={t("settings.lock")} title={`${t("settings.lock")}: ${pipeline.name}`}>
      <Text>{t("settings.lockHint")}</Text>
      <LinesField label={t("common.reason")} onChange={setReason} rows={2} value={reason} />
      <CheckField checked={allowApi} label={t("settings.lockAllowApi")} onChange={setAllowApi} />
    </FormDialog>
  );
}

export function UnlockDialog({ pipeline, onClose }: DialogProps) {
  const { t } = useText();
  const unlock = useChange(() => api.unlock(pipeline.id));
  const done = () => { say(t("settings.unlocked")); onClose(); };
  return (
    <FormDialog busy={unlock.isPending} error={unlock.error} onClose={onClose} onSubmit={() => unlock.mutate(undefined, { onSuccess: done })} submit={t("settings.unlock")} title={`${t("settings.unlock")}: ${pipeline.name}`}>
      <Text>{t("settings.unlockBody")}</Text>
    </FormDialog>
  );
}

type Scope = "team" | "projects";

export function DisableDialog({ pipeline, onClose }: DialogProps) {
  const { t } = useText();
  const known = useApplications().data?.find((one) => one.name === pipeline.application)?.projects ?? [];
  const [form, setForm] = useState({ scope: "team" as Scope, projects: "", reason: "", until: "" });
  const set = (changes: Partial<typeof form>) => setForm({ ...form, ...changes });
  const disable = useChange(() =>
    api.disable(pipeline.id, {
      scope: form.scope,
      projects: form.scope === "projects" ? linesOf(form.projects) : [],
      reason: form.reason,
      // The field has no zone: it is meant in that of whoever types.
      until: form.until ? new Date(form.until).toISOString() : null,
    }),
  );
  const done = () => { say(t("settings.disabled")); onClose(); };
  return (
    <FormDialog
      busy={disable.isPending}
      danger
      error={disable.error}
      onClose={onClose}
      onSubmit={() => disable.mutate(undefined, { onSuccess: done })}
      ready={form.scope === "team" || linesOf(form.projects).length > 0}
      submit={t("settings.disable")}
      title={`${t("settings.disable")}: ${pipeline.name}`}
    >
      <Text>{t("settings.disableHint")}</Text>
      <RadioGroup.Root aria-label={t("settings.scope")} onValueChange={(change) => set({ scope: change.value as Scope })} value={form.scope}>
        <HStack gap={6}>
          {([["team", "settings.disableTeam"], ["projects", "settings.disableProjects"]] as const).map(([value, key]) => (
            <RadioGroup.Item key={value} value={value}>
              <RadioGroup.ItemHiddenInput />
              <RadioGroup.ItemIndicator />
              <RadioGroup.ItemText>{t(key)}</RadioGroup.ItemText>
            </RadioGroup.Item>
          ))}
        </HStack>
      </RadioGroup.Root>
      {form.scope === "projects" ? (
        <LinesField
          help={`${t("settings.projectsHint")}${known.length > 0 ? `: ${known.join(", ")}` : ""}`}
          label={t("settings.projects")}
          onChange={(projects) => set({ projects })}
          required
          value={form.projects}
        />
      ) : null}
      <LinesField label={t("common.reason")} onChange={(reason) => set({ reason })} rows={2} value={form.reason} />
      <TextField help={t("settings.untilHint")} label={t("settings.until")} onChange={(until) => set({ until })} type="datetime-local" value={form.until} />
    </FormDialog>
  );
}

export function EnableDialog({ pipeline, onClose }: DialogProps) {
  const { t } = useText();
  const enable = useChange(() => api.enable(pipeline.id));
  const done = () => { say(t("settings.enabled")); onClose(); };
  return (
    <FormDialog busy={enable.isPending} error={enable.error} onClose={onClose} onSubmit={() => enable.mutate(undefined, { onSuccess: done })} submit={t("settings.enable")} title={`${t("settings.enable")}: ${pipeline.name}`}>
      <Text>{t("settings.enableBody")}</Text>
    </FormDialog>
  );
}
