import { Text } from "@chakra-ui/react";
import { useState } from "react";
import { useNavigate } from "react-router-dom";

import { api } from "../../api/gennaker";
import { useApplications, useChange } from "../../api/queries";
import type { Pipeline } from "../../api/types";
import { SelectField, TextField } from "../../components/fields";
import { FormDialog } from "../../components/FormDialog";
import { say } from "../../components/toasts";
import { paths } from "../../host/paths";
import { useText } from "../../i18n";

export type DialogProps = { pipeline: Pipeline; onClose: () => void };

export function RenameDialog({ pipeline, onClose }: DialogProps) {
  const { t } = useText();
  const [name, setName] = useState(pipeline.name);
  const rename = useChange(() => api.rename(pipeline.id, name.trim()));
  const done = () => { say(t("settings.renamed")); onClose(); };
  return (
    <FormDialog busy={rename.isPending} error={rename.error} onClose={onClose} onSubmit={() => rename.mutate(undefined, { onSuccess: done })} ready={name.trim() !== "" && name.trim() !== pipeline.name} submit={t("settings.rename")} title={`${t("settings.rename")}: ${pipeline.name}`}>
      <TextField autoFocus help={t("settings.renameHint")} label={t("common.name")} onChange={setName} required value={name} />
    </FormDialog>
  );
}

export function DeleteDialog({ pipeline, onClose }: DialogProps) {
  const { t } = useText();
  const [typed, setTyped] = useState("");
  const remove = useChange(() => api.remove(pipeline.id));
  const done = () => { say(t("settings.deleted")); onClose(); };
  return (
    <FormDialog busy={remove.isPending} danger error={remove.error} onClose={onClose} onSubmit={() => remove.mutate(undefined, { onSuccess: done })} ready={typed === pipeline.name} submit={t("settings.delete")} title={`${t("settings.delete")}: ${pipeline.name}`}>
      <Text>{t("settings.deleteHint")}</Text>
      <TextField autoFocus label={t("settings.deleteConfirm", { name: pipeline.name })} onChange={setTyped} required value={typed} />
    </FormDialog>
  );
}

export function UndeleteDialog({ pipeline, onClose }: DialogProps) {
  const { t } = useText();
  const undelete = useChange(() => api.undelete(pipeline.id));
  const done = () => { say(t("settings.undeleted")); onClose(); };
  return (
    <FormDialog busy={undelete.isPending} error={undelete.error} onClose={onClose} onSubmit={() => undelete.mutate(undefined, { onSuccess: done })} submit={t("settings.undelete")} title={`${t("settings.undelete")}: ${pipeline.name}`}>
      <Text>{t("settings.undeleteHint")}</Text>
    </FormDialog>
  );
}

export function CopyDialog({ pipeline, onClose }: DialogProps) {
  const { t } = useText();
  const go = useNavigate();
  const applications = (useApplications().data ?? []).filter((one) => one.may.create);
  const [name, setName] = useState(t("settings.copyName", { name: pipeline.name }));
  const [application, setApplication] = useState(pipeline.application);
  const [message, setMessage] = useState("");
  const copy = useChange(() => api.copy(pipeline.id, { application, name: name.trim(), message }));
  return (
    <FormDialog
      busy={copy.isPending}
      error={copy.error}
      onClose={onClose}
      onSubmit={() =>
        copy.mutate(undefined, {
          onSuccess: (made) => {
            say(t("settings.copied"));
            go(paths.pipeline(made.id));
          },
        })
      }
      ready={name.trim() !== "" && applications.some((one) => one.name === application)}
      submit={t("settings.copy")}
      title={`${t("settings.copy")}: ${pipeline.name}`}
    >
      <SelectField
        choices={[{ value: "", label: t("create.choose") }, ...applications.map((one) => ({ value: one.name, label: one.name }))]}
        label={t("list.application")}
        onChange={setApplication}
        required
        value={applications.some((one) => one.name === application) ? application : ""}
      />
      <TextField autoFocus label={t("common.name")} onChange={setName} required value={name} />
      <TextField help={t("common.messageHint")} label={t("common.message")} onChange={setMessage} value={message} />
    </FormDialog>
  );
}
