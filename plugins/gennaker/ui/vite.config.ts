import react from "@vitejs/plugin-react";
import { esmExternalRequirePlugin } from "vite";
import { defineConfig } from "vitest/config";

// What Airflow's UI offers to plugins; it must not be in our bundle a second time.
const hostGlobals: Record<string, string> = {
  react: "React",
  "react-dom": "ReactDOM",
  "react/jsx-runtime": "ReactJSXRuntime",
  "react-router-dom": "ReactRouterDOM",
  "@chakra-ui/react": "ChakraUI",
  "@emotion/react": "EmotionReact",
};

export default defineConfig(({ command }) => ({
  // The second one lets packages that `require` React find the host's too.
  plugins: [react(), esmExternalRequirePlugin({ external: Object.keys(hostGlobals) })],
  // A library build leaves this alone, and a browser has no `process`.
  define: command === "build" ? { "process.env.NODE_ENV": '"production"' } : {},
  build: {
    outDir: "dist",
    target: "es2022",
    chunkSizeWarningLimit: 1500,
    lib: {
      // The host takes the component from the global of the plugin's name.
      name: "Gennaker",
      entry: "src/main.tsx",
      formats: ["umd"],
      fileName: () => "main.js",
    },
    rolldownOptions: {
      output: { globals: hostGlobals },
    },
  },
  test: { include: ["src/**/*.test.ts"] },
}));
