// What visitors send in the widget beside words, and what they find there: files, earlier conversations, reasons, limits.
import type { BrowserContext, Locator, Page } from "@playwright/test";
import { Foreign, visitor } from "../support/foreign";
import { answered, expect, expectAccessible, test } from "../support/page";
import { Provider, says } from "../support/provider";
import { answer, ask, changeInterfaces, field, launcher, startWidget } from "../support/widget";

const who = { email: "widget-uploads@example.org", password: "hammocks are fine 1" };
const tides = { name: "tides.md", mimeType: "text/markdown", buffer: Buffer.from("# Tides\n\nThe zanzibar tide turns at a quarter past four.\n") };
const provider = new Provider();
const foreign = new Foreign();
let owner: Page;
let assistant = "";
let script = "";
let element = "";

async function configure(settings: object): Promise<void> {
  const rules = { public_chat: true, widget: true, origins: [foreign.origin], allow_feedback: true, allow_uploads: true };
  await changeInterfaces(owner, assistant, { ...rules, limits: { uploads_in_ten_minutes: 50 }, ...settings });
}

test.beforeAll(async ({ browser }) => {
  ({ owner, assistant, script, element } = await startWidget(browser, who, provider, foreign));
});

test.beforeEach(async () => {
  provider.reset();
  provider.replies = [says("So it is.")];
  foreign.pages = { "/": { body: script + element } };
  await configure({});
});

test.afterAll(async () => {
  await owner?.context().close();
  provider.stop();
  foreign.stop();
});

const question = (page: Page): Locator => page.getByRole("article", { name: "Your message" });
const chip = (page: Page, name: string): Locator => page.getByRole("listitem").filter({ hasText: name });

/** A page with the chat open. */
async function chatting(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto(foreign.origin);
  await launcher(page).click();
  await expect(field(page)).toBeFocused();
  return page;
}

test("files are chosen, told apart, taken away, and answered from", async ({ browser }) => {
  const context = await visitor(browser);
  const page = await chatting(context);
  await field(page).fill("When does the tide turn?");
  const choosing = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Add files" }).click();
  const program = { name: "run.exe", mimeType: "application/octet-stream", buffer: Buffer.from("MZ\x90\0\x03\0\0\0\x04", "latin1") };
  await (await choosing).setFiles([tides, program]);
  await expect(chip(page, "tides.md")).toContainText("Ready");
  await expect(chip(page, "run.exe")).toContainText("This file cannot be read.");
  await expect(field(page)).toHaveValue("When does the tide turn?");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Remove run.exe" }).click();
  await expect(chip(page, "run.exe")).toHaveCount(0);
  await expect(field(page)).toBeFocused();

  await page.keyboard.press("Enter");
  await expect(answer(page)).toContainText("So it is.");
  await expect(question(page)).toContainText("tides.md");
  await expect(chip(page, "tides.md")).toHaveCount(0);
  expect(provider.prompts.at(-1)).toContain("a quarter past four");
  await expectAccessible(page);

  // It stays with its conversation, and who looks after the assistant reads its name.
  await page.reload();
  await page.getByRole("button", { name: "Chat with us" }).click();
  await expect(question(page)).toContainText("tides.md");
  // It is opened from there, in a tab of its own, by whoever has the conversation.
  const file = question(page).getByRole("link", { name: "tides.md" });
  await file.focus();
  await expect(file).toHaveAttribute("target", "_blank");
  await expectAccessible(page);
  const href = String(await file.getAttribute("href"));
  const stranger = await owner.request.fetch(href);
  expect([stranger.status(), await stranger.text()]).toEqual([200, tides.buffer.toString()]);
  expect(stranger.headers()["content-disposition"]).toContain("tides.md");
  const changed = await owner.request.fetch(href.replace(/.$/, (last) => (last === "A" ? "B" : "A")));
  expect([changed.status(), (await changed.text()).includes("This link leads nowhere")]).toEqual([404, true]);
  const list = await (await owner.request.get(`/api/v1/assistants/${assistant}/visitor-conversations`)).json();
  await owner.goto(`/assistants/${assistant}/visitors?conversation=${list.items[0].conversation}`);
  await expect(owner.getByText("Sent with it: tides.md")).toBeVisible();
  await context.close();
});

test("files are dropped and pasted, and one is too large", async ({ browser }) => {
  await configure({ limits: { uploads_in_ten_minutes: 50, upload_megabytes: 1 } });
  const context = await visitor(browser);
  const page = await chatting(context);
  const dataTransfer = await page.evaluateHandle(() => {
    const held = new DataTransfer();
    held.items.add(new File(["A dropped text."], "dropped.txt", { type: "text/plain" }));
    held.items.add(new File(["x".repeat(1_000_001)], "large.txt", { type: "text/plain" }));
    return held;
  });
  await field(page).dispatchEvent("drop", { dataTransfer });
  await expect(chip(page, "dropped.txt")).toContainText("Ready");
  await expect(chip(page, "large.txt")).toContainText("Larger than 1 MB.");
  await field(page).evaluate((element) => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File(["A pasted text."], "pasted.txt", { type: "text/plain" }));
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  });
  await expect(chip(page, "pasted.txt")).toContainText("Ready");
  await ask(page, "What is in them?");
  await expect(answer(page)).toContainText("So it is.");
  await expect(question(page)).toContainText("dropped.txt, pasted.txt");
  await context.close();
});

test("a file of which the server does not tell is asked after a few times, and again when that is wanted", async ({ browser }) => {
  const context = await visitor(browser);
  const page = await chatting(context);
  const readable = { "access-control-allow-origin": foreign.origin };
  // It arrives, and has not been read by then.
  await page.route("**/api/v1/public/attachments", async (route) => {
    const headers = { authorization: route.request().headers().authorization ?? "", origin: foreign.origin };
    const sent = await page.request.post(route.request().url(), { headers, multipart: { file: tides } });
    const json = { ...(await sent.json()), state: "processing" };
    await route.fulfill({ status: sent.status(), headers: readable, json });
  }, { times: 1 });
  const looked = "**/api/v1/public/attachments/*";
  let asked = 0;
  await page.route(looked, (route) => {
    asked += 1;
    return route.fulfill({ status: 502, headers: readable, body: "<h1>Bad Gateway</h1>" });
  });
  const choosing = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Add files" }).click();
  await (await choosing).setFiles([tides]);
  const again = chip(page, "tides.md").getByRole("button", { name: "Try again" });
  await expect(again).toBeVisible({ timeout: 60_000 });
  await expect(chip(page, "tides.md")).toContainText("Something went wrong. Try again.");
  expect(asked).toBe(6);
  await expectAccessible(page);
  // A question need not wait for it, and leaves it where it is.
  await ask(page, "When does the tide turn?");
  await expect(answer(page)).toContainText("So it is.");
  await expect(question(page)).not.toContainText("tides.md");
  await page.unroute(looked);
  await again.focus();
  await page.keyboard.press("Enter");
  await expect(field(page)).toBeFocused();
  await expect(chip(page, "tides.md")).toContainText("Ready");
  await ask(page, "When does it turn?");
  await expect(question(page).last()).toContainText("tides.md");
  await expect(answer(page).last()).toContainText("So it is.");
  await context.close();
});

test("without a word of the settings there is nothing to send files with", async ({ browser }) => {
  await configure({ allow_uploads: false });
  const context = await visitor(browser);
  const page = await chatting(context);
  await expect(page.getByRole("button", { name: "Add files" })).toHaveCount(0);
  await context.close();
});

test("earlier conversations are found by the keyboard, and nobody else's", async ({ browser }) => {
  const context = await visitor(browser);
  const page = await chatting(context);
  const clock = page.getByRole("button", { name: "Earlier conversations" });
  await clock.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText("There are none yet.")).toBeVisible();
  await expect(clock).toHaveAttribute("aria-expanded", "true");
  await expectAccessible(page);

  await ask(page, "When do you open?");
  await answered(answer(page));
  await expect(clock).toHaveAttribute("aria-expanded", "false");
  await page.getByRole("button", { name: "New chat" }).click();
  await ask(page, "Where are you?");
  await answered(answer(page));
  await clock.focus();
  await page.keyboard.press("Enter");
  const open = page.getByRole("button", { name: "Where are you?" });
  await expect(open).toBeFocused();
  await expect(open).toHaveAttribute("aria-current", "true");
  await expectAccessible(page);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "When do you open?" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(question(page)).toHaveText("When do you open?");
  await expect(field(page)).toBeFocused();
  await ask(page, "And on Sundays?");
  await expect(answer(page)).toHaveCount(2);
  await answered(answer(page).last());
  expect(provider.prompts.at(-1)).toContain("When do you open?");

  const other = await visitor(browser);
  const theirs = await chatting(other);
  await ask(theirs, "Hello");
  await answered(answer(theirs));
  await theirs.getByRole("button", { name: "Earlier conversations" }).click();
  await expect(theirs.getByRole("button", { name: "Hello" })).toBeVisible();
  await expect(theirs.getByRole("button", { name: "When do you open?" })).toHaveCount(0);
  await other.close();
  await context.close();
});

test("what is too long is counted and kept, and not sent", async ({ browser }) => {
  const context = await visitor(browser);
  const page = await chatting(context);
  await field(page).fill("x".repeat(3_700));
  await expect(page.getByText("3700 / 4000")).toBeVisible();
  await field(page).fill("x".repeat(4_001));
  await expect(page.getByText("4001 / 4000")).toBeVisible();
  await expect(page.getByText("This message is too long.")).toBeVisible();
  await expect(field(page)).toHaveAttribute("aria-invalid", "true");
  await expectAccessible(page);
  await page.keyboard.press("Enter");
  await expect(question(page)).toHaveCount(0);
  expect((await field(page).inputValue()).length).toBe(4_001);
  await page.keyboard.press("Backspace");
  await expect(page.getByText("This message is too long.")).toHaveCount(0);
  await page.keyboard.press("Enter");
  await expect(answer(page)).toContainText("So it is.");
  await context.close();
});

test("too many messages are told with the time, and sent again by a button", async ({ browser }) => {
  const context = await visitor(browser);
  const page = await chatting(context);
  await ask(page, "When do you open?");
  await answered(answer(page));
  await configure({ limits: { messages_in_ten_minutes: 1 } });
  await ask(page, "And on Sundays?");
  await expect(page.getByText(/Try again in \d+ s\./)).toBeVisible();
  await expect(question(page).last()).toHaveText("And on Sundays?");
  await expectAccessible(page);
  await configure({});
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(answer(page).last()).toContainText("So it is.");
  await expect(question(page)).toHaveCount(2);
  await context.close();
});

test("a reason goes with a comment to the feedback, and what is half written stays", async ({ browser }) => {
  const context = await visitor(browser);
  const page = await chatting(context);
  await ask(page, "Is it cold?");
  await page.getByRole("button", { name: "Bad answer" }).click();
  await page.getByRole("combobox", { name: "Reason" }).selectOption({ label: "Out of date" });
  const comment = page.getByRole("textbox", { name: "What is wrong with the answer?" });
  await comment.fill("It was so last year");
  await expectAccessible(page);
  await ask(page, "And tomorrow?");
  await expect(answer(page)).toHaveCount(2);
  await answered(answer(page).last());
  await expect(comment).toHaveValue("It was so last year");
  await expect(page.getByRole("combobox", { name: "Reason" })).toHaveValue("outdated");
  await answer(page).first().getByRole("button", { name: "Send" }).click();
  await expect(answer(page).first().getByRole("status")).toHaveText("Thank you.");
  const found = await (await owner.request.get(`/api/v1/feedback?assistant=${assistant}&reason=outdated`)).json();
  expect(found.items[0].comment).toBe("It was so last year");
  await context.close();
});

test("a page that is written from right to left has the chat so, too", async ({ browser }) => {
  const body = `<div dir="rtl">${script}${element}</div>`;
  foreign.pages["/"] = { body };
  const context = await visitor(browser);
  const page = await chatting(context);
  const middle = (page.viewportSize()?.width ?? 0) / 2;
  const box = async (locator: Locator) => (await locator.boundingBox()) ?? { x: -1, width: 0 };
  const dialog = page.getByRole("dialog");
  await expect(dialog).toHaveCSS("direction", "rtl");
  const panel = await box(dialog);
  expect(panel.x + panel.width).toBeLessThan(middle);
  const close = await box(page.getByRole("button", { name: "Close" }));
  const heading = await box(page.getByRole("heading", { name: "Writer" }));
  expect(close.x).toBeLessThan(heading.x);
  // Before the field comes what adds to it, on its right; the button that sends is on its left.
  const [attach, text, send] = [await box(page.getByRole("button", { name: "Add files" })), await box(field(page)), await box(page.getByRole("button", { name: "Send" }))];
  expect(attach.x).toBeGreaterThan(text.x);
  expect(send.x).toBeLessThan(text.x);
  await ask(page, "متى تفتحون؟");
  await answered(answer(page));
  const asked = await box(question(page));
  expect(asked.x - panel.x).toBeLessThan(panel.width / 4);
  await expectAccessible(page);
  await context.close();
});
