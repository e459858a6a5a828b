// What the server answers when something else is shown by then stays where it belongs: a conversation, a thumb, a refused question.
import type { Page, Request, Route } from "@playwright/test";
import { answered, expect, test } from "../support/page";
import { ask, fromOurPage, open, register } from "../support/people";

const password = "a hammock between trees 1";
const READ = "**/api/fn/chat/read_conversation";
const CHAT = "**/api/v1/chat";

/** Whether a conversation is read by this. */
const isRead = (request: Request) => request.url().endsWith("/api/fn/chat/read_conversation");

const input = (page: Page) => page.getByLabel("Ask a question");
const heading = (page: Page) => page.locator(".thread-bar h1");
const row = (page: Page, title: string) => page.locator(".conversation").filter({ hasText: title }).getByRole("link");
const refusal = (page: Page) => page.locator(".composer").getByRole("alert");

/** Asks in a new conversation and gives it a title; its id. */
async function converse(page: Page, title: string): Promise<string> {
  const answer = await page.request.post("/api/v1/chat", { headers: fromOurPage, data: { text: `What is a ${title}?` } });
  const id = /"conversation":"([^"]+)"/.exec(await answer.text())?.[1] ?? "";
  const renamed = await page.request.patch(`/api/v1/conversations/${id}`, { headers: fromOurPage, data: { title } });
  expect(renamed.ok(), await renamed.text()).toBe(true);
  return id;
}

/** Holds what goes to an address, if it says this, until that is let through. */
async function hold(page: Page, address: string, what: string, then: (route: Route) => Promise<void>) {
  let release = () => {};
  const released = new Promise<void>((resolve) => { release = resolve; });
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => { arrive = resolve; });
  await page.route(address, async (route) => {
    if (!route.request().postData()?.includes(what)) return route.fallback();
    arrive();
    await released;
    await then(route);
  });
  return { arrived, release };
}

/** Notes every title that is shown from now on. */
async function noteTitles(page: Page): Promise<() => Promise<string[]>> {
  await heading(page).evaluate((heading) => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    const note = () => seen.push(heading.textContent ?? "");
    new MutationObserver(note).observe(heading, { childList: true, characterData: true, subtree: true });
  });
  return () => page.evaluate(() => (window as unknown as { seen: string[] }).seen);
}

test("the conversation that was chosen last is shown, whatever arrives last", async ({ page }) => {
  await register(page, { email: `late-load-${process.pid}@example.org`, password });
  const slow = await converse(page, "Siesta");
  await converse(page, "Hammock");
  const shown = await converse(page, "Tree");
  await open(page, `/chat/${shown}`);
  await expect(heading(page)).toHaveText("Tree");
  const titles = await noteTitles(page);
  const held = await hold(page, READ, slow, (route) => route.continue());
  await row(page, "Siesta").click();
  await held.arrived;
  const givenUp = page.waitForEvent("requestfailed", isRead);
  await row(page, "Hammock").click();
  // It does not wait for the other one, which is given up.
  await expect(heading(page)).toHaveText("Hammock");
  await expect(page.locator(".messages .question")).toContainText("What is a Hammock?");
  await givenUp;
  held.release();
  // Nor does it come later.
  await ask(page, "And of what?");
  await answered(page.getByRole("article", { name: "Answer" }).nth(1));
  await expect(heading(page)).toHaveText("Hammock");
  // What is chosen next comes after it.
  await row(page, "Tree").click();
  await expect(heading(page)).toHaveText("Tree");
  expect(await titles()).not.toContain("Siesta");
});

test("a new chat begins at once, and a conversation that comes too late does not take its place", async ({ page }) => {
  await register(page, { email: `late-new-${process.pid}@example.org`, password });
  const slow = await converse(page, "Siesta");
  const shown = await converse(page, "Tree");
  await open(page, `/chat/${shown}`);
  await expect(heading(page)).toHaveText("Tree");
  const held = await hold(page, READ, slow, (route) => route.continue());
  await row(page, "Siesta").click();
  await held.arrived;
  const givenUp = page.waitForEvent("requestfailed", isRead);
  await page.getByRole("link", { name: "New chat" }).first().click();
  await expect(page.locator(".welcome")).toBeVisible();
  await givenUp;
  await ask(page, "What is a hook?");
  const answers = page.getByRole("article", { name: "Answer" });
  await answered(answers);
  await expect(page).not.toHaveURL(new RegExp(`${slow}|${shown}|/chat$`));
  const { pathname } = new URL(page.url());
  const titles = await noteTitles(page);
  held.release();
  await expect(page.locator(".messages .question")).toContainText("What is a hook?");
  await expect(answers).toHaveCount(1);
  expect(new URL(page.url()).pathname).toBe(pathname);
  // What is asked next is asked there.
  await ask(page, "And of what?");
  await answered(answers.nth(1));
  expect(new URL(page.url()).pathname).toBe(pathname);
  expect(await titles()).not.toContain("Siesta");
});

test("what is asked while the chosen conversation is loaded waits for it, and is asked there", async ({ page }) => {
  await register(page, { email: `late-question-${process.pid}@example.org`, password });
  const slow = await converse(page, "Siesta");
  await converse(page, "Hammock");
  const shown = await converse(page, "Tree");
  await open(page, `/chat/${shown}`);
  await expect(heading(page)).toHaveText("Tree");
  const askedIn: unknown[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/api/v1/chat")) askedIn.push(request.postDataJSON().conversation);
  });
  const status = page.locator(".composer").getByRole("status");
  const questions = page.locator(".messages .question");
  const chooseSlowAndAsk = async (question: string) => {
    const held = await hold(page, READ, slow, (route) => route.continue());
    await row(page, "Siesta").click();
    await held.arrived;
    await input(page).fill(question);
    await expect(page.getByRole("button", { name: "Send", exact: true })).toBeDisabled();
    await input(page).press("Enter");
    await expect(status).toHaveText("Asked as soon as the conversation is there.");
    await expect(input(page)).toHaveValue(question);
    await expect(heading(page)).not.toHaveText("Siesta");
    return held;
  };

  const first = await chooseSlowAndAsk("And where?");
  first.release();
  await expect(heading(page)).toHaveText("Siesta");
  await expect(questions).toHaveCount(2);
  await expect(questions.last()).toContainText("And where?");
  await expect(status).toHaveText("");
  await expect(input(page)).toHaveValue("");
  await answered(page.getByRole("article", { name: "Answer" }).nth(1));
  expect(askedIn).toEqual([slow]);

  // Who chooses another one instead finds the question where it belongs, and it was asked nowhere.
  await row(page, "Tree").click();
  await expect(heading(page)).toHaveText("Tree");
  const second = await chooseSlowAndAsk("And when?");
  await row(page, "Hammock").click();
  await expect(heading(page)).toHaveText("Hammock");
  await expect(status).toHaveText("");
  await expect(input(page)).toHaveValue("");
  second.release();
  await row(page, "Siesta").click();
  await expect(heading(page)).toHaveText("Siesta");
  await expect(input(page)).toHaveValue("And when?");
  await expect(questions).toHaveCount(2);
  expect(askedIn).toEqual([slow]);

  // Nor is anything asked that is still being typed.
  await row(page, "Tree").click();
  await expect(heading(page)).toHaveText("Tree");
  const third = await chooseSlowAndAsk("And how?");
  await input(page).pressSequentially(" And");
  await expect(status).toHaveText("");
  third.release();
  await expect(heading(page)).toHaveText("Siesta");
  await expect(input(page)).toHaveValue("And how? And");
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeEnabled();
  expect(askedIn).toEqual([slow]);
});

test("a thumb whose answer is late is not talked about in another conversation", async ({ page }) => {
  await register(page, { email: `late-thumb-${process.pid}@example.org`, password });
  const rated = await converse(page, "Siesta");
  const other = await converse(page, "Tree");
  const RATE = "**/api/fn/chat/rate_message";
  const dialog = page.getByRole("dialog");
  const down = page.getByRole("button", { name: "This did not help" });
  const refused = { error: { type: "internal", code: "internal", message: "no" } };
  const outcomes: ((route: Route) => Promise<void>)[] = [
    (route) => route.fulfill({ status: 500, json: refused }),
    (route) => route.continue(),
  ];
  for (const [number, outcome] of outcomes.entries()) {
    await open(page, `/chat/${rated}`);
    const held = await hold(page, RATE, "", outcome);
    await down.click();
    await held.arrived;
    await row(page, "Tree").click();
    await expect(heading(page)).toHaveText("Tree");
    const late = page.waitForResponse(RATE);
    held.release();
    await late;
    await row(page, "Siesta").click();
    await expect(heading(page)).toHaveText("Siesta");
    await expect(down).toHaveAttribute("aria-pressed", String(number === 1));
    await expect(dialog).toHaveCount(0);
    await expect(page.locator(".toast")).toHaveCount(0);
    await page.unroute(RATE);
  }
  await open(page, `/chat/${other}`);
  await expect(down).toHaveAttribute("aria-pressed", "false");
});

const TOO_OFTEN = { error: { type: "rate_limited", code: "too_many_attempts", message: "wait", params: { retry_after: "37" } } };

test("a question that is refused after the chat was left and opened again comes back there, with the reason", async ({ page }) => {
  await register(page, { email: `late-refusal-${process.pid}@example.org`, password });
  const conversation = await converse(page, "Siesta");
  for (const path of ["/chat", `/chat/${conversation}`]) {
    for (const isBack of [true, false]) {
      await open(page, path);
      const held = await hold(page, CHAT, "Where?", (route) => route.fulfill({ status: 429, json: TOO_OFTEN }));
      await ask(page, "Where?");
      await expect(page.locator(".sent-question")).toBeVisible();
      await page.getByRole("link", { name: "Assistants", exact: true }).click();
      await expect(page).toHaveURL(/\/assistants$/);
      // Until it is there, the chat is, and takes the answer.
      await expect(page.getByRole("heading", { name: "Assistants", level: 1 })).toBeVisible();
      const back = async () => {
        await page.goBack();
        await expect(page).toHaveURL(new RegExp(`${path}$`));
      };
      const answer = page.waitForResponse(CHAT);
      if (isBack) {
        await back();
        await expect(input(page)).toHaveValue("");
      }
      held.release();
      await answer;
      if (!isBack) await back();
      await expect(input(page)).toHaveValue("Where?");
      await expect(refusal(page)).toContainText("Too many attempts.");
      // Elsewhere nothing is said of it.
      await row(page, "Siesta").click();
      await expect(heading(page)).toHaveText("Siesta");
      await page.getByRole("link", { name: "New chat" }).first().click();
      await expect(page.locator(".welcome")).toBeVisible();
      await expect(refusal(page)).toHaveCount(0);
      await page.unroute(CHAT);
      await page.evaluate(() => sessionStorage.clear());
    }
  }
});

test("a question that may have arrived is asked once, whatever refuses it afterwards", async ({ page }) => {
  await register(page, { email: `once-refused-${process.pid}@example.org`, password });
  await open(page, "/chat");
  const keys = new Set<unknown>();
  let times = 0;
  // It arrives, and nothing of its answer does; then there were too many.
  await page.route(CHAT, async (route) => {
    keys.add(route.request().postDataJSON().idempotency_key);
    times += 1;
    if (times > 2) return route.continue();
    if (times > 1) return route.fulfill({ status: 429, json: TOO_OFTEN });
    await route.fetch();
    await route.abort();
  });
  await ask(page, "What is a hook?");
  await expect(async () => {
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await expect(refusal(page)).toBeVisible({ timeout: 100 });
  }).toPass({ intervals: [50], timeout: 60_000 });
  await expect(input(page)).toHaveValue("What is a hook?");
  await input(page).press("Enter");
  await answered(page.getByRole("article", { name: "Answer" }));
  expect(keys.size).toBe(1);
  await expect(page.locator(".conversation")).toHaveCount(1);
});
