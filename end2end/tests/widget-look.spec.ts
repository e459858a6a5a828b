// How the widget looks and in which language it speaks, where the page says so.
import type { Page } from "@playwright/test";
import { Foreign, visitor } from "../support/foreign";
import { expect, test } from "../support/page";
import { make } from "../support/people";
import { Provider, says } from "../support/provider";
import { changeInterfaces, field, launcher, startWidget } from "../support/widget";

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
  const address = `${hammock}/api/v1/public/assistants/${assistant}`;
  let answer: () => void = () => {};
  const isWanted = new Promise<void>((done) => (answer = done));
  await page.route(address, async (route) => {
    await isWanted;
    await route.continue();
  });
  const inset = () => page.locator(".box").evaluate((box) => [box.style.getPropertyValue("--x"), getComputedStyle(box).bottom]);
  await page.goto(foreign.origin);
  await expect(launcher(page)).toBeVisible();
  expect(await inset()).toEqual(["20px", "20px"]);
  answer();
  await expect.poll(inset).toEqual(["0px", "44px"]);
  await expect(page.locator(".box")).toHaveCSS("left", "0px");
  await launcher(page).click();
  await expect(field(page)).toBeVisible();
  await context.close();
});
