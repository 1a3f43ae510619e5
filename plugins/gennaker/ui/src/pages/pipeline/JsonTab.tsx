import { Alert, Badge, Box, Button, Flex, HStack, Input, Stack, Text } from "@chakra-ui/react";
import { useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router-dom";

import { api } from "../../api/gennaker";
import { useChange, useSpec } from "../../api/queries";
import type { Pipeline, Saved } from "../../api/types";
import { Loaded } from "../../components/Loaded";
import { ProblemAlert } from "../../components/ProblemAlert";
import { say } from "../../components/toasts";
import { conflictOf } from "../../editor/conflict";
import { ConflictDialog } from "../../editor/ConflictDialog";
import { JsonEditor, type EditorHandle } from "../../editor/JsonEditor";
import { rangeOf, stagePath } from "../../editor/position";
import { useText, type Translate } from "../../i18n";
import { ProblemList } from "./ProblemList";
import { useDraft, useProblems } from "./useDraft";

type Save = { text: string; base: number; publish: boolean };

/** The pipeline as JSON: type, see what is wrong, save as a draft or publish. */
export function JsonTab({ pipeline, active }: { pipeline: Pipeline; active: boolean }) {
  const { t } = useText();
  const newest = useSpec(pipeline.id, pipeline.latest, pipeline.latest > 0);
  const { draft, isDirty, type, load } = useDraft(pipeline.id, newest.data);
  const [message, setMessage] = useState("");
  const checked = useProblems(draft?.text, active);
  const editor = useRef<EditorHandle>(null);
  const save = useChange(({ text, base, publish }: Save) => api.save(pipeline.id, { text, message, publish }, base));
  const [conflict, setConflict] = useState<{ save: Save; error: unknown } | null>(null);
  useStageInAddress(active ? draft?.text : undefined, editor);
  useWarning(isDirty);

  const mayEdit = pipeline.may.edit && !pipeline.locked && !pipeline.deleted && !newest.data?.redacted;
  const problems = checked.data?.problems ?? newest.data?.problems ?? [];

  const send = (input: Save) =>
    save.mutate(input, {
      onSuccess: (saved) => {
        load(saved.revision, input.text);
        setMessage("");
        setConflict(null);
        tell(t, saved, input.publish);
      },
      onError: (error) => {
        if (conflictOf(error, input.text, input.base)) setConflict({ save: input, error });
      },
    });
  const submit = (publish: boolean) => draft && mayEdit && send({ text: draft.text, base: draft.base, publish });
  const stale = conflict && conflictOf(conflict.error, conflict.save.text, conflict.save.base);

  return (
    <Loaded query={newest}>
      {(spec) =>
        draft ? (
          <Stack gap={3}>
            {spec.redacted ? <Note text={t("banner.redacted")} /> : null}
            {spec.revision > draft.base ? (
              <Note text={t("json.newer", { number: spec.revision })}>
                <Button onClick={() => load(spec.revision, spec.text)} size="xs" variant="outline">{t("json.newerLoad")}</Button>
              </Note>
            ) : null}
            <HStack flexWrap="wrap">
              <Text color="fg.muted" fontSize="sm">{t("json.based", { number: draft.base })}</Text>
              {isDirty ? <Badge colorPalette="blue">{t("json.unsaved")}</Badge> : null}
              {mayEdit ? null : <Badge>{t("json.readOnly")}</Badge>}
              <Box flex={1} />
              {mayEdit ? (
                <>
                  <Button disabled={!isDirty} onClick={() => globalThis.confirm(t("json.discardAsk")) && load(spec.revision, spec.text)} size="sm" variant="ghost">
                    {t("json.discard")}
                  </Button>
                  <Input aria-label={t("common.message")} maxW="xs" onChange={(event) => setMessage(event.target.value)} placeholder={t("common.message")} size="sm" value={message} />
                  <Button disabled={!isDirty} loading={save.isPending && save.variables?.publish === false} onClick={() => submit(false)} size="sm" variant="outline">
                    {t("json.saveDraft")}
                  </Button>
                  <Button
                    colorPalette="brand"
                    disabled={!isDirty && pipeline.published === pipeline.latest}
                    loading={save.isPending && save.variables?.publish === true}
                    onClick={() => submit(true)}
                    size="sm"
                  >
                    {t("json.publish")}
                  </Button>
                </>
              ) : null}
            </HStack>
            <ProblemAlert error={stale ? null : save.error} />
            <Flex direction={{ base: "column", lg: "row" }} gap={4}>
              <Box flex={1} h="60vh" minW={0}>
                <JsonEditor label={t("json.editor")} locked={!mayEdit} onChange={type} onSave={() => submit(false)} problems={problems} ref={editor} value={draft.text} />
              </Box>
              <ProblemList
                checking={checked.isFetching}
                error={checked.error}
                onShow={(problem) => editor.current?.show(rangeOf(draft.text, problem.path))}
                problems={problems}
                text={draft.text}
              />
            </Flex>
            {stale ? (
              <ConflictDialog
                busy={save.isPending}
                conflict={stale}
                error={conflictOf(save.error, "", 0) ? null : save.error}
                id={pipeline.id}
                key={stale.latest}
                onClose={() => setConflict(null)}
                onReload={() => {
                  setConflict(null);
                  void api.spec(pipeline.id).then((now) => load(now.revision, now.text));
                }}
                onSaveOver={(text) => send({ ...conflict.save, text, base: stale.latest })}
              />
            ) : null}
          </Stack>
        ) : null
      }
    </Loaded>
  );
}

const Note = ({ text, children }: { text: string; children?: React.ReactNode }) => (
  <Alert.Root size="sm" status="warning">
    <Alert.Indicator />
    <Alert.Title>{text}</Alert.Title>
    {children}
  </Alert.Root>
);

function tell(t: Translate, saved: Saved, publish: boolean) {
  const number = saved.revision;
  if (saved.published) say(t("json.savedPublished", { number }));
  else if (publish) say(t("json.publishRefused", { number }), "warning");
  else say(t(saved.created ? "json.savedDraft" : "json.unchanged", { number }));
}

/** `?stage=3` in the address leads to that stage; it is taken out once it was followed. */
function useStageInAddress(text: string | undefined, editor: React.RefObject<EditorHandle | null>) {
  const [params, setParams] = useSearchParams();
  const stage = params.get("stage");
  useEffect(() => {
    if (stage === null || text === undefined) return;
    const range = stagePath(text, Number(stage));
    // The editor is there after this effect of its first showing.
    const timer = setTimeout(() => {
      if (range) editor.current?.show(range);
      setParams({}, { replace: true });
    });
    return () => clearTimeout(timer);
  }, [stage, text, editor, setParams]);
}

function useWarning(isDirty: boolean) {
  useEffect(() => {
    if (!isDirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    globalThis.addEventListener("beforeunload", warn);
    return () => globalThis.removeEventListener("beforeunload", warn);
  }, [isDirty]);
}
