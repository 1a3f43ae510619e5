import { Fieldset, Stack } from "@chakra-ui/react";
import { useState } from "react";
import { useNavigate } from "react-router-dom";

import { api } from "../../api/gennaker";
import { useChange, useGraph, usePipelines } from "../../api/queries";
import { CheckField, SelectField, TextField } from "../../components/fields";
import { FormDialog } from "../../components/FormDialog";
import { say } from "../../components/toasts";
import { paths } from "../../host/paths";
import { useText } from "../../i18n";
import type { DialogProps } from "./ManageDialogs";

/** Some stages of this pipeline into another one, as a new revision of that. */
export function CopyStagesDialog({ pipeline, onClose }: DialogProps) {
  const { t } = useText();
  const go = useNavigate();
  const stages = useGraph(pipeline.id, pipeline.latest).data?.nodes ?? [];
  const targets = (usePipelines({}).data ?? []).filter((one) => one.may.edit && !one.locked);
  const [chosen, setChosen] = useState<string[]>([]);
  const [targetId, setTargetId] = useState("");
  const [after, setAfter] = useState("");
  const [message, setMessage] = useState("");
  const target = targets.find((one) => one.id === targetId);
  const places = useGraph(targetId, target?.latest ?? 0).data?.nodes ?? [];
  const copy = useChange(() => {
    const refIds = stages.map((stage) => stage.refId).filter((refId) => chosen.includes(refId));
    return api.copyStages(targetId, { from: pipeline.id, refIds, after: after ? [after] : null, message }, target?.latest ?? 0);
  });
  return (
    <FormDialog
      busy={copy.isPending}
      error={copy.error}
      onClose={onClose}
      onSubmit={() =>
        copy.mutate(undefined, {
          onSuccess: (saved) => {
            say(t("settings.copiedStages", { number: saved.revision }));
            go(paths.pipeline(targetId));
          },
        })
      }
      ready={chosen.length > 0 && target !== undefined}
      submit={t("settings.copyStages")}
      title={`${t("settings.copyStages")}: ${pipeline.name}`}
    >
      <Fieldset.Root>
        <Fieldset.Legend>{t("settings.copyStagesWhich")}</Fieldset.Legend>
        <Stack maxH="14rem" overflowY="auto">
          {stages.map((stage) => (
            <CheckField
              checked={chosen.includes(stage.refId)}
              key={stage.refId}
              label={`${stage.name} (${stage.type})`}
              onChange={(on) => setChosen(on ? [...chosen, stage.refId] : chosen.filter((one) => one !== stage.refId))}
            />
          ))}
        </Stack>
      </Fieldset.Root>
      <SelectField
        choices={[{ value: "", label: t("create.choose") }, ...targets.map((one) => ({ value: one.id, label: `${one.application} / ${one.name}` }))]}
        label={t("settings.copyStagesTarget")}
        onChange={(value) => { setTargetId(value); setAfter(""); }}
        required
        value={targetId}
      />
      <SelectField
        choices={[{ value: "", label: t("settings.copyStagesStart") }, ...places.map((stage) => ({ value: stage.refId, label: stage.name }))]}
        disabled={!target}
        label={t("settings.copyStagesAfter")}
        onChange={setAfter}
        value={after}
      />
      <TextField help={t("common.messageHint")} label={t("common.message")} onChange={setMessage} value={message} />
    </FormDialog>
  );
}
