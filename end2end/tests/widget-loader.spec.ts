// What the launcher does when things go another way: the chat cannot be fetched, the page swaps its content, the window is low, and
// a page asks in a frame.
import type { Page } from "@playwright/test";
import { Foreign, visitor } from "../support/foreign";
import { answered, expect, expectAccessible, test } from "../support/page";
import { Provider, says } from "../support/provider";
import { answer, ask, changeInterfaces, field, launcher, startWidget } from "../support/widget";

type Element = HTMLElement & { ask(text: string): void };

const who = { email: "widget-loader@example.org", password: "hammocks are fine 1" };
const failure = "Loading failed. Close and try again.";
const provider = new Provider();
const foreign = new Foreign();
let owner: Page;
let hammock = "";
let assistant = "";
let script = "";
let element = "";

const configure = (appearance: object = {}) =>
  changeInterfaces(owner, assistant, { public_chat: true, widget: true, origins: [foreign.origin], appearance });

test.beforeAll(async ({ browser }) => {
  ({ owner, hammock, assistant, script, element } = await startWidget(browser, who, provider, foreign));
});

test.beforeEach(async () => {
  provider.reset();
  provider.replies = [says("We open at **nine**.")];
  foreign.pages = { "/": { body: script + element } };
  await configure();
});

test.afterAll(async () => {
  await owner?.context().close();
  provider.stop();
  foreign.stop();
});

/** Lets none of the chat's own files through until it is called off. */
async function cutOff(page: Page): Promise<() => Promise<void>> {
  const files = "**/embed/**";
  await page.route(files, (route) => route.abort());
  return () => page.unroute(files);
}

test("what could not be fetched once is fetched when it is tried again", async ({ browser }) => {
  const context = await visitor(browser);
  const page = await context.newPage();
  const mend = await cutOff(page);
  await page.goto(foreign.origin);
  await launcher(page).click();
  await expect(page.getByRole("alert")).toHaveText(failure);
  await expectAccessible(page, "all", "driver");
  await launcher(page).click();
  await expect(page.getByRole("alert")).toBeHidden();

  await mend();
  await launcher(page).click();
  await expect(field(page)).toBeFocused();
  await expect(page.getByText(failure)).toHaveCount(0);
  await ask(page, "When do you open?");
  await expect(answer(page)).toContainText("We open at nine.");
  await context.close();
});

test("in the place of the element, too, and a program that asks tries again by itself", async ({ browser }) => {
  foreign.pages["/"] = { body: script + element.replace("<hammock-chat", '<hammock-chat mode="inline"') };
  const context = await visitor(browser);
  const page = await context.newPage();
  const mend = await cutOff(page);
  await page.goto(foreign.origin);
  await launcher(page).click();
  await expect(page.getByRole("alert")).toHaveText(failure);
  // There is a way to close it.
  await launcher(page).click();
  await expect(page.getByRole("alert")).toBeHidden();
  const failed = page.waitForEvent("requestfailed");
  await launcher(page).click();
  await failed;
  await expect(page.getByRole("alert")).toHaveText(failure);

  await mend();
  await page.evaluate(() => (document.querySelector("hammock-chat") as Element).ask("When do you open?"));
  await expect(answer(page)).toContainText("We open at nine.");
  await expect(page.getByText(failure)).toHaveCount(0);
  await expect(launcher(page)).toBeHidden();
  await context.close();
});

test("the chat's head stays in a low window, however far the launcher is from the bottom", async ({ browser }) => {
  await configure({ offset_y: 200 });
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.setViewportSize({ width: 1100, height: 640 });
  await page.goto(foreign.origin);
  await launcher(page).click();
  await expect(field(page)).toBeFocused();
  await expect(page.getByRole("button", { name: "New chat" })).toBeInViewport({ ratio: 1 });
  await expect(page.getByRole("dialog")).toBeInViewport({ ratio: 1 });
  await context.close();
});

test("whoever reads further up still does when an application has swapped its page", async ({ browser }) => {
  provider.replies = [says(Array.from({ length: 40 }, (_, number) => `Paragraph ${number}.`).join("\n\n"))];
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(foreign.origin);
  await launcher(page).click();
  await ask(page, "Tell me");
  await answered(answer(page));
  const log = page.getByRole("log");
  const scrolled = () => log.evaluate((log) => log.scrollTop);
  await log.evaluate((log) => {
    log.scrollTo(0, 200);
    return new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  });
  expect(await scrolled()).toBe(200);
  await page.evaluate((element) => {
    const main = document.querySelector("main");
    if (main) main.innerHTML = `<h1>Another page</h1>${element}`;
    document.querySelectorAll("hammock-chat:not(main *)").forEach((old) => old.remove());
    document.querySelectorAll("hammock-chat").forEach((chat) => chat.replaceWith(chat.cloneNode()));
  }, element);
  await expect(page.getByRole("heading", { name: "Another page" })).toBeVisible();
  await expect(answer(page)).toContainText("Paragraph 39.");
  expect(await scrolled()).toBe(200);
  await context.close();
});

test("an application may bring its next page before it takes the last one away", async ({ browser }) => {
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(foreign.origin);
  await launcher(page).click();
  await ask(page, "When do you open?");
  await answered(answer(page));
  await page.evaluate((element) => {
    const next = document.createElement("section");
    next.innerHTML = `<h1>Another page</h1>${element}`;
    document.body.append(next);
    // As long as both are there, the chat stays where it was.
    document.querySelectorAll("hammock-chat:not(section *)").forEach((old) => old.remove());
  }, element);
  await expect(page.getByRole("heading", { name: "Another page" })).toBeVisible();
  await expect(launcher(page)).toHaveCount(1);
  await expect(answer(page)).toContainText("We open at nine.");
  await ask(page, "And now?");
  await expect(answer(page)).toHaveCount(2);
  await context.close();
});

test("what a page asks is asked in the frame, once that is there", async ({ browser }) => {
  foreign.pages["/"] = {
    body: script + element.replace("<hammock-chat", '<hammock-chat mode="iframe"'),
    policy: `default-src 'none'; script-src ${hammock}; frame-src ${hammock}`,
  };
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(foreign.origin);
  await expect(launcher(page)).toBeVisible();
  await page.evaluate(() => (document.querySelector("hammock-chat") as Element).ask("When do you open?"));
  const frame = page.frameLocator("iframe");
  await expect(frame.getByRole("article", { name: "Your message" })).toHaveText("When do you open?");
  await expect(answer(frame)).toContainText("We open at nine.");
  await answered(answer(frame));
  await page.evaluate(() => (document.querySelector("hammock-chat") as Element).ask("And on Sundays?"));
  await expect(answer(frame)).toHaveCount(2);
  await context.close();
});
