// How the widget looks and in which language it speaks, where the page says so.
import type { Page } from "@playwright/test";
import { Foreign, visitor } from "../support/foreign";
import { expect, test } from "../support/page";
import { make } from "../support/people";
import { Provider, says } from "../support/provider";
import { changeInterfaces, field, launcher, lookOf, startWidget } from "../support/widget";

const who = { email: "widget-look@example.org", password: "hammocks are fine 1" };
const provider = new Provider();
const foreign = new Foreign();
let owner: Page;
let hammock = "";
let assistant = "";
let script = "";

test.beforeAll(async ({ browser }) => {
  ({ owner, hammock, assistant, script } = await startWidget(browser, who, provider, foreign));
});

test.beforeEach(() => {
  provider.reset();
  provider.replies = [says("We open at **nine**.")];
});

test.afterAll(async () => {
  await owner?.context().close();
  provider.stop();
  foreign.stop();
});

test("a chat that is fixed to a language speaks it in everything, whatever the browser's is", async ({ browser }) => {
  // Without a model Hammock itself answers.
  const { id } = await make(owner, "/api/v1/assistants", { name: "Without a model", collections: [] });
  await changeInterfaces(owner, id, { widget: true, origins: [foreign.origin] });
  foreign.pages = { "/": { body: `${script}<hammock-chat assistant="${id}" lang="cs"></hammock-chat>` } };
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(foreign.origin);
  await page.getByRole("button", { name: "Napište nám" }).click();
  await page.getByRole("textbox", { name: "Napište zprávu…" }).fill("XJ-7");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("article", { name: "Odpověď" })).toContainText("Tento asistent zatím nemá model ani kolekci");
  await context.close();
});

test.describe("in a frame", () => {
  /** A page that allows the frame alone, with the element in it. */
  const framed = (attributes: string) => ({
    body: `${script}<hammock-chat assistant="${assistant}" mode="iframe" ${attributes}></hammock-chat>`,
    policy: `default-src 'none'; script-src ${hammock}; frame-src ${hammock}`,
  });
  const configure = (appearance: object) =>
    changeInterfaces(owner, assistant, { public_chat: true, widget: true, origins: [foreign.origin], appearance });

  test("the attributes of the element count for the launcher and for the chat, before what is set", async ({ browser }) => {
    await configure({ language: "fr", scheme: "light", accent: "#123456" });
    const look = 'lang="cs" data-scheme="dark" accent="rgb(122, 31, 92)" on-accent="#fff7e0" label="Zeptejte se" position="bottom-start"';
    foreign.pages = { "/": framed(look) };
    const context = await visitor(browser);
    const page = await context.newPage();
    await page.goto(foreign.origin);
    const button = page.getByRole("button", { name: "Zeptejte se" });
    await expect(button).toHaveCSS("background-color", "rgb(122, 31, 92)");
    await button.click();
    await expect(page.locator(".box")).toHaveClass(/\bstart\b/);
    const frame = page.frameLocator("iframe");
    await expect(frame.getByRole("textbox", { name: "Napište zprávu…" })).toBeVisible();
    await expect(frame.locator("html")).toHaveAttribute("lang", "cs");
    await expect(frame.locator(".box")).toHaveCSS("color-scheme", "dark");
    const send = frame.getByRole("button", { name: "Odeslat" });
    await expect(send).toHaveCSS("background-color", "rgb(122, 31, 92)");
    await expect(send).toHaveCSS("color", "rgb(255, 247, 224)");
    await context.close();
  });

  test("without attributes it looks as it is set, and speaks the page's language where none is set", async ({ browser }) => {
    foreign.pages = { "/": framed("") };
    for (const [language, name] of [
      ["fr", "Écrivez un message…"],
      [null, "Write a message…"],
    ] as const) {
      await configure({ language, scheme: "dark", accent: "#123456" });
      const context = await visitor(browser, { locale: "cs-CZ" });
      const page = await context.newPage();
      await page.goto(foreign.origin);
      await launcher(page).click();
      const frame = page.frameLocator("iframe");
      await expect(frame.getByRole("textbox", { name })).toBeVisible();
      await expect(frame.locator(".box")).toHaveCSS("color-scheme", "dark");
      await expect(frame.locator(".go")).toHaveCSS("background-color", "rgb(18, 52, 86)");
      await context.close();
    }
  });
});

test("without a frame the corner and the distances are those that are set, and before they are known the usual ones", async ({ browser }) => {
  const appearance = { corner: "bottom_start", offset_x: 0, offset_y: 44 };
  await changeInterfaces(owner, assistant, { widget: true, origins: [foreign.origin], appearance });
  foreign.pages = { "/": { body: `${script}<hammock-chat assistant="${assistant}"></hammock-chat>` } };
  const context = await visitor(browser, { viewport: { width: 1000, height: 700 } });
  const page = await context.newPage();
  const address = lookOf(hammock, assistant);
  let answer: () => void = () => {};
  const isWanted = new Promise<void>((done) => (answer = done));
  await page.route(address, async (route) => {
    await isWanted;
    await route.continue();
  });
  const inset = () => page.locator(".box").evaluate((box) => [box.style.getPropertyValue("--x"), getComputedStyle(box).bottom]);
  // The page is not loaded as a whole before the script has come.
  await page.goto(foreign.origin, { waitUntil: "domcontentloaded" });
  await expect(launcher(page)).toBeVisible();
  expect(await inset()).toEqual(["20px", "20px"]);
  answer();
  await expect.poll(inset).toEqual(["0px", "44px"]);
  await expect(page.locator(".box")).toHaveCSS("left", "0px");
  await launcher(page).click();
  await expect(field(page)).toBeVisible();
  await context.close();
});

test.describe("before it is pressed", () => {
  const purple = "rgb(122, 31, 92)";
  const told = (page: Page) => {
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    return () => asked.filter((url) => url.includes("/look/") || /\/public\/assistants\/[^/]+$/.test(url));
  };

  test.beforeEach(async () => {
    const appearance = { accent: "#7a1f5c", on_accent: "#ffffff" };
    await changeInterfaces(owner, assistant, { public_chat: true, widget: true, origins: [foreign.origin], appearance });
  });

  for (const [kind, scripts, nonce] of [
    ["trusts what its scripts load", "'nonce-abc' 'strict-dynamic' 'wasm-unsafe-eval'", "abc"],
    ["names each of its scripts by a nonce", "'nonce-abc' 'wasm-unsafe-eval'", "abc"],
    ["names the origin", "ORIGIN 'wasm-unsafe-eval'", ""],
  ] as const) {
    test(`a page whose policy ${kind} has the launcher as it is set`, async ({ browser }) => {
      const policy = `default-src 'none'; script-src ${scripts.replace("ORIGIN", hammock)}; connect-src ${hammock}`;
      const element = `<hammock-chat assistant="${assistant}"></hammock-chat>`;
      foreign.pages = { "/": { body: script.replace("<script", `<script nonce="${nonce}"`) + element, policy } };
      const context = await visitor(browser);
      const page = await context.newPage();
      const asked = told(page);
      await page.goto(foreign.origin);
      await expect(launcher(page)).toHaveCSS("background-color", purple);
      await launcher(page).click();
      await expect(field(page)).toBeVisible();
      expect(asked()).toEqual([lookOf(hammock, assistant)]);
      await context.close();
    });
  }

  test("where the script is not to be had, the request says how it looks", async ({ browser }) => {
    foreign.pages = { "/": { body: `${script}<hammock-chat assistant="${assistant}"></hammock-chat>` } };
    // Refused on the way, or something else in its place.
    for (const instead of [
      { status: 503, body: "" },
      { status: 200, contentType: "text/javascript", body: "// nothing" },
    ]) {
      const context = await visitor(browser);
      const page = await context.newPage();
      await page.route(lookOf(hammock, assistant), (route) =>
        route.fulfill({ ...instead, headers: { "access-control-allow-origin": "*" } }),
      );
      const asked = told(page);
      await page.goto(foreign.origin);
      await expect(launcher(page)).toHaveCSS("background-color", purple);
      await launcher(page).click();
      await expect(field(page)).toBeVisible();
      expect(asked()).toEqual([lookOf(hammock, assistant), `${hammock}/api/v1/public/assistants/${assistant}`]);
      await context.close();
    }
  });

  test("each of two chats has its own look, whatever the page did to its browser's functions", async ({ browser }) => {
    const hostile = "</script><script>document.title = 'run'</script>";
    const { id } = await make(owner, "/api/v1/assistants", { name: "Another", collections: [] });
    const appearance = { accent: "#123456", on_accent: "#ffffff", launcher_text: "It's ours", title: hostile };
    await changeInterfaces(owner, id, { widget: true, origins: [foreign.origin], appearance });
    const elements = [assistant, id].map((one) => `<hammock-chat assistant="${one}"></hammock-chat>`).join("");
    const head =
      "<script>Element.prototype.appendChild = Node.prototype.appendChild = Array.prototype.map = Array.prototype.forEach = JSON.parse = JSON.stringify =" +
      " function () { throw new Error('replaced'); };</script>";
    foreign.pages = { "/": { body: script + elements, head } };
    const context = await visitor(browser);
    const page = await context.newPage();
    const asked = told(page);
    await page.goto(foreign.origin);
    await expect(launcher(page)).toHaveCSS("background-color", purple);
    // It stands in the same corner, over the first.
    const other = page.getByRole("button", { name: "It's ours" });
    await expect(other).toHaveCSS("background-color", "rgb(18, 52, 86)");
    await other.click();
    await expect(page.getByRole("dialog", { name: hostile })).toBeVisible();
    await expect(page).toHaveTitle("Shop");
    expect(asked().sort()).toEqual([lookOf(hammock, assistant), lookOf(hammock, id)].sort());
    await context.close();
  });
});
