import { useSearchParams } from "react-router-dom";

import type { Pipeline } from "../../api/types";
import { ComparisonView } from "./ComparisonView";
import { RevisionList } from "./RevisionList";

/** The history; with `?from=&to=` the comparison of two revisions. */
export function RevisionsTab({ pipeline }: { pipeline: Pipeline }) {
  const [params] = useSearchParams();
  const [from, to] = [Number(params.get("from")), Number(params.get("to"))];
  return from > 0 && to > 0 ? (
    <ComparisonView from={from} pipeline={pipeline} to={to} />
  ) : (
    <RevisionList pipeline={pipeline} />
  );
}
