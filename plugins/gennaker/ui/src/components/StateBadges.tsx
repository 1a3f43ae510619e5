import { Badge, HStack } from "@chakra-ui/react";

import type { Pipeline } from "../api/types";
import { useText } from "../i18n";
import { statesOf } from "./states";

export function StateBadges({ pipeline }: { pipeline: Pipeline }) {
  const { t } = useText();
  return (
    <HStack flexWrap="wrap" gap={1}>
      {statesOf(pipeline).map((state) => (
        <Badge colorPalette={state.color} key={state.key} title={state.detail || undefined}>
          {t(state.key, state.values)}
        </Badge>
      ))}
    </HStack>
  );
}
