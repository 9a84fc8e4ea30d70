/// <reference types="vitest/config" />
/**
 * How the three pages are built: one HTML file each, shared code in chunks of its own.
 *
 * The gateway serves `dist/`; nothing here knows where it runs. `vite dev` hands `/api` on to a running gateway.
 */
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const gateway = process.env["IEUM_GATEWAY"] ?? "http://127.0.0.1:8080";

const page = (name: string): string => fileURLToPath(new URL(`${name}.html`, import.meta.url));

/** In development the pages answer at the addresses the gateway gives them: `/desk`, `/studio`. */
function pageAddresses(): Plugin {
  return {
    name: "page-addresses",
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        if (request.url === "/desk" || request.url === "/studio") request.url += ".html";
        next();
      });
    },
  };
}

export default defineConfig({
  plugins: [pageAddresses()],
  build: {
    rolldownOptions: {
      input: {
        widget: page("index"),
        desk: page("desk"),
        studio: page("studio"),
      },
    },
    // Nothing inline: the pages then live with a content security policy of `default-src 'self'`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: ["chrome111", "edge111", "firefox114", "safari16.4"],
  },
  server: { proxy: { "/api": { target: gateway, ws: true } } },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
