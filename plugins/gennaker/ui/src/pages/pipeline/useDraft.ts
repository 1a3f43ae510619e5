import { useEffect, useState } from "react";
import { useQuery } from "@tanstack/react-query";

import { api } from "../../api/gennaker";
import type { SpecAtRevision } from "../../api/types";

/** What is typed, and which revision it is based on. */
export type Draft = { base: number; original: string; text: string };

const KEEP = "gennaker.draft.";

function kept(id: string): Draft | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEEP + id) ?? "null") as Draft | null;
  } catch {
    return null;
  }
}

function keep(id: string, draft: Draft) {
  try {
    if (draft.text === draft.original) sessionStorage.removeItem(KEEP + id);
    else sessionStorage.setItem(KEEP + id, JSON.stringify(draft));
  } catch {
    // Storage is full or forbidden: the text is only in this page then.
  }
}

/**
 * The text that somebody works on. It survives a reload of the page, and a newer revision never replaces it
 * by itself; untouched, it follows the newest one.
 */
export function useDraft(id: string, newest: SpecAtRevision | undefined) {
  const [draft, setDraft] = useState<Draft | null>(() => kept(id));
  const isDirty = draft !== null && draft.text !== draft.original;

  useEffect(() => {
    if (!newest || isDirty || draft?.base === newest.revision) return;
    setDraft({ base: newest.revision, original: newest.text, text: newest.text });
  }, [newest, isDirty, draft?.base]);

  useEffect(() => {
    if (draft) keep(id, draft);
  }, [id, draft]);

  return {
    draft,
    isDirty,
    type: (text: string) => setDraft((before) => before && { ...before, text }),
    load: (revision: number, text: string) => setDraft({ base: revision, original: text, text }),
  };
}

/** Check the text a moment after the last key. */
export function useProblems(text: string | undefined, enabled: boolean) {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), 500);
    return () => clearTimeout(timer);
  }, [text]);
  return useQuery({
    queryKey: ["validate", settled],
    queryFn: ({ signal }) => api.validate(settled!, signal),
    enabled: enabled && Boolean(settled),
    placeholderData: (before) => before,
    staleTime: Infinity,
    gcTime: 60_000,
  });
}
