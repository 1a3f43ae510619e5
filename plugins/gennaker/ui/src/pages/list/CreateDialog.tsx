import { Text } from "@chakra-ui/react";
import { useState } from "react";
import { useNavigate } from "react-router-dom";

import { api } from "../../api/gennaker";
import { useApplications, useChange, usePipelines, useTemplates, useWhoami } from "../../api/queries";
import { SelectField, TextField } from "../../components/fields";
import { FormDialog } from "../../components/FormDialog";
import { paths } from "../../host/paths";
import { useText } from "../../i18n";

const NEW = "\u0000new";
type Start = "blank" | "template" | "copy";

/** Create a pipeline blank, from a template or as a copy, in a known or a new application. */
export function CreateDialog({ application, onClose }: { application: string; onClose: () => void }) {
  const { t } = useText();
  const go = useNavigate();
  const whoami = useWhoami();
  const templates = useTemplates();
  const applications = (useApplications().data ?? []).filter((one) => one.may.create);
  const [form, setForm] = useState({ application, newApplication: "", name: "", start: "blank" as Start, template: "", copyOf: "", message: "" });
  const set = (changes: Partial<typeof form>) => setForm({ ...form, ...changes });
  const pipelines = usePipelines({}, form.start === "copy");
  const isNew = form.application === NEW;
  const target = isNew ? form.newApplication.trim() : form.application;
  const source = form.start === "blank" ? "-" : form.start === "template" ? form.template : form.copyOf;

  const create = useChange(async () => {
    if (isNew && !applications.some((one) => one.name === target)) await api.createApplication({ name: target });
    return api.create({
      application: target,
      name: form.name.trim(),
      message: form.message,
      template: form.start === "template" ? form.template : undefined,
      copyOf: form.start === "copy" ? form.copyOf : undefined,
    });
  });
  const described = templates.data?.find((one) => one.name === form.template)?.description;
  const choose = { value: "", label: t("create.choose") };

  return (
    <FormDialog
      busy={create.isPending}
      error={create.error}
      onClose={onClose}
      onSubmit={() => create.mutate(undefined, { onSuccess: (made) => go(paths.pipeline(made.id)) })}
      ready={Boolean(target && form.name.trim() && source)}
      submit={t("common.create")}
      title={t("create.title")}
    >
      <SelectField
        choices={[
          choose,
          ...applications.map((one) => ({ value: one.name, label: one.name })),
          ...(whoami.data?.may.create ? [{ value: NEW, label: t("create.newApplication") }] : []),
        ]}
        label={t("list.application")}
        onChange={(value) => set({ application: value })}
        required
        value={form.application}
      />
      {isNew ? <TextField label={t("application.new")} onChange={(newApplication) => set({ newApplication })} required value={form.newApplication} /> : null}
      <TextField autoFocus label={t("common.name")} onChange={(name) => set({ name })} required value={form.name} />
      <SelectField
        choices={(["blank", "template", "copy"] as const).map((value) => ({ value, label: t(`create.${value}`) }))}
        label={t("create.start")}
        onChange={(start) => set({ start: start as Start })}
        value={form.start}
      />
      {form.start === "template" ? (
        <SelectField
          choices={[choose, ...(templates.data ?? []).map((one) => ({ value: one.name, label: one.title }))]}
          help={described}
          label={t("create.template")}
          onChange={(template) => set({ template })}
          required
          value={form.template}
        />
      ) : null}
      {form.start === "copy" ? (
        <SelectField
          choices={[choose, ...(pipelines.data ?? []).map((one) => ({ value: one.id, label: `${one.application} / ${one.name}` }))]}
          label={t("create.source")}
          onChange={(copyOf) => set({ copyOf })}
          required
          value={form.copyOf}
        />
      ) : null}
      {form.start === "copy" && pipelines.isLoading ? <Text>{t("common.loading")}</Text> : null}
      <TextField help={t("common.messageHint")} label={t("common.message")} onChange={(message) => set({ message })} value={form.message} />
    </FormDialog>
  );
}
