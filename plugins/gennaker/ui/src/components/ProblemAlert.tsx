import { Alert, Button, Code, List } from "@chakra-ui/react";

import { ApiProblem, detailText } from "../api/problem";
import { useText } from "../i18n";

type Props = { error: unknown; onRetry?: () => void };

/** Everything that the API said about an error: what, where, and what to do about it. */
export function ProblemAlert({ error, onRetry }: Props) {
  const { t } = useText();
  if (!error) return null;
  const body = error instanceof ApiProblem ? error.body : undefined;
  const message = error instanceof Error ? error.message : String(error);
  const places = [...(body?.errors ?? [])].map((one) => ({ path: one.path, text: one.detail }));
  places.push(...(body?.problems ?? []).map((one) => ({ path: one.path, text: one.message })));
  return (
    <Alert.Root alignItems="start" status="error">
      <Alert.Indicator />
      <Alert.Content>
        <Alert.Title>{body ? detailText(body.detail) : t("error.network", { message })}</Alert.Title>
        {body?.path || body?.hint || places.length > 0 ? (
          <Alert.Description>
            {body?.path ? <Code mr={2}>{t("error.at", { path: body.path })}</Code> : null}
            {body?.hint}
            <List.Root pl={4}>
              {places.slice(0, 20).map((one, index) => (
                <List.Item key={index}>
                  <Code>{one.path}</Code> {one.text}
                </List.Item>
              ))}
            </List.Root>
          </Alert.Description>
        ) : null}
      </Alert.Content>
      {onRetry ? (
        <Button onClick={onRetry} size="xs" variant="outline">
          {t("common.retry")}
        </Button>
      ) : null}
    </Alert.Root>
  );
}
