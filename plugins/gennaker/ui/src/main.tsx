import xyflow from "@xyflow/react/dist/style.css?inline";

import { App } from "./App";

// The host imports one file, so the styles of the graph travel inside it.
const style = document.createElement("style");
style.dataset.from = "gennaker";
style.textContent = xyflow;
document.head.append(style);

export default App;
