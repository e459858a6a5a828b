// What the widget costs a customer's page, on a processor that is four times as slow: what the main thread does for it before
// anybody presses the launcher, and how long it takes from the press until one can write.
import { createServer } from "node:http";
import { categories, launch, mainThread, task } from "./browser.js";

const SLOWER = 4;
/** How often each is measured, after once that is not counted. */
const TIMES = 9;
const size = { width: 1024, height: 768 };

async function call(method, path, body) {
  const headers = { "x-api-key": task.key, "content-type": "application/json" };
  const answer = await fetch(`${task.url}/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

const { id } = await call("POST", "/assistants", { name: "Measured", collections: [] });
const config = `${task.url}/api/v1/public/assistants/${id}`;
const look = `${task.url}/embed/look/${id}`;
/** Asks by a script how it looks. */
const byScript = `
    const asked = document.createElement("script");
    asked.onload = () => (button.title = asked.look[1]);
    asked.crossOrigin = "";
    asked.src = "${look}";`;
const afterwards = 'document.readyState === "complete" ? document.head.append(asked) : addEventListener("load", () => document.head.append(asked))';
/** The least that a launcher does: an element with one button, which does one of these to know what it looks like. */
const ways = {
  nothing: "",
  request: `requestIdleCallback(() => fetch("${config}").then((answer) => answer.json()).then(({ title }) => (button.title = title)));`,
  script: `${byScript} document.head.append(asked);`,
  "script when idle": `${byScript} requestIdleCallback(() => document.head.append(asked));`,
  "script when loaded": `${byScript} ${afterwards};`,
};
const names = Object.keys(ways);
const least = (name) => `customElements.define("least-chat", class extends HTMLElement {
  connectedCallback() {
    const button = document.createElement("button");
    button.textContent = "Chat with us";
    this.attachShadow({ mode: "closed" }).append(button);
    ${ways[name]}
  }
});`;
const snippet = `<script async src="${task.url}/embed.js"></script><hammock-chat assistant="${id}"></hammock-chat>`;
/** By path; those of the least launchers have the number of their way. */
const snippets = { "/": snippet };
for (const number of names.keys()) snippets[`/least/${number}`] = `<script async src="/least/${number}.js"></script><least-chat></least-chat>`;
const shop = createServer((request, response) => {
  const number = /^\/least\/(\d+)\.js$/.exec(request.url)?.[1];
  response.writeHead(200, { "content-type": number ? "text/javascript" : "text/html; charset=utf-8" });
  if (number) return response.end(least(names[number]));
  const widget = snippets[request.url] ?? "";
  return response.end(`<!doctype html><html lang="en"><head><title>Shop</title></head><body><main><h1>Our shop</h1><p>We sell hammocks.</p></main>${widget}</body></html>`);
});
await new Promise((ready) => shop.listen(0, "127.0.0.1", ready));
const origin = `http://127.0.0.1:${shop.address().port}`;
await call("PUT", `/assistants/${id}/interfaces`, { widget: true, origins: [origin] });

const browser = await launch();

/** A page of the shop in a browser that has nothing of it yet. */
async function visit(path, traced) {
  const context = await browser.newContext({ viewport: size, hasTouch: true, locale: "en-GB" });
  const page = await context.newPage();
  const protocol = await context.newCDPSession(page);
  await protocol.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  if (traced) await browser.startTracing(page, { categories });
  // The launcher is drawn once it is known how the assistant looks.
  const asks = path in snippets && path !== `/least/${names.indexOf("nothing")}`;
  const configured = asks ? page.waitForResponse((response) => [config, look].includes(response.url())) : undefined;
  await page.goto(origin + path);
  await configured;
  await page.waitForLoadState("networkidle");
  const trace = traced ? await browser.stopTracing() : undefined;
  return { context, page, trace };
}

/** Where the launcher is. To the page its root is closed. */
async function find() {
  const context = await browser.newContext({ viewport: size, hasTouch: true, locale: "en-GB" });
  await context.addInitScript(() => {
    const attach = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function (init) {
      return attach.call(this, { ...init, mode: "open" });
    };
  });
  const page = await context.newPage();
  await page.goto(origin);
  const launcher = page.getByRole("button", { name: "Chat with us" });
  await launcher.waitFor();
  const { x, y, width, height } = await launcher.boundingBox();
  await context.close();
  return { x: x + width / 2, y: y + height / 2 };
}

const launcher = await find();
const [before, whole, without, press] = [[], [], [], []];
const floors = Object.fromEntries(names.map((name) => [name, []]));
for (let time = 0; time <= TIMES; time++) {
  const plain = await visit("/without", true);
  const bare = mainThread(plain.trace, origin);
  await plain.context.close();
  const lowest = [];
  for (const number of names.keys()) {
    const simple = await visit(`/least/${number}`, true);
    lowest.push(mainThread(simple.trace, origin).scripts);
    await simple.context.close();
  }

  const { context, page, trace } = await visit("/", true);
  const measured = mainThread(trace, origin);
  // A finger: unlike a pointer, it fetches nothing by coming near.
  await page.evaluate(() => {
    addEventListener("pointerdown", ({ timeStamp }) => (globalThis.pressed = timeStamp), { capture: true, once: true });
    globalThis.usable = new Promise((usable) => {
      const told = () => requestAnimationFrame(() => usable(performance.now() - globalThis.pressed));
      document.addEventListener("hammock:ready", told, { once: true });
    });
  });
  await page.touchscreen.tap(launcher.x, launcher.y);
  const took = await page.evaluate(() => globalThis.usable);
  await context.close();
  if (time === 0) continue;
  before.push(measured.scripts);
  whole.push(measured.whole);
  without.push(bare.whole);
  names.forEach((name, number) => floors[name].push(lowest[number]));
  press.push(took);
}
await browser.close();
shop.closeAllConnections();
shop.close();
console.log(JSON.stringify({ slower: SLOWER, before, whole, without, floors, press }));
