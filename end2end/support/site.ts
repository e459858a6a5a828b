// A website on this machine that has the pages that a test gives it.
import { createServer, type Server } from "node:http";

export class Site {
  /** What it answers, by path; everything else is not found. */
  pages: Record<string, string> = {};
  /** The paths that it was asked for. */
  asked: string[] = [];
  /** Its name and port. */
  host = "";
  /** All pages but the first wait for it, so that a reading goes on for as long as a test looks at it. */
  gate: Promise<void> = Promise.resolve();
  private server: Server | undefined;

  async start(): Promise<void> {
    const server = createServer(async (request, response) => {
      const path = request.url ?? "";
      this.asked.push(path);
      if (path !== "/" && this.pages[path]) await this.gate;
      const body = this.pages[path];
      response.writeHead(body ? 200 : 404, { "content-type": "text/html; charset=utf-8" });
      response.end(body ?? "not found");
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const bound = server.address();
    this.host = typeof bound === "object" && bound ? `127.0.0.1:${bound.port}` : "";
    this.server = server;
  }

  stop(): void {
    this.server?.close();
  }
}

/** A page that says something of its own, with links to others. */
export function pageOf(title: string, links: string[] = [], head = ""): string {
  const list = links.map((link) => `<a href="${link}">${link}</a>`).join(" ");
  const text = `What is to be known about ${title.toLowerCase()} stands here, and nowhere else.`;
  return `<!doctype html><html lang="en"><head><title>${title}</title>${head}</head><body><main><h1>${title}</h1><p>${text}</p>${list}</main></body></html>`;
}

/** The website of a small shop: what it makes, how that is sent back, and how it is cared for. */
export function atelier(): Record<string, string> {
  const page = (title: string, text: string) =>
    `<!doctype html><html lang="en"><title>${title}</title><body><main><h1>${title}</h1><p>${text}</p></main></body></html>`;
  return {
    "/": page("Atelier Nord", 'We weave hammocks in Tromsø. See our <a href="/returns.html">returns</a> and <a href="/care.html">care</a>.'),
    "/returns.html": page("Returns", "A hammock can be sent back within forty days. Pieces dyed to order are excluded from returns."),
    "/care.html": page("Care", "Wash cotton hammocks by hand in cold water and dry them in the shade."),
  };
}
