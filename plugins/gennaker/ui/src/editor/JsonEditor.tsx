import { Box } from "@chakra-ui/react";
import { jsonParseLinter } from "@codemirror/lang-json";
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { Compartment, type Extension } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { useEffect, useImperativeHandle, useRef, type Ref } from "react";

import type { Problem } from "../api/types";
import { readOnly, typing, viewing } from "./extensions";
import { marksOf, type Range } from "./position";

export type EditorHandle = { show: (range: Range) => void };

type Props = {
  value: string;
  onChange: (value: string) => void;
  problems: readonly Problem[];
  label: string;
  locked?: boolean;
  onSave?: () => void;
  ref?: Ref<EditorHandle>;
};

const modeOf = (locked: boolean): Extension => (locked ? readOnly : typing);

/** A field for JSON; problems are underlined where they are. */
export function JsonEditor({ value, onChange, problems, label, locked = false, onSave, ref }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const mode = useRef(new Compartment());
  const latest = useRef({ value, onChange, onSave });
  latest.current = { value, onChange, onSave };

  useEffect(() => {
    const made = new EditorView({
      parent: holder.current!,
      doc: latest.current.value,
      extensions: [
        mode.current.of(modeOf(locked)),
        viewing,
        lintGutter(),
        keymap.of([{ key: "Mod-s", preventDefault: true, run: () => (latest.current.onSave?.(), true) }, ...lintKeymap]),
        EditorView.contentAttributes.of({ "aria-label": label }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) latest.current.onChange(update.state.doc.toString());
        }),
      ],
    });
    view.current = made;
    return () => made.destroy();
    // The view lives as long as the field; what changes is given to it below.
  }, []);

  useEffect(() => {
    const doc = view.current!.state.doc;
    if (doc.toString() !== value) view.current!.dispatch({ changes: { from: 0, to: doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    view.current!.dispatch({ effects: mode.current.reconfigure(modeOf(locked)) });
  }, [locked]);

  useEffect(() => {
    const { state } = view.current!;
    view.current!.dispatch(setDiagnostics(state, diagnosticsOf(view.current!, problems)));
  }, [problems, value]);

  useImperativeHandle(ref, () => ({
    show: ({ from, to }) => {
      const end = view.current!.state.doc.length;
      view.current!.dispatch({
        selection: { anchor: Math.min(from, end), head: Math.min(to, end) },
        effects: EditorView.scrollIntoView(Math.min(from, end), { y: "center" }),
      });
      view.current!.focus();
    },
  }));

  return <Box borderRadius="md" borderWidth="1px" h="full" minH="20rem" overflow="hidden" ref={holder} />;
}

const syntax = jsonParseLinter();

/** The parser's own complaint where the text is no JSON; the API's problems where it is. */
function diagnosticsOf(view: EditorView, problems: readonly Problem[]): Diagnostic[] {
  const broken = view.state.doc.length > 0 ? syntax(view) : [];
  if (broken.length > 0) return broken;
  return marksOf(view.state.doc.toString(), problems).map(({ from, to, severity, message }) => ({ from, to, severity, message }));
}
