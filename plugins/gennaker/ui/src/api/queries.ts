import { QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, type PipelineFilter } from "./gennaker";
import { ApiProblem } from "./problem";

/** Keys from the general to the special, so that a change makes everything below it stale. */
export const keys = {
  pipelines: ["pipelines"] as const,
  pipeline: (id: string) => ["pipeline", id] as const,
};

export const makeQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // What the server refuses once it refuses again.
        retry: (count, error) => !(error instanceof ApiProblem && error.status < 500) && count < 2,
      },
    },
  });

export const useWhoami = () => useQuery({ queryKey: ["whoami"], queryFn: api.whoami, staleTime: 300_000 });
export const useTemplates = () => useQuery({ queryKey: ["templates"], queryFn: api.templates });
export const useApplications = () => useQuery({ queryKey: ["applications"], queryFn: api.applications });

export const usePipelines = (filter: PipelineFilter, enabled = true) =>
  useQuery({
    queryKey: [...keys.pipelines, filter],
    queryFn: () => api.pipelines(filter),
    placeholderData: (before) => before,
    refetchInterval: 30_000,
    enabled,
  });

export const usePipeline = (id: string) =>
  useQuery({ queryKey: keys.pipeline(id), queryFn: () => api.pipeline(id), refetchInterval: 10_000 });

export const useSpec = (id: string, revision: number, enabled = true) =>
  useQuery({
    queryKey: [...keys.pipeline(id), "spec", revision],
    queryFn: () => api.spec(id, revision),
    staleTime: Infinity,
    enabled,
  });

export const useGraph = (id: string, revision: number) =>
  useQuery({
    queryKey: [...keys.pipeline(id), "graph", revision],
    queryFn: () => api.graph(id, revision),
    enabled: revision > 0,
  });

export const useRevisionText = (id: string, number: number) =>
  useQuery({
    queryKey: [...keys.pipeline(id), "revision", number],
    queryFn: () => api.revision(id, number),
    staleTime: Infinity,
  });

export const useComparison = (id: string, from: number, to: number) =>
  useQuery({
    queryKey: [...keys.pipeline(id), "compare", from, to],
    queryFn: () => api.compare(id, from, to),
    staleTime: Infinity,
  });

/** A change; afterwards whatever it may have altered is read again. */
export function useChange<Input, Answer>(change: (input: Input) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation<Answer, Error, Input>({
    mutationFn: change,
    onSettled: () =>
      Promise.all(
        [keys.pipelines, ["pipeline"], ["applications"]].map((queryKey) => client.invalidateQueries({ queryKey })),
      ),
  });
}
