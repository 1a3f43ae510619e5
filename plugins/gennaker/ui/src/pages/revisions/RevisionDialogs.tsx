import { Text } from "@chakra-ui/react";
import { useState } from "react";

import { api } from "../../api/gennaker";
import { useChange } from "../../api/queries";
import type { Pipeline } from "../../api/types";
import { TextField } from "../../components/fields";
import { FormDialog } from "../../components/FormDialog";
import { say } from "../../components/toasts";
import { useText } from "../../i18n";

type Props = { pipeline: Pipeline; revision: number; onClose: () => void };

export function RestoreDialog({ pipeline, revision, onClose }: Props) {
  const { t } = useText();
  const [message, setMessage] = useState("");
  // What was newest when the dialog was opened; a save in between is told, not overwritten.
  const [base] = useState(pipeline.latest);
  const restore = useChange(() => api.restore(pipeline.id, revision, message, base));
  return (
    <FormDialog
      busy={restore.isPending}
      error={restore.error}
      onClose={onClose}
      onSubmit={() =>
        restore.mutate(undefined, {
          onSuccess: (saved) => {
            say(t("revisions.restored", { number: revision, latest: saved.revision }));
            onClose();
          },
        })
      }
      submit={t("revisions.restore")}
      title={t("revisions.restoreTitle", { number: revision })}
    >
      <Text>{t("revisions.restoreBody")}</Text>
      <TextField autoFocus help={t("common.messageHint")} label={t("common.message")} onChange={setMessage} value={message} />
    </FormDialog>
  );
}

export function PublishDialog({ pipeline, revision, onClose }: Props) {
  const { t } = useText();
  const publish = useChange(() => api.publish(pipeline.id, revision));
  return (
    <FormDialog
      busy={publish.isPending}
      error={publish.error}
      onClose={onClose}
      onSubmit={() =>
        publish.mutate(undefined, {
          onSuccess: () => {
            say(t("json.savedPublished", { number: revision }));
            onClose();
          },
        })
      }
      submit={t("revisions.publish")}
      title={t("revisions.publishTitle", { number: revision })}
    >
      <Text>{t("revisions.publishBody")}</Text>
    </FormDialog>
  );
}
