import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { searchKeymap, highlightSelectionMatches } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const color = (token: string) => `var(--chakra-colors-${token})`;

// Every colour is a token of the host, so that the editor follows its theme without being told.
const theme = EditorView.theme({
  "&": { color: color("fg"), backgroundColor: color("bg"), fontSize: "13px", height: "100%" },
  "&.cm-focused": { outline: `2px solid ${color("border-info")}`, outlineOffset: "-1px" },
  ".cm-scroller": { fontFamily: "var(--chakra-fonts-mono)", lineHeight: "1.5" },
  ".cm-content": { caretColor: color("fg") },
  ".cm-cursor": { borderLeftColor: color("fg") },
  ".cm-gutters": { backgroundColor: color("bg"), color: color("fg-subtle"), borderRightColor: color("border") },
  ".cm-activeLine": { backgroundColor: `color-mix(in srgb, ${color("fg")} 5%, transparent)` },
  ".cm-activeLineGutter": { backgroundColor: color("bg-muted") },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: color("blue-muted"),
  },
  ".cm-selectionMatch, .cm-searchMatch": { backgroundColor: color("yellow-muted") },
  // Green is for what was added.
  "&.cm-focused .cm-matchingBracket": { backgroundColor: color("bg-emphasized") },
  ".cm-foldPlaceholder": { backgroundColor: color("bg-muted"), color: color("fg-muted"), border: "none" },
  ".cm-tooltip, .cm-panels": { backgroundColor: color("bg-panel"), color: color("fg"), border: `1px solid ${color("border")}` },
  ".cm-textfield": { backgroundColor: color("bg"), borderColor: color("border") },
  ".cm-button": { backgroundImage: "none", backgroundColor: color("bg-muted"), borderColor: color("border") },
  ".cm-changedLine": { backgroundColor: `color-mix(in srgb, ${color("green-solid")} 12%, transparent)` },
  ".cm-merge-a .cm-changedLine, .cm-deletedChunk": { backgroundColor: `color-mix(in srgb, ${color("red-solid")} 12%, transparent)` },
  ".cm-changedText": { background: `${color("green-muted")} !important` },
  "&.cm-merge-a .cm-changedText": { background: `${color("red-muted")} !important` },
  ".cm-collapsedLines": { background: color("bg-muted"), color: color("fg-muted") },
  // The library's own sign is missing in many fonts.
  ".cm-collapsedLines:before, .cm-collapsedLines:after": { content: '"⋯"' },
});

const highlight = HighlightStyle.define([
  { tag: tags.propertyName, color: color("blue-fg") },
  { tag: tags.string, color: color("green-fg") },
  { tag: tags.number, color: color("orange-fg") },
  { tag: [tags.bool, tags.null], color: color("purple-fg") },
  { tag: tags.separator, color: color("fg-muted") },
]);

/** What every view of a pipeline's JSON has. */
export const viewing: Extension = [
  lineNumbers(),
  foldGutter(),
  drawSelection(),
  bracketMatching(),
  highlightSelectionMatches(),
  json(),
  syntaxHighlighting(highlight),
  EditorView.lineWrapping,
  theme,
];

/** What one that is typed into has beside that. Escape, then Tab, leaves the editor by keyboard. */
export const typing: Extension = [
  history(),
  indentOnInput(),
  highlightActiveLine(),
  keymap.of([...searchKeymap, ...historyKeymap, ...foldKeymap, ...defaultKeymap, indentWithTab]),
];

/** Readable and searchable, also by keyboard, but not to be changed. */
export const readOnly: Extension = [
  EditorState.readOnly.of(true),
  keymap.of([...searchKeymap, ...foldKeymap, ...defaultKeymap]),
];
