// Starts `hammock serve` on a free port with an empty data directory and runs the tests against it on the system's
// Chromium; beside it a second one where nobody can register without an invitation. `cargo xtask test` says where the binary, the site, the model and the browser are; by hand, after
// `cargo xtask run` has built them, `npx playwright test` finds them where they usually are.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { defineConfig } from "@playwright/test";

// The configuration is read again in each worker, which inherits the environment: the first reading decides.
process.env.HAMMOCK_TEST_PORT ??= freePort();
process.env.HAMMOCK_TEST_INVITED_PORT ??= freePort();
process.env.HAMMOCK_TEST_DATA ??= mkdtempSync(join(tmpdir(), "hammock-end2end-"));

const root = resolve(import.meta.dirname, "..");
const cache = process.env.HAMMOCK_CACHE_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(process.env.HOME ?? "", ".cache"), "hammock");
const browser =
  process.env.HAMMOCK_BROWSER ??
  ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));

function freePort(): string {
  const program = "const s = require('net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); });";
  return execFileSync(process.execPath, ["-e", program]).toString().trim();
}

/** A server on an empty data directory of its own. */
function server(name: string, port: string | undefined, settings: Record<string, string> = {}) {
  const address = `http://127.0.0.1:${port}`;
  return {
    name,
    command: `"${process.env.HAMMOCK_BINARY ?? join(root, "target/debug/hammock")}" serve`,
    url: `${address}/readyz`,
    timeout: 60_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: "SIGTERM" as const, timeout: 10_000 },
    stdout: "ignore" as const,
    stderr: "pipe" as const,
    env: {
      HAMMOCK_SERVER__LISTEN: `127.0.0.1:${port}`,
      HAMMOCK_SERVER__PUBLIC_URL: address,
      HAMMOCK_SERVER__SITE_DIR: process.env.HAMMOCK_SERVER__SITE_DIR ?? join(root, "target/site"),
      HAMMOCK_DATA__DIR: join(process.env.HAMMOCK_TEST_DATA ?? "", name),
      HAMMOCK_EMBEDDING__MODEL_DIR: process.env.HAMMOCK_EMBEDDING__MODEL_DIR ?? join(cache, "models/all-MiniLM-L6-v2"),
      // Tests crawl sites and call model providers that they serve themselves on this machine.
      HAMMOCK_EGRESS__ALLOW: '["127.0.0.1"]',
      // All tests come from one address, and many of them register somebody.
      HAMMOCK_REGISTRATION__PER_ADDRESS: "1000",
      // The browser of the tests shows the crawler's pages, too.
      HAMMOCK_CRAWL__CHROMIUM: browser ?? "",
      ...settings,
    },
  };
}

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  // One server, one database: tests that change it at the same time would meet each other.
  workers: 1,
  fullyParallel: false,
  // A test that passes only sometimes has not passed.
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  globalTeardown: "./support/teardown.ts",
  use: {
    baseURL: `http://127.0.0.1:${process.env.HAMMOCK_TEST_PORT}`,
    browserName: "chromium",
    headless: true,
    locale: "en-GB",
    viewport: { width: 1440, height: 900 },
    // A trace of every step takes half of a core; it is made where somebody looks for what failed.
    trace: process.env.HAMMOCK_TEST_TRACE ? "retain-on-failure" : "off",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: browser,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  webServer: [
    server("open", process.env.HAMMOCK_TEST_PORT),
    server("invited", process.env.HAMMOCK_TEST_INVITED_PORT, { HAMMOCK_REGISTRATION__POLICY: "invited", HAMMOCK_EMBEDDING__MODEL_DIR: "off" }),
  ],
});
