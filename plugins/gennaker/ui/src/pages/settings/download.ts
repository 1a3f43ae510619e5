/** A file name that every system takes. */
export const fileName = (name: string): string => name.replace(/[\\/:*?"<>|\p{Cc}]+/gu, "-").replace(/^\.+/, "") || "pipeline.json";

export function download(name: string, content: unknown) {
  const url = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName(name);
  link.click();
  // The browser has taken it over once this task has ended.
  setTimeout(() => URL.revokeObjectURL(url));
}
