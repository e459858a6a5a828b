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

/**
 * All of them for what is called something in one line of at most so many characters: several together where they are short, cut
 * off where they are longer. Control characters and those that turn the direction of writing are in no name.
 */
export function lines(all: Hostile[], longest: number): string[] {
  const made: string[] = [];
  for (const { payload } of all) {
    const text = payload.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, " ").trim();
    const line = [...text].slice(0, longest).join("").trim();
    if (line === "") continue;
    const last = made.at(-1);
    if (last !== undefined && last.length + line.length < longest) made[made.length - 1] = `${last} ${line}`;
    else made.push(line);
  }
  return made;
}

/** The same as names of files: no folders. */
export const fileNames = (all: Hostile[], longest: number): string[] =>
  lines(all.map(({ title, payload }) => ({ title, payload: payload.replace(/[/\\]/g, " ") })), longest);

/** A text as it is read: white space is one space. */
export const plain = (text: string | null): string => (text ?? "").replace(/\s+/g, " ").trim();

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
    expect(await page.evaluate(active, undefined), `${where}: elements that act`).toEqual([]);
  }

  /**
   * Nothing in the HTML of a page is of a kind that could do any of that, as the server sends it; gives the text of an element of
   * it. Where there are very many pages: it takes a tenth of the time of opening one.
   */
  async expectNothingSent(page: Page, path: string, selector: string): Promise<string> {
    const answer = await page.request.get(path);
    const html = await answer.text();
    expect(answer.ok(), `${path}: ${html}`).toBe(true);
    expect(await page.evaluate(active, html), `${path}: elements that act`).toEqual([]);
    return page.evaluate(
      ([html, selector]) => new DOMParser().parseFromString(html, "text/html").querySelector(selector)?.textContent ?? "",
      [html, selector] as const,
    );
  }
}

/**
 * Elements that do something by themselves, and attributes that do, wherever answers, questions and passages are: on the page, or in
 * the HTML of one, of which nothing runs.
 */
function active(html?: string): string[] {
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
  look(html === undefined ? document : new DOMParser().parseFromString(html, "text/html"));
  return found;
}
