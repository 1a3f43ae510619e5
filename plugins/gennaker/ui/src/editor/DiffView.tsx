import { Box } from "@chakra-ui/react";
import { MergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useRef } from "react";

import { useText } from "../i18n";
import { readOnly, typing, viewing } from "./extensions";

type Props = {
  left: string;
  right: string;
  labels: [string, string];
  /** With it the right side can be changed, and takes parts of the left one over. */
  onChange?: (right: string) => void;
};

/** Two texts side by side; what is the same far from a change is folded. */
export function DiffView({ left, right, labels, onChange }: Props) {
  const { t } = useText();
  const folded = t("editor.unchanged");
  const holder = useRef<HTMLDivElement>(null);
  const changed = useRef(onChange);
  changed.current = onChange;
  const first = useRef(right);
  const isEditable = onChange !== undefined;
  // While it is typed into, what comes back from outside is what went out.
  const shown = isEditable ? first.current : right;

  useEffect(() => {
    const words = EditorState.phrases.of({ "$ unchanged lines": folded });
    const named = (label: string) => [words, EditorView.contentAttributes.of({ "aria-label": label })];
    const report = EditorView.updateListener.of((update) => {
      if (update.docChanged) changed.current?.(update.state.doc.toString());
    });
    const view = new MergeView({
      parent: holder.current!,
      a: { doc: left, extensions: [readOnly, viewing, named(labels[0])] },
      b: { doc: shown, extensions: [isEditable ? [typing, report] : readOnly, viewing, named(labels[1])] },
      collapseUnchanged: { margin: 3, minSize: 6 },
      revertControls: isEditable ? "a-to-b" : undefined,
      gutter: true,
    });
    return () => view.destroy();
  }, [left, shown, isEditable, folded, labels[0], labels[1]]);

  return <Box borderRadius="md" borderWidth="1px" maxH="65vh" overflow="auto" ref={holder} />;
}
