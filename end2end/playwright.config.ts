// Starts `hammock serve` on a free port with an empty data directory and runs the tests against it on the system's
// Chromium; beside it a second one where nobody can register without an invitation. So many tests run at once as there are
// such pairs: a file goes to whoever has nothing to do. `cargo xtask test` says where the binary, the site, the model and the
// browser are; by hand, after `cargo xtask run` has built them, `npx playwright test` finds them where they usually are.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { defineConfig } from "@playwright/test";

// The configuration is read again in each worker, which inherits the environment: the first reading decides.
/** One alone leaves a core idle. */
const workers = 2;
process.env.HAMMOCK_TEST_PORTS ??= freePorts(2 * workers);
process.env.HAMMOCK_TEST_DATA ??= mkdtempSync(join(tmpdir(), "hammock-end2end-"));

const root = resolve(import.meta.dirname, "..");
const cache = process.env.HAMMOCK_CACHE_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(process.env.HOME ?? "", ".cache"), "hammock");
const browser =
  process.env.HAMMOCK_BROWSER ??
  ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));

const ports = (process.env.HAMMOCK_TEST_PORTS ?? "").split(",");
// This process's own, if it is a worker; the one that starts them all asks no server anything.
const own = Number(process.env.TEST_PARALLEL_INDEX ?? 0);
process.env.HAMMOCK_TEST_PORT = ports[2 * own];
process.env.HAMMOCK_TEST_INVITED_PORT = ports[2 * own + 1];

/** Different ports that nobody listens at, with commas between them: all are held until the last one is known. */
function freePorts(count: number): string {
  const program = `
    const held = Array.from({ length: ${count} }, () => require("net").createServer().listen(0, "127.0.0.1"));
    Promise.all(held.map((server) => new Promise((ready) => server.on("listening", ready)))).then(() => {
      console.log(held.map((server) => server.address().port).join());
      for (const server of held) server.close();
    });`;
  return execFileSync(process.execPath, ["-e", program]).toString().trim();
}

/** A server of a worker on an empty data directory of its own. */
function server(worker: number, name: string, port: string | undefined, settings: Record<string, string> = {}) {
  const address = `http://127.0.0.1:${port}`;
  return {
    name: `${name} ${worker}`,
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
      HAMMOCK_DATA__DIR: join(process.env.HAMMOCK_TEST_DATA ?? "", String(worker), name),
      HAMMOCK_EMBEDDING__MODEL_DIR: process.env.HAMMOCK_EMBEDDING__MODEL_DIR ?? join(cache, "models/all-MiniLM-L6-v2"),
      // Tests crawl sites and call model providers that they serve themselves on this machine.
      HAMMOCK_EGRESS__ALLOW: '["127.0.0.1"]',
      // All tests come from one address, and many of them register somebody; most say that they come from another.
      HAMMOCK_SERVER__TRUSTED_PROXIES: '["127.0.0.1/32"]',
      HAMMOCK_REGISTRATION__PER_ADDRESS: "1000",
      HAMMOCK_REGISTRATION__INVITATIONS_PER_HOUR: "1000",
      // The browser of the tests shows the crawler's pages, too.
      HAMMOCK_CRAWL__CHROMIUM: browser ?? "",
      ...settings,
    },
  };
}

/** The files that take longest. They come first: one that came last would leave the other worker without work. */
const long = ["accessible", "chat-page", "hostile-*", "interfaces", "source-page", "widget*"].map((name) => `**/${name}.spec.ts`);

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  // A worker has a server and a database to itself: tests that change one at the same time would meet each other.
  workers,
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
  // Their order is that of the files.
  projects: [
    { name: "long", testMatch: long },
    { name: "short", testIgnore: long },
  ],
  webServer: Array.from({ length: workers }, (_, worker) => [
    server(worker, "open", ports[2 * worker]),
    server(worker, "invited", ports[2 * worker + 1], { HAMMOCK_REGISTRATION__POLICY: "invited", HAMMOCK_EMBEDDING__MODEL_DIR: "off" }),
  ]).flat(),
});
