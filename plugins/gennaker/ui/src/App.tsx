import { Heading } from "@chakra-ui/react";
export const App = () => <Heading>Gennaker</Heading>;
