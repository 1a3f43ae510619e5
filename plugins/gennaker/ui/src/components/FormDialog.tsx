import { Button, CloseButton, Dialog, Portal, Stack } from "@chakra-ui/react";
import type { FormEvent, ReactNode } from "react";

import { useText } from "../i18n";
import { ProblemAlert } from "./ProblemAlert";

type Props = {
  title: string;
  submit: string;
  onSubmit: () => void;
  onClose: () => void;
  children?: ReactNode;
  error?: unknown;
  busy?: boolean;
  ready?: boolean;
  danger?: boolean;
  size?: "sm" | "md" | "lg" | "xl";
};

/** A form in a dialog: Enter submits, Escape closes, and a refusal stays in it with what was typed. */
export function FormDialog({ title, submit, onSubmit, onClose, children, error, busy, ready = true, danger, size = "md" }: Props) {
  const { t } = useText();
  const send = (event: FormEvent) => {
    event.preventDefault();
    // A portal's events travel up the component tree: without this a form around would be sent too.
    event.stopPropagation();
    if (ready && !busy) onSubmit();
  };
  return (
    <Dialog.Root lazyMount onOpenChange={(change) => !change.open && onClose()} open scrollBehavior="inside" size={size}>
      <Portal>
        <Dialog.Backdrop />
        <Dialog.Positioner>
          <Dialog.Content asChild>
            <form noValidate onSubmit={send}>
              <Dialog.Header>
                <Dialog.Title>{title}</Dialog.Title>
              </Dialog.Header>
              <Dialog.Body>
                <Stack gap={4}>
                  {children}
                  <ProblemAlert error={error} />
                </Stack>
              </Dialog.Body>
              <Dialog.Footer>
                <Button onClick={onClose} type="button" variant="outline">
                  {t("common.cancel")}
                </Button>
                <Button colorPalette={danger ? "red" : "brand"} disabled={!ready} loading={busy} type="submit">
                  {submit}
                </Button>
              </Dialog.Footer>
              <Dialog.CloseTrigger asChild>
                <CloseButton aria-label={t("common.close")} size="sm" type="button" />
              </Dialog.CloseTrigger>
            </form>
          </Dialog.Content>
        </Dialog.Positioner>
      </Portal>
    </Dialog.Root>
  );
}
