// What visitors have before them in the chat: an answer moves nobody, comes whole over a silent connection, and Close closes.
import type { ServerResponse } from "node:http";
import type { Locator, Page } from "@playwright/test";
import { Foreign, visitor } from "../support/foreign";
import { expect, test } from "../support/page";
import { begins, finish, Provider, says } from "../support/provider";
import { holdLongTimers } from "../support/timers";
import { answer, ask, changeInterfaces, launcher, startWidget } from "../support/widget";

const who = { email: "widget-reading@example.org", password: "hammocks are fine 1" };
const provider = new Provider();
const foreign = new Foreign();
const long = Array.from({ length: 40 }, (_, number) => `Paragraph ${number}.`).join("\n\n");
let owner: Page;
let hammock = "";
let assistant = "";
let tags = "";

/** Scrolls up, and waits until the page has noticed. */
async function toTop(log: Locator): Promise<void> {
  await log.evaluate((element) => {
    element.scrollTo(0, 0);
    return new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  });
}

test.beforeAll(async ({ browser }) => {
  const widget = await startWidget(browser, who, provider, foreign);
  ({ owner, hammock, assistant } = widget);
  tags = widget.script + widget.element;
  await changeInterfaces(owner, assistant, { public_chat: true, widget: true, origins: [foreign.origin], allow_feedback: true });
});

test.beforeEach(() => {
  provider.reset();
  foreign.pages = { "/": { body: tags } };
});

test.afterAll(async () => {
  await owner?.context().close();
  provider.stop();
  foreign.stop();
});

test("the end of an answer moves nobody who reads further up, and leaves there what was there", async ({ browser }) => {
  const going: ServerResponse[] = [];
  provider.replies = [says(long), begins(long, going)];
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(foreign.origin);
  await launcher(page).click();
  await ask(page, "Tell me");
  await expect(answer(page)).toHaveAttribute("aria-busy", "false");
  // It is still this one as long as it has the mark.
  await answer(page).evaluate((article) => article.setAttribute("data-mark", "here"));
  const log = page.getByRole("log");
  await toTop(log);
  await ask(page, "Go on");
  await expect(answer(page).last()).toContainText("Paragraph 39.");
  // Whoever asks follows the answer.
  await expect.poll(() => log.evaluate((element) => element.scrollTop)).toBeGreaterThan(200);
  await expect(answer(page).first()).toHaveAttribute("data-mark", "here");

  await toTop(log);
  finish(going[0], " And that is all.");
  await expect(answer(page).last()).toHaveAttribute("aria-busy", "false");
  await expect(answer(page).last()).toContainText("And that is all.");
  expect(await log.evaluate((element) => element.scrollTop)).toBe(0);
  await expect(answer(page).first()).toHaveAttribute("data-mark", "here");
  await context.close();
});

test("a long conversation comes with its end, and what stands before it when it is asked for", async ({ browser }) => {
  const questions = 27;
  provider.replies = [says("So it is.")];
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(foreign.origin);
  await launcher(page).click();
  await ask(page, "Question 1.");
  await expect(answer(page)).toHaveAttribute("aria-busy", "false");
  const stored = await page.evaluate((key) => localStorage.getItem(key) ?? "", `hammock:${assistant}`);
  const [token, conversation] = stored.split("\n");
  const headers = { origin: foreign.origin, authorization: `Bearer ${token}` };
  for (let number = 2; number <= questions; number++) {
    const data = { text: `Question ${number}.`, conversation };
    const asked = await page.request.post(`${hammock}/api/v1/public/chat`, { headers, data });
    const events = await asked.text();
    expect(asked.ok(), events).toBe(true);
  }

  await page.reload();
  await launcher(page).click();
  const log = page.getByRole("log");
  const question = page.getByRole("article", { name: "Your message" });
  await expect(question).toHaveCount(25);
  await expect(question.last()).toHaveText(`Question ${questions}.`);
  await expect(question.last()).toBeInViewport();
  await toTop(log);
  const earlier = page.getByRole("button", { name: "Earlier messages" });
  await earlier.focus();
  await page.keyboard.press("Enter");
  await expect(question).toHaveCount(questions);
  await expect(question.first()).toHaveText("Question 1.");
  // What is read stays where it is, and the focus does not go with the button.
  await expect(question.filter({ hasText: "Question 3." })).toBeInViewport();
  await expect(question.first()).not.toBeInViewport();
  await expect(earlier).toHaveCount(0);
  await expect(log).toBeFocused();
  await context.close();
});

test("a stream that says nothing any more is opened again, and the answer comes whole", async ({ browser }) => {
  const going: ServerResponse[] = [];
  provider.replies = [begins("The first half ", going)];
  const context = await visitor(browser);
  const page = await context.newPage();
  const passTime = await holdLongTimers(page);
  await page.goto(foreign.origin);
  await launcher(page).click();
  await ask(page, "Tell me");
  await expect(answer(page)).toContainText("The first half");
  const again = page.waitForRequest(/\/api\/v1\/public\/runs\/[^/]+\/events/);
  await passTime();
  await again;
  finish(going[0], "and the second.");
  await expect(answer(page)).toHaveAttribute("aria-busy", "false");
  await expect(answer(page).locator(".blocks")).toHaveText("The first half and the second.");
  await context.close();
});

test("in a frame without a script around it, closing the chat ends it", async ({ browser }) => {
  provider.replies = [says("We open at nine.")];
  foreign.pages = { "/": { body: `<iframe src="${hammock}/public/${assistant}?frame=1" title="Chat" width="600" height="600"></iframe>` } };
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(foreign.origin);
  const frame = page.frameLocator("iframe");
  await ask(frame, "When do you open?");
  await expect(answer(frame)).toContainText("We open at nine.");
  await frame.getByRole("button", { name: "Close" }).click();
  await expect(frame.getByText("The chat is closed.")).toBeVisible();
  await expect(answer(frame)).toHaveCount(0);
  await context.close();
});
