/** Where our pages are inside Airflow's router: `react_apps[].url_route` in the plugin. */
const ROOT = "/plugin/gennaker";

export const tabs = ["graph", "json", "revisions", "settings"] as const;
export type Tab = (typeof tabs)[number];

export const paths = {
  list: ROOT,
  pipeline: (id: string, tab: Tab = "graph") => `${ROOT}/pipelines/${encodeURIComponent(id)}/${tab}`,
  compare: (id: string, from: number, to: number) =>
    `${paths.pipeline(id, "revisions")}?from=${from}&to=${to}`,
  run: (dagId: string, runId: string) =>
    `/dags/${encodeURIComponent(dagId)}/runs/${encodeURIComponent(runId)}`,
  dag: (dagId: string) => `/dags/${encodeURIComponent(dagId)}`,
};

/** Airflow may be served below a prefix, which its <base> names. */
export const apiUrl = (path: string): string =>
  new URL(`gennaker/api/v1/${path.replace(/^\//, "")}`, document.baseURI).href;
