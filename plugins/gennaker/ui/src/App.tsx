import { Box, Text } from "@chakra-ui/react";
import { QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { Route, Routes } from "react-router-dom";

import { makeQueryClient } from "./api/queries";
import { Toasts } from "./components/toasts";
import { useText } from "./i18n";
import { ListPage } from "./pages/list/ListPage";
import { PipelinePage } from "./pages/pipeline/PipelinePage";

const NotFound = () => <Text>{useText().t("error.notFound")}</Text>;

export function App() {
  const [client] = useState(makeQueryClient);
  return (
    <QueryClientProvider client={client}>
      <Box data-gennaker h="full" overflowY="auto" p={4}>
        <Routes>
          <Route element={<ListPage />} index />
          <Route element={<PipelinePage />} path="pipelines/:id" />
          <Route element={<PipelinePage />} path="pipelines/:id/:tab" />
          <Route element={<NotFound />} path="*" />
        </Routes>
      </Box>
      <Toasts />
    </QueryClientProvider>
  );
}
