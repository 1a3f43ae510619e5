import { Button, CloseButton, Dialog, HStack, Portal, SimpleGrid, Text } from "@chakra-ui/react";
import { useState } from "react";

import { useRevisionText } from "../api/queries";
import { Loaded } from "../components/Loaded";
import { ProblemAlert } from "../components/ProblemAlert";
import { useText } from "../i18n";
import type { Conflict } from "./conflict";
import { DiffView } from "./DiffView";

type Props = {
  id: string;
  conflict: Conflict;
  busy: boolean;
  error: unknown;
  onReload: () => void;
  onSaveOver: (text: string) => void;
  onClose: () => void;
};

/** Both sides of a save that came too late; nothing is lost before somebody chooses. */
export function ConflictDialog({ id, conflict, busy, error, onReload, onSaveOver, onClose }: Props) {
  const { t } = useText();
  const [mine, setMine] = useState(conflict.yours);
  const { latest } = conflict;
  // The answer has an object; the revision has it as it was written.
  const theirs = useRevisionText(id, latest);
  const labels: [string, string] = [t("conflict.theirs", { latest }), t("conflict.yours")];
  return (
    <Dialog.Root onOpenChange={(change) => !change.open && onClose()} open scrollBehavior="inside" size="full">
      <Portal>
        <Dialog.Backdrop />
        <Dialog.Positioner>
          <Dialog.Content>
            <Dialog.Header>
              <Dialog.Title>{t("conflict.title")}</Dialog.Title>
            </Dialog.Header>
            <Dialog.Body>
              <Text>{t("conflict.body", { base: conflict.base, latest })}</Text>
              <SimpleGrid columns={2} my={2}>
                <Text fontWeight="medium">{labels[0]}</Text>
                <HStack flexWrap="wrap" ps={4}>
                  <Text fontWeight="medium">{labels[1]}</Text>
                  <Text color="fg.muted" fontSize="sm">{t("conflict.takeHint")}</Text>
                </HStack>
              </SimpleGrid>
              {conflict.theirs === null ? (
                <Loaded query={theirs}>
                  {(revision) => <DiffView labels={labels} left={revision.text} onChange={setMine} right={conflict.yours} />}
                </Loaded>
              ) : (
                <DiffView labels={labels} left={theirs.data?.text ?? conflict.theirs} onChange={setMine} right={conflict.yours} />
              )}
              <ProblemAlert error={error} />
            </Dialog.Body>
            <Dialog.Footer>
              <Button onClick={onClose} variant="outline">{t("common.cancel")}</Button>
              <Button colorPalette="red" onClick={onReload} variant="outline">{t("conflict.reload", { latest })}</Button>
              <Button colorPalette="brand" loading={busy} onClick={() => onSaveOver(mine)}>{t("conflict.over", { latest })}</Button>
            </Dialog.Footer>
            <Dialog.CloseTrigger asChild>
              <CloseButton aria-label={t("common.close")} size="sm" />
            </Dialog.CloseTrigger>
          </Dialog.Content>
        </Dialog.Positioner>
      </Portal>
    </Dialog.Root>
  );
}
