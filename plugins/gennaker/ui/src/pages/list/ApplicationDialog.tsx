import { useState } from "react";

import { api } from "../../api/gennaker";
import { useChange } from "../../api/queries";
import type { Application, Right } from "../../api/types";
import { CheckField, linesOf, LinesField, TextField } from "../../components/fields";
import { FormDialog } from "../../components/FormDialog";
import { useText } from "../../i18n";

const rights: Right[] = ["READ", "WRITE", "EXECUTE"];
const rolesOf = (text: string) => text.split(/[,，]/).map((role) => role.trim()).filter(Boolean);

/** Create an application, or change the given one. */
export function ApplicationDialog({ application, onClose }: { application?: Application; onClose: () => void }) {
  const { t } = useText();
  const [form, setForm] = useState({
    name: application?.name ?? "",
    owner: application?.owner ?? "",
    description: application?.description ?? "",
    projects: (application?.projects ?? []).join("\n"),
    READ: (application?.permissions.READ ?? []).join(", "),
    WRITE: (application?.permissions.WRITE ?? []).join(", "),
    EXECUTE: (application?.permissions.EXECUTE ?? []).join(", "),
    parallelRuns: application?.parallelRuns ?? true,
    restartRunning: application?.restartRunning ?? false,
  });
  const set = (changes: Partial<typeof form>) => setForm({ ...form, ...changes });
  const save = useChange(() => {
    const { name, owner, description, parallelRuns, restartRunning } = form;
    const permissions = Object.fromEntries(rights.map((right) => [right, rolesOf(form[right])]));
    const body = { name, owner, description, parallelRuns, restartRunning, permissions, projects: linesOf(form.projects) };
    return application ? api.changeApplication(application.name, body, application.version) : api.createApplication(body);
  });
  return (
    <FormDialog
      busy={save.isPending}
      error={save.error}
      onClose={onClose}
      onSubmit={() => save.mutate(undefined, { onSuccess: onClose })}
      ready={form.name.trim() !== ""}
      size="lg"
      submit={application ? t("common.save") : t("common.create")}
      title={application ? t("application.settings", { name: application.name }) : t("application.new")}
    >
      <TextField autoFocus label={t("common.name")} onChange={(name) => set({ name })} required value={form.name} />
      <TextField label={t("application.owner")} onChange={(owner) => set({ owner })} value={form.owner} />
      <LinesField label={t("application.description")} onChange={(description) => set({ description })} rows={2} value={form.description} />
      <LinesField help={t("application.projectsHint")} label={t("application.projects")} onChange={(projects) => set({ projects })} value={form.projects} />
      {rights.map((right) => (
        <TextField
          help={right === "EXECUTE" ? t("application.permissionsHint") : undefined}
          key={right}
          label={`${t("application.permissions")}: ${t(`application.right.${right}`)}`}
          onChange={(value) => set({ [right]: value })}
          value={form[right]}
        />
      ))}
      <CheckField checked={form.parallelRuns} label={t("application.parallelRuns")} onChange={(parallelRuns) => set({ parallelRuns })} />
      <CheckField checked={form.restartRunning} label={t("application.restartRunning")} onChange={(restartRunning) => set({ restartRunning })} />
    </FormDialog>
  );
}
