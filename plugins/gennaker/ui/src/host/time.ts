/** The zone that was chosen in Airflow's settings; it keeps it in the browser's storage as JSON or text. */
function hostZone(): string | undefined {
  const kept = globalThis.localStorage?.getItem("timezone");
  if (!kept) return undefined;
  const zone = kept.replace(/^"|"$/g, "");
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone;
  } catch {
    return undefined; // "local", or a zone that this browser does not know
  }
}

export function formatTime(value: string | null | undefined, language: string): string {
  if (!value) return "";
  const time = new Date(value);
  if (Number.isNaN(time.getTime())) return value;
  return new Intl.DateTimeFormat(language, {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: hostZone(),
  }).format(time);
}
