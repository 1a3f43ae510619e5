import { useSyncExternalStore } from "react";

// The host keeps its language and its colour mode on <html>; neither is offered to plugins otherwise.

function watch(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ["lang", "class"] });
  return () => observer.disconnect();
}

export const useHostLanguage = (): string =>
  useSyncExternalStore(watch, () => document.documentElement.lang);

export const useDarkMode = (): boolean =>
  useSyncExternalStore(watch, () => document.documentElement.classList.contains("dark"));
