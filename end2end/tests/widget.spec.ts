// The widget on pages of another origin: what visitors do with it, and what pages do to it.
import type { ServerResponse } from "node:http";
import type { Page } from "@playwright/test";
import { uploadAndRead } from "../support/documents";
import { Foreign, visitor } from "../support/foreign";
import { answered, expect, expectAccessible, test } from "../support/page";
import { make } from "../support/people";
import { begins, finish, Provider, says } from "../support/provider";
import { answer, ask, changeInterfaces, field, launcher, lookOf, startWidget } from "../support/widget";

const who = { email: "widget@example.org", password: "hammocks are fine 1" };
const provider = new Provider();
const foreign = new Foreign();
let owner: Page;
let hammock = "";
let assistant = "";
let script = "";
let element = "";

async function configure(settings: object): Promise<void> {
  const usual = { public_chat: true, widget: true, origins: [foreign.origin], allow_feedback: true };
  await changeInterfaces(owner, assistant, { ...usual, ...settings });
}

test.beforeAll(async ({ browser }) => {
  ({ owner, hammock, assistant, script, element } = await startWidget(browser, who, provider, foreign));
});

test.beforeEach(async () => {
  provider.reset();
  provider.replies = [says("We open at **nine**.")];
  foreign.pages = { "/": { body: script + element } };
  await configure({});
});

test.afterAll(async () => {
  await owner?.context().close();
  provider.stop();
  foreign.stop();
});

test("a page with a strict policy shows the chat, and nothing is fetched or kept before it is wanted", async ({ browser }) => {
  const policy = `default-src 'none'; script-src ${hammock} 'wasm-unsafe-eval'; connect-src ${hammock}`;
  foreign.pages["/"] = { body: script + element, policy };
  const context = await visitor(browser);
  const page = await context.newPage();
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  const look = lookOf(hammock, assistant);
  const configured = page.waitForResponse(look);
  await page.goto(foreign.origin);
  await configured;
  const hasLook = () => "look" in (document.querySelector("script[src*='/embed/look/']") ?? {});
  await expect.poll(() => page.evaluate(hasLook)).toBe(true);
  await expect(launcher(page)).toHaveAttribute("aria-expanded", "false");
  await expectAccessible(page, "all", "driver");
  expect(asked.filter((url) => url.includes("/embed/") || url.includes("/api/"))).toEqual([look]);

  await launcher(page).click();
  await expect(field(page)).toBeFocused();
  // The chat takes what the launcher was told.
  expect(asked.filter((url) => url === look || url.endsWith(`/public/assistants/${assistant}`))).toEqual([look]);
  await expect(page.getByRole("dialog")).toBeVisible();
  expect(await page.evaluate(() => localStorage.length)).toBe(0);
  expect(asked.some((url) => url.includes("/visitors"))).toBe(false);
  await ask(page, "When do you open?");
  await expect(answer(page)).toContainText("We open at nine.");
  await expect(answer(page).locator("strong")).toHaveText("nine");
  await answered(answer(page));
  await expectAccessible(page, "all", "driver");
  expect(await context.cookies()).toEqual([]);
  const elsewhere = asked.filter((url) => ![hammock, foreign.origin].includes(new URL(url).origin));
  expect(elsewhere).toEqual([]);
  expect(complaints.filter((text) => !text.startsWith("Failed to load resource"))).toEqual([]);

  // On the next page it goes on, and the assistant knows what was said.
  await page.reload();
  await launcher(page).click();
  await expect(answer(page)).toContainText("We open at nine.");
  await ask(page, "And on Sundays?");
  await expect(answer(page)).toHaveCount(2);
  await answered(answer(page).last());
  expect(provider.prompts.at(-1)).toContain("When do you open?");

  await page.getByRole("button", { name: "New chat" }).click();
  await expect(answer(page)).toHaveCount(0);
  await context.close();
});

test("the keyboard alone opens the chat, rates an answer and closes it", async ({ browser }) => {
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(foreign.origin);
  await expect(launcher(page)).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(launcher(page)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(field(page)).toBeFocused();
  await page.keyboard.type("One line");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("and another");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("article", { name: "Your message" })).toHaveText("One line\nand another");
  const good = page.getByRole("button", { name: "Good answer" });
  await good.focus();
  await page.keyboard.press("Enter");
  await expect(good).toHaveAttribute("aria-pressed", "true");
  await expect(good).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(launcher(page)).toBeFocused();
  await expect(launcher(page)).toHaveAttribute("aria-expanded", "false");
  await context.close();
});

test("a bad answer is explained, and that reaches the feedback of the assistant", async ({ browser }) => {
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(foreign.origin);
  await launcher(page).click();
  await ask(page, "Is it cold?");
  await page.getByRole("button", { name: "Bad answer" }).click();
  await page.getByRole("textbox", { name: "What is wrong with the answer?" }).fill("It was about something else");
  await answer(page).getByRole("button", { name: "Send" }).click();
  await expect(answer(page).getByRole("status")).toHaveText("Thank you.");
  const found = await (await owner.request.get(`/api/v1/feedback?assistant=${assistant}`)).json();
  expect(found.items[0].comment).toBe("It was about something else");
  await context.close();
});

test("an application that swaps its pages keeps the one chat", async ({ browser }) => {
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(foreign.origin);
  await launcher(page).click();
  await ask(page, "When do you open?");
  await expect(answer(page)).toContainText("nine");
  await page.evaluate(
    ([script, element]) => {
      const main = document.querySelector("main");
      if (!main) return;
      main.innerHTML = `<h1>Another page</h1>${element}${element}`;
      const again = document.createElement("script");
      again.src = /src="([^"]+)"/.exec(script)?.[1] ?? "";
      document.head.append(again);
    },
    [script, element] as const,
  );
  await expect(page.getByRole("heading", { name: "Another page" })).toBeVisible();
  await expect(launcher(page)).toHaveCount(1);
  await answered(answer(page));
  await ask(page, "And now?");
  await expect(answer(page)).toHaveCount(2);
  await context.close();
});

test("styles and replaced functions of the page do the chat no harm", async ({ browser }) => {
  const head =
    "<style>* { font-size: 90px !important; color: red !important } button, textarea, div, article { display: none !important }" +
    " hammock-chat { display: none !important; opacity: 0.01; transform: rotate(45deg) }</style>" +
    "<script>Object.prototype.extra = function () {};" +
    "Element.prototype.appendChild = Array.prototype.map = Array.prototype.forEach = JSON.parse = JSON.stringify = function () { throw new Error('replaced'); };</script>";
  foreign.pages["/"] = { body: script + element, head };
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(foreign.origin);
  await launcher(page).click();
  await ask(page, "When do you open?");
  await expect(answer(page)).toContainText("We open at nine.");
  await expect(answer(page)).toHaveCSS("font-size", "15px");
  await context.close();
});

test("on a phone the chat takes the whole screen and keeps the focus", async ({ browser }) => {
  const context = await visitor(browser, { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true });
  const page = await context.newPage();
  await page.goto(foreign.origin);
  await launcher(page).tap();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toHaveAttribute("aria-modal", "true");
  await expect(field(page)).toBeFocused();
  expect(await dialog.boundingBox()).toMatchObject({ x: 0, y: 0, width: 390, height: 780 });
  await expect(launcher(page)).toBeHidden();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "New chat" })).toBeFocused();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Close" }).tap();
  await expect(dialog).toBeHidden();
  await context.close();
});

test("an answer that loses its connection comes whole when that is back", async ({ browser }) => {
  const going: ServerResponse[] = [];
  provider.replies = [begins("The first half ", going)];
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(foreign.origin);
  await launcher(page).click();
  await ask(page, "Tell me");
  await expect(answer(page)).toContainText("The first half");
  await context.setOffline(true);
  await expect(page.getByText("The connection is lost.")).toBeVisible();
  finish(going[0], "and the second.");
  await context.setOffline(false);
  await answered(answer(page));
  await expect(answer(page).locator(".blocks")).toHaveText("The first half and the second.");
  await expect(page.getByText("The connection is lost.")).toHaveCount(0);
  await context.close();
});

test("an answer that is being made goes on after a change of pages", async ({ browser }) => {
  const going: ServerResponse[] = [];
  provider.replies = [begins("The first half ", going)];
  foreign.pages["/next"] = { body: script + element };
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(foreign.origin);
  await launcher(page).click();
  await ask(page, "Tell me");
  await expect(answer(page)).toContainText("The first half");
  await page.goto(`${foreign.origin}/next`);
  await launcher(page).click();
  await expect(answer(page)).toContainText("The first half");
  await expect(answer(page)).toHaveAttribute("aria-busy", "true");
  await expect(page.getByRole("button", { name: "Stop" })).toBeVisible();
  finish(going[0], "and the second.");
  await answered(answer(page));
  await expect(answer(page).locator(".blocks")).toHaveText("The first half and the second.");
  await expect(page.getByRole("article", { name: "Your message" })).toHaveText("Tell me");
  // It was one answer all along.
  expect(provider.prompts).toHaveLength(1);
  await context.close();
});

test("an answer can be stopped and gone on with", async ({ browser }) => {
  const going: ServerResponse[] = [];
  provider.replies = [begins("It begins ", going), says("and it ends.")];
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(foreign.origin);
  await launcher(page).click();
  await ask(page, "Tell me");
  await expect(answer(page)).toContainText("It begins");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByText("The answer was stopped.")).toBeVisible();
  await field(page).fill("And what comes then?");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(answer(page).last()).toContainText("and it ends.");
  // What was being typed is the next question.
  await expect(field(page)).toHaveValue("And what comes then?");
  await context.close();
});

test("two tabs show the same conversation", async ({ browser }) => {
  const context = await visitor(browser);
  const [first, second] = [await context.newPage(), await context.newPage()];
  for (const page of [first, second]) {
    await page.goto(foreign.origin);
    await launcher(page).click();
    await expect(field(page)).toBeVisible();
  }
  await ask(first, "When do you open?");
  for (const page of [first, second]) await expect(answer(page)).toContainText("We open at nine.");
  await answered(answer(second));
  await ask(second, "Thank you");
  for (const page of [first, second]) await expect(answer(page)).toHaveCount(2);
  await context.close();
});

test("a page that allows a frame alone shows the chat in one", async ({ browser }) => {
  const body = `${script}<hammock-chat assistant="${assistant}" data-mode="iframe"></hammock-chat>`;
  foreign.pages["/"] = { body, policy: `default-src 'none'; script-src ${hammock}; frame-src ${hammock}` };
  const context = await visitor(browser);
  const page = await context.newPage();
  const refused: string[] = [];
  page.on("console", (message) => /Content Security Policy|refused/i.test(message.text()) && refused.push(message.text()));
  await page.goto(foreign.origin);
  await launcher(page).click();
  const frame = page.frameLocator("iframe");
  await frame.getByRole("textbox", { name: "Write a message…" }).fill("When do you open?");
  await frame.getByRole("button", { name: "Send" }).click();
  await expect(frame.getByRole("article", { name: "Answer" })).toContainText("We open at nine.");
  await frame.getByRole("button", { name: "Close" }).click();
  await expect(page.locator("iframe")).toBeHidden();
  expect(refused).toEqual([]);
  await context.close();
});

test("where the chat is not allowed or switched off there is no launcher", async ({ browser }) => {
  for (const settings of [{ origins: ["https://elsewhere.example"] }, { public_chat: false, widget: false }]) {
    await configure(settings);
    const context = await visitor(browser);
    const page = await context.newPage();
    await page.goto(foreign.origin);
    await expect(launcher(page)).toBeHidden();
    await context.close();
  }
});

test("where very many visitors come, the browser does some work before one is let in", async ({ browser }) => {
  // One of its own, that nobody has come to in this minute; without a model Hammock itself answers.
  const { id } = await make(owner, "/api/v1/assistants", { name: "Besieged", collections: [] });
  await changeInterfaces(owner, id, { widget: true, origins: [foreign.origin], limits: { visitors_of_a_network: 1 } });
  foreign.pages["/"] = { body: `${script}<hammock-chat assistant="${id}"></hammock-chat>` };
  for (const expected of [["admitted"], ["proof_required", "admitted"]]) {
    const context = await visitor(browser);
    const page = await context.newPage();
    const states: string[] = [];
    page.on("response", async (response) => {
      const isEntry = response.request().method() === "POST" && response.url().endsWith("/visitors");
      if (isEntry) states.push((await response.json()).state);
    });
    await page.goto(foreign.origin);
    await launcher(page).click();
    await ask(page, "When do you open?");
    await expect(answer(page)).toContainText("This assistant has no model");
    await answered(answer(page));
    await expect.poll(() => states).toEqual(expected);
    await context.close();
  }
});

test("a sentence that no source supports is dotted, and below stands what that means", async ({ browser }) => {
  const collection = (await make(owner, "/api/v1/collections", { name: "Museum", description: "" })).id;
  const source = (await make(owner, `/api/v1/collections/${collection}/sources`, { name: "Files", kind: "upload" })).id;
  await uploadAndRead(owner, source, "hours.md", "# Opening hours\n\nThe museum opens at nine in the morning.\n");
  const connection = (await make(owner, "/api/v1/connections", { name: "Theirs", kind: "compatible", base_url: provider.base })).id;
  const data = { name: "Museum help", connection, model: "model-a", collections: [collection], strictness: "broad" };
  const { id } = await make(owner, "/api/v1/assistants", data);
  await changeInterfaces(owner, id, { widget: true, origins: [foreign.origin] });
  foreign.pages["/"] = { body: `${script}<hammock-chat assistant="${id}"></hammock-chat>` };
  provider.replies = [says("The museum opens at nine in the morning [1]. That takes 4711 minutes.")];
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(foreign.origin);
  await launcher(page).click();
  await ask(page, "When does the museum open in the morning?");
  await answered(answer(page));
  await expect(answer(page).locator("mark").first()).toContainText("That takes 4711 minutes");
  await expect(answer(page).locator("mark").first()).toHaveCSS("text-decoration-style", "dotted");
  const note = answer(page).getByText("Dotted sentences were not found in the sources.");
  await expect(note).toBeVisible();
  await expectAccessible(page);
  await page.reload();
  await launcher(page).click();
  await expect(note).toBeVisible();
  await context.close();
});

test("programs open the chat, ask in it and hear of what happens", async ({ browser }) => {
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(foreign.origin);
  await expect(launcher(page)).toBeVisible();
  const heard = await page.evaluate(
    () =>
      new Promise<string[]>((done) => {
        const heard: string[] = [];
        for (const name of ["ready", "open", "message"]) {
          document.addEventListener(`hammock:${name}`, (event) => {
            heard.push(`${name} ${(event as CustomEvent).detail?.text ?? ""}`.trim());
            if (name === "message") done(heard);
          });
        }
        (document.querySelector("hammock-chat") as HTMLElement & { ask(text: string): void }).ask("When do you open?");
      }),
  );
  expect(heard).toEqual(["open", "ready", "message We open at **nine**."]);
  await page.evaluate(() => (document.querySelector("hammock-chat") as HTMLElement & { close(): void }).close());
  await expect(page.getByRole("dialog")).toBeHidden();
  await context.close();
});

test("the public chat is a page of its own that keeps nothing when it is closed", async ({ browser }) => {
  const context = await visitor(browser, { locale: "cs-CZ" });
  const page = await context.newPage();
  await page.goto(`${hammock}/public/${assistant}`);
  await page.getByRole("textbox", { name: "Napište zprávu…" }).fill("Kdy otevíráte?");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("article", { name: "Odpověď" })).toContainText("We open at nine.");
  await expectAccessible(page);
  expect(await context.cookies()).toEqual([]);
  await page.getByRole("button", { name: "Zavřít" }).click();
  await expect(page.getByText("Chat je zavřený.")).toBeVisible();
  expect(await page.evaluate(() => localStorage.length)).toBe(0);
  await context.close();
});
