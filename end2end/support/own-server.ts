// A server of the test's own, on a data directory of its own: one that it may kill and start again.
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const bound = server.address();
  await new Promise<void>((closed) => server.close(() => closed()));
  return typeof bound === "object" && bound ? bound.port : 0;
}

export class OwnServer {
  /** Its origin. */
  origin = "";
  private port = 0;
  private child: ChildProcess | undefined;

  /** `name` is that of its data directory, `settings` are variables of its configuration. */
  constructor(
    private readonly name: string,
    private readonly settings: () => Record<string, string> = () => ({}),
  ) {}

  /** Starts it, again on what it has kept; comes back when it answers. */
  async start(): Promise<void> {
    this.port ||= await freePort();
    this.origin = `http://127.0.0.1:${this.port}`;
    const child = spawn(process.env.HAMMOCK_BINARY ?? join(root, "target/debug/hammock"), ["serve"], {
      stdio: ["ignore", "ignore", "inherit"],
      env: {
        ...process.env,
        HAMMOCK_SERVER__LISTEN: `127.0.0.1:${this.port}`,
        HAMMOCK_SERVER__PUBLIC_URL: this.origin,
        HAMMOCK_SERVER__SITE_DIR: process.env.HAMMOCK_SERVER__SITE_DIR ?? join(root, "target/site"),
        HAMMOCK_DATA__DIR: join(process.env.HAMMOCK_TEST_DATA ?? "", process.env.TEST_PARALLEL_INDEX ?? "", this.name),
        HAMMOCK_EMBEDDING__MODEL_DIR: "off",
        HAMMOCK_EGRESS__ALLOW: '["127.0.0.1"]',
        ...this.settings(),
      },
    });
    this.child = child;
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the server ended: ${child.exitCode}`);
      const answer = await fetch(`${this.origin}/readyz`).catch(() => undefined);
      if (answer?.ok) return;
      await new Promise((later) => setTimeout(later, 50));
    }
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((ended) => child.once("exit", ended));
    child.kill("SIGKILL");
    await gone;
  }
}
