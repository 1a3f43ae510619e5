import { Badge, Box, Button, Heading, HStack, Stack, Text } from "@chakra-ui/react";

import type { Problem } from "../../api/types";
import { ProblemAlert } from "../../components/ProblemAlert";
import { lineOf, rangeOf } from "../../editor/position";
import { useText } from "../../i18n";

const colors = { error: "red", warning: "orange", info: "blue" } as const;
const order = { error: 0, warning: 1, info: 2 } as const;

type Props = {
  problems: readonly Problem[];
  text: string;
  checking: boolean;
  error: unknown;
  onShow: (problem: Problem) => void;
};

/** Everything that is wrong; a click leads to it. */
export function ProblemList({ problems, text, checking, error, onShow }: Props) {
  const { t } = useText();
  const sorted = problems.toSorted((a, b) => order[a.severity] - order[b.severity]);
  return (
    <Stack aria-label={t("json.problems")} as="section" gap={2} maxH="60vh" overflowY="auto" w={{ base: "full", lg: "22rem" }}>
      <HStack>
        <Heading as="h2" size="sm">{t("json.problems")}</Heading>
        <Badge>{problems.length}</Badge>
        {checking ? <Text color="fg.muted" fontSize="xs">{t("json.checking")}</Text> : null}
      </HStack>
      <ProblemAlert error={error} />
      {problems.length === 0 && !checking && !error ? <Text color="fg.muted" fontSize="sm">{t("json.noProblems")}</Text> : null}
      {sorted.map((problem, index) => (
        <Button
          alignItems="start"
          display="block"
          h="auto"
          key={index}
          onClick={() => onShow(problem)}
          px={2}
          py={2}
          textAlign="start"
          variant="surface"
          whiteSpace="normal"
        >
          <HStack>
            <Badge colorPalette={colors[problem.severity]}>{t(`severity.${problem.severity}`)}</Badge>
            <Text color="fg.muted" fontSize="xs">{t("json.line", { line: lineOf(text, rangeOf(text, problem.path).from) })}</Text>
            {problem.stage ? <Text fontSize="xs" truncate>{problem.stage}</Text> : null}
          </HStack>
          <Text fontSize="sm" fontWeight="normal">{problem.message}</Text>
          {problem.hint ? <Text color="fg.muted" fontSize="xs" fontWeight="normal">{problem.hint}</Text> : null}
          <Box as="code" color="fg.subtle" fontSize="2xs">{problem.path}</Box>
        </Button>
      ))}
    </Stack>
  );
}
