// Texts that would like to be more than texts, and whether one of them was.
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { BrowserContext, Page, Request } from "@playwright/test";
import { expect } from "./page";

export type Hostile = { title: string; payload: string };

const read = (path: string): Hostile[] => JSON.parse(readFileSync(path, "utf8"));

/** Markdown of our own; the tests of the sanitiser have the same file. */
export const markdown = read(resolve(import.meta.dirname, "../../crates/testkit/data/hostile-markdown.json"));

/** Published attacks on sanitisers of HTML, or nothing where they are not beside the checkout. */
export const html = published();

function published(): Hostile[] {
  const folder = process.env.HAMMOCK_SHARED_DATA ?? resolve(import.meta.dirname, "../../../shared/data");
  const path = resolve(folder, "security/html-sanitiser.json");
  return existsSync(path) ? read(path) : [];
}

/** Short ones, for what has a name: no longer than forty characters, without a slash. */
export const names = [
  "<img src=x onerror=globalThis.__ran=1>",
  '"><svg onload=globalThis.__ran=1>',
  "' onmouseover='globalThis.__ran=1",
  "![a](https:evil.example) [b](data:,x)",
  "{{constructor.constructor('__ran=1')()}}",
  "\u202Efdp \u2066<b onclick=__ran=1>",
];

/** Several in one text, of no more than this many characters unless one alone has more. */
export function bundles(all: Hostile[], longest: number): string[] {
  const made: string[] = [];
  for (const { payload } of all) {
    const last = made.at(-1);
    if (last !== undefined && last.length + payload.length < longest) made[made.length - 1] = `${last}\n\n${payload}`;
    else made.push(payload);
  }
  return made;
}

/** What everything that a context opens has tried. */
export class Watch {
  private readonly foreign: string[] = [];
  private readonly dialogs: string[] = [];
  private readonly ours: Set<string>;

  private constructor(ours: string[]) {
    this.ours = new Set(ours);
  }

  /** Watches a context from here on; requests may go to these origins and nowhere else. */
  static async over(context: BrowserContext, ours: string[]): Promise<Watch> {
    const watch = new Watch(ours);
    await context.addInitScript(() => {
      const ran = () => {
        (globalThis as { __ran?: number }).__ran = 1;
        return false;
      };
      Object.assign(globalThis, { alert: ran, confirm: ran, prompt: ran });
    });
    context.on("request", (request) => watch.note(request));
    context.on("dialog", (dialog) => {
      watch.dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    return watch;
  }

  private note(request: Request): void {
    const { protocol, origin } = new URL(request.url());
    if (/^(https?|wss?):$/.test(protocol) && !this.ours.has(origin)) this.foreign.push(request.url());
  }

  /** Nothing ran on a page, nothing was asked of anybody else, and what was inserted into it is of no kind that could. */
  async expectNothing(page: Page, where: string): Promise<void> {
    // Whatever loads or begins by itself has begun when the page has been drawn again.
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    for (const frame of page.frames()) {
      const ran = await frame.evaluate(() => (globalThis as { __ran?: unknown }).__ran ?? "nothing");
      expect(ran, `${where}: a script ran in ${frame.url()}`).toBe("nothing");
    }
    expect(this.dialogs, `${where}: dialogs`).toEqual([]);
    expect(this.foreign, `${where}: requests to others`).toEqual([]);
    expect(new URL(page.url()).hostname, `${where}: the page went elsewhere`).toBe("127.0.0.1");
    expect(await page.evaluate(active), `${where}: elements that act`).toEqual([]);
  }
}

/** Elements that do something by themselves, and attributes that do, wherever answers, questions and passages are. */
function active(): string[] {
  const found: string[] = [];
  const look = (root: Document | ShadowRoot) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) look(element.shadowRoot);
      const runs = [...element.attributes].filter(({ name }) => /^on/.test(name) || name === "srcdoc" || name === "formaction");
      if (runs.length > 0) found.push(`${element.localName} ${runs.map(({ name, value }) => `${name}=${value}`).join(" ")}`);
      const address = element.getAttribute("href") ?? element.getAttribute("src") ?? element.getAttribute("action") ?? "";
      if (/^\s*(javascript|data|vbscript|blob|file):/i.test(address)) found.push(`${element.localName} ${address}`);
      if (["base", "object", "embed", "applet", "frameset", "math", "marquee"].includes(element.localName)) found.push(element.localName);
      const isInserted = element.closest(".answer-text, .rich-text, .blocks, .question, blockquote") !== null;
      const kinds = ["img", "iframe", "form", "style", "link", "meta", "script", "video", "audio", "source", "picture"];
      if (isInserted && kinds.includes(element.localName)) found.push(`${element.localName} in a text`);
    }
  };
  look(document);
  return found;
}
