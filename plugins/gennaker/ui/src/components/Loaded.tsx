import { Spinner, Stack } from "@chakra-ui/react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { useText } from "../i18n";
import { ProblemAlert } from "./ProblemAlert";

type Props<Data> = { query: UseQueryResult<Data>; children: (data: Data) => ReactNode };

/** What a query brought; what is shown already stays while a later reading fails. */
export function Loaded<Data>({ query, children }: Props<Data>) {
  const { t } = useText();
  return (
    <Stack gap={4} minH={0}>
      <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />
      {query.data === undefined && query.isLoading ? <Spinner aria-label={t("common.loading")} /> : null}
      {query.data === undefined ? null : children(query.data)}
    </Stack>
  );
}
