// A customer's website on another origin, with the widget on its pages.
import { createServer, type Server } from "node:http";
import type { Browser, BrowserContext, BrowserContextOptions } from "@playwright/test";

/** A page: what is in its body, what comes before that, and its content policy. */
export type ForeignPage = { body: string; head?: string; policy?: string };

export class Foreign {
  /** What it answers, by path; everything else is not found. */
  pages: Record<string, ForeignPage> = {};
  /** Its origin. */
  origin = "";
  private server: Server | undefined;

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      const page = this.pages[new URL(request.url ?? "/", "http://any").pathname];
      if (!page) {
        response.writeHead(404).end();
        return;
      }
      const headers: Record<string, string> = { "content-type": "text/html; charset=utf-8" };
      if (page.policy) headers["content-security-policy"] = page.policy;
      response.writeHead(200, headers);
      response.end(
        `<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width"><title>Shop</title>${page.head ?? ""}</head>` +
          `<body><main><h1>Our shop</h1><p>We sell hammocks.</p>${page.body}</main></body></html>`,
      );
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const bound = server.address();
    this.origin = typeof bound === "object" && bound ? `http://127.0.0.1:${bound.port}` : "";
    this.server = server;
  }

  stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }
}

/** A visitor's browser. The chat's shadow root, closed to the page, is open to the tests. */
export async function visitor(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: "en-GB", ...options });
  await context.addInitScript(() => {
    const attach = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function (init) {
      return attach.call(this, { ...init, mode: "open" });
    };
  });
  return context;
}
