// What the REST API answers; `/gennaker/api/v1/openapi.json` describes the same.

export type Page<Item> = { items: Item[]; nextCursor: string | null };

export type Severity = "error" | "warning" | "info";

export type Problem = {
  path: string;
  code: string;
  severity: Severity;
  message: string;
  hint: string | null;
  stage: string | null;
};

export type ProblemBody = {
  title: string;
  status: number;
  detail: unknown;
  path?: string | null;
  hint?: string | null;
  errors?: { path: string; detail: string }[] | null;
  problems?: Problem[] | null;
};

export type Spec = Record<string, unknown>;

export type ConflictBody = ProblemBody & { base?: number; latest?: number; yours?: Spec; theirs?: Spec };

export type Whoami = { name: string; roles: string[]; admin: boolean; may: { read: boolean; create: boolean } };

export type Right = "READ" | "WRITE" | "EXECUTE";

export type Application = {
  id: string;
  name: string;
  owner: string;
  description: string;
  projects: string[];
  permissions: Partial<Record<Right, string[]>>;
  parallelRuns: boolean;
  restartRunning: boolean;
  version: number;
  may: { edit: boolean; delete: boolean; create: boolean };
};

export type ApplicationChanges = Partial<
  Pick<Application, "name" | "owner" | "description" | "projects" | "permissions" | "parallelRuns" | "restartRunning">
>;

export type Lock = { reason: string; by: string; at: string | null; allowsApi: boolean };

export type Disable = {
  scope: "team" | "projects";
  projects: string[];
  reason: string;
  by: string;
  at: string | null;
  until: string | null;
};

export type May = { edit: boolean; lock: boolean; disable: boolean; delete: boolean; run: boolean };

export type Pipeline = {
  id: string;
  application: string;
  name: string;
  dagId: string;
  position: number;
  latest: number;
  published: number | null;
  locked: Lock | null;
  disabled: Disable | null;
  deleted: { at: string; by: string } | null;
  provenance: { repository?: string; commit?: string; path?: string } | null;
  updatedAt: string;
  updatedBy: string;
  problems: number;
  may: May;
  /** Only of a single pipeline. */
  scheduledRevision?: number | null;
  buildError?: string | null;
  description?: string;
};

export type SpecAtRevision = {
  revision: number;
  spec: Spec;
  text: string;
  redacted: boolean;
  problems: Problem[];
};

export type Saved = { revision: number; created: boolean; published: boolean; problems: Problem[] };

export type GraphNode = {
  refId: string;
  taskId: string;
  name: string;
  type: string;
  policy: string;
  finally: boolean;
  index: number;
  problems: Problem[];
};

export type Graph = { nodes: GraphNode[]; edges: [string, string][] };

export type Validation = { problems: Problem[]; graph: Graph | null };

export type Revision = {
  number: number;
  author: string;
  message: string;
  source: string;
  restoredFrom: number | null;
  createdAt: string;
  sha256: string;
  problems: number;
  published: boolean;
};

export type RevisionDetail = Revision & { spec: Spec; text: string; redacted: boolean };

export type Change = {
  kind: string;
  path: string;
  stage: string | null;
  before?: unknown;
  after?: unknown;
  risk: string | null;
};

export type Risk = { class: string; message: string; path: string | null; stage: string | null };

export type Comparison = {
  from: number;
  to: number;
  text: string;
  changes: Change[];
  risk: Risk[];
  redacted: boolean;
};

export type Template = { name: string; title: string; description: string; stages: number };

export type NewPipeline = {
  application: string;
  name: string;
  template?: string;
  copyOf?: string;
  message?: string;
};
