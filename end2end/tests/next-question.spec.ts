// What comes after an answer: the next question while it is still written, and one to an assistant that was deleted.
import type { ServerResponse } from "node:http";
import type { Page, Request } from "@playwright/test";
import { answered, expect, expectAccessible, test } from "../support/page";
import { ask, enrol, make, open, register, signIn, writer } from "../support/people";
import { begins, finish, hangsAfter, Provider, says } from "../support/provider";

const provider = new Provider();

/** Whether a page is looked at, as far as it can know. */
const look = (page: Page, isLookedAt: boolean) =>
  page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  }, !isLookedAt);

test.beforeAll(() => provider.start());
test.afterAll(() => provider.stop());

test("a question that comes too early stays, and says what it waits for", async ({ page }) => {
  await enrol(page, { email: "early@example.org", password: "hammocks are fine 1" });
  const chat = await writer(page, provider.base);
  provider.replies = [hangsAfter("Between "), says("Of cotton.")];

  await open(page, chat);
  const input = page.getByRole("textbox", { name: "Ask a question" });
  const answers = page.getByRole("article", { name: "Answer" });
  const status = page.locator(".composer").getByRole("status");
  await input.fill("Where do hammocks hang?");
  await page.keyboard.press("Enter");
  await expect(answers.first()).toContainText("Between");
  await input.fill("What are they made of?");
  await expect(status).toHaveText("");
  await page.keyboard.press("Enter");
  await expect(status).toHaveText("Wait for the answer, or stop it; then send.");
  await expect(input).toHaveValue("What are they made of?");
  await expectAccessible(page);

  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(answers.first()).toContainText("You stopped this answer.");
  await expect(input).toBeFocused();
  await expect(status).toHaveText("");
  await input.press("Enter");
  await expect(answers.nth(1)).toContainText("Of cotton.");
  await expect(input).toHaveValue("");
});

test("what is asked in one tab appears in another one beside it", async ({ page }) => {
  await enrol(page, { email: "beside@example.org", password: "hammocks are fine 1" });
  const chat = await writer(page, provider.base);
  provider.replies = [says("Between trees."), hangsAfter("Of cot"), says("None.")];

  await open(page, chat);
  await page.getByRole("textbox", { name: "Ask a question" }).fill("Where do hammocks hang?");
  await page.keyboard.press("Enter");
  const answers = page.getByRole("article", { name: "Answer" });
  await expect(answers).toContainText("Between trees.");
  await expect(page).toHaveURL(/\/chat\/conv_/);

  const other = await page.context().newPage();
  await open(other, new URL(page.url()).pathname);
  await other.getByRole("textbox", { name: "Ask a question" }).fill("What are they made of?");
  await other.keyboard.press("Enter");
  // It streams in both, and ends in both.
  await expect(answers.nth(1)).toContainText("Of cot");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(answers.nth(1)).toContainText("You stopped this answer.");
  await expect(other.getByRole("article", { name: "Answer" }).nth(1)).toContainText("You stopped this answer.");
  await other.close();
});

test("what is asked on one device streams on another one, and so does the title that the model writes", async ({ page, browser }) => {
  const who = { email: "devices@example.org", password: "hammocks are fine 1" };
  await enrol(page, who);
  const chat = await writer(page, provider.base);
  const asked: ServerResponse[] = [];
  provider.reset();
  provider.replies = [says("Between trees."), begins("Of cot", asked), says("On hooks."), says("At noon.")];
  provider.title = says('**"Hanging hammocks"**');
  await open(page, chat);
  await ask(page, "Where do hammocks hang?");
  const answers = page.getByRole("article", { name: "Answer" });
  await expect(answers).toContainText("Between trees.");
  await expect(page.locator(".thread-bar h1")).toHaveText("Hanging hammocks");
  const titles = page.locator(".conversation b");
  await expect(titles).toHaveText(["Hanging hammocks"]);
  await expect(page).toHaveURL(/\/chat\/conv_/);
  expect(provider.prompts).toHaveLength(1);

  // Another browser, which shares nothing with this one but the person.
  const device = await browser.newContext({ locale: "en-GB" });
  const other = await device.newPage();
  await signIn(other, who);
  const listening = other.waitForResponse("**/api/v1/conversations/events");
  await open(other, new URL(page.url()).pathname);
  await listening;
  await expect(other.getByRole("article", { name: "Answer" })).toContainText("Between trees.");
  await ask(page, "What are they made of?");
  const there = other.getByRole("article", { name: "Answer" });
  await expect(there.nth(1)).toContainText("Of cot");
  await expect(there.nth(1)).toHaveAttribute("aria-busy", "true");
  finish(asked[0], "ton.");
  for (const shown of [answers, there]) await expect(shown.nth(1)).toContainText("Of cotton.");
  await expectAccessible(other);

  // A page that is not looked at holds no connection, and shows what it has missed when it is.
  const isStream = (request: Request) => request.url().endsWith("/api/v1/conversations/events");
  const ended = Promise.race([other.waitForEvent("requestfailed", isStream), other.waitForEvent("requestfinished", isStream)]);
  await look(other, false);
  await ended;
  await ask(page, "How do they hang indoors?");
  await expect(answers.nth(2)).toContainText("On hooks.");
  await look(other, true);
  await expect(there.nth(2)).toContainText("On hooks.");

  // What begins on that device stands in the list of this one, and another title on both.
  await other.getByRole("link", { name: "New chat" }).first().click();
  await expect(other.locator(".welcome")).toBeVisible();
  provider.title = says("Siesta");
  await ask(other, "When is it time for a hammock?");
  await expect(titles).toHaveText(["Siesta", "Hanging hammocks"]);
  const renamed = await page.request.patch(`/api/v1/conversations/${new URL(page.url()).pathname.split("/").pop()}`, {
    headers: { origin: new URL(page.url()).origin },
    data: { title: "Where to hang" },
  });
  expect(renamed.ok()).toBe(true);
  await expect(page.locator(".thread-bar h1")).toHaveText("Where to hang");
  await expect(other.locator(".conversation b")).toHaveText(["Siesta", "Where to hang"]);
  await device.close();
  provider.reset();
});

test("a page that is refused what happens elsewhere asks again after growing pauses, and catches up", async ({ page }) => {
  await register(page, { email: "refused@example.org", password: "hammocks are fine 1" });
  const chat = await writer(page, provider.base);
  provider.reset();
  provider.replies = [says("Between trees."), says("Of cotton.")];
  let [tries, isFull] = [0, true];
  await page.route("**/api/v1/conversations/events", (route) => {
    tries += 1;
    const error = { type: "rate_limited", code: "too_many_streams", message: "too many", params: { limit: "20" } };
    return isFull ? route.fulfill({ status: 429, json: { error } }) : route.continue();
  });
  await open(page, chat);
  await ask(page, "Where do hammocks hang?");
  const answers = page.getByRole("article", { name: "Answer" });
  await expect(answers).toContainText("Between trees.");
  await expect(page).toHaveURL(/\/chat\/conv_/);
  await expect.poll(() => tries).toBeGreaterThan(1);
  const { origin, pathname } = new URL(page.url());
  const asked = await page.request.post("/api/v1/chat", {
    headers: { origin },
    data: { conversation: pathname.split("/").pop(), text: "What are they made of?" },
  });
  expect(asked.ok()).toBe(true);
  isFull = false;
  await expect(answers.nth(1)).toContainText("Of cotton.");
  // Without pauses that grow there would be hundreds.
  expect(tries).toBeLessThan(10);
});

test("a conversation whose assistant was deleted says so, and goes on with another one", async ({ page }) => {
  await enrol(page, { email: "deleted@example.org", password: "hammocks are fine 1" });
  const assistant = await make(page, "/api/v1/assistants", { name: "Doomed", collections: [] });
  await open(page, `/chat?assistant=${assistant.id}`);
  const input = page.getByRole("textbox", { name: "Ask a question" });
  const answers = page.getByRole("article", { name: "Answer" });
  await input.fill("How do I add a website?");
  await page.keyboard.press("Enter");
  await answered(answers.first());
  await expect(page).toHaveURL(/\/chat\/.+/);
  const notice = page.getByText("The assistant of this conversation was deleted.");
  await expect(notice).toBeHidden();
  // With the first message the code comes for what can be done with it: a reload that aborts its download is logged as an error.
  await expect(page.getByRole("button", { name: "Edit question" })).toBeVisible();

  const headers = { origin: new URL(page.url()).origin };
  const deleted = await page.request.delete(`/api/v1/assistants/${assistant.id}`, { headers });
  expect(deleted.ok()).toBe(true);
  await page.reload();
  await page.locator("html[data-live]").waitFor();
  await expect(notice).toBeVisible();
  await expect(page.locator(".conversation").first()).toContainText("Deleted assistant");
  await expectAccessible(page);

  // A new chat begins with an assistant that is there.
  await page.locator(".gone").getByRole("link", { name: "New chat" }).click();
  await expect(page.locator(".welcome")).toContainText("General Assistant");
  await page.goBack();
  await expect(notice).toBeVisible();

  await page.getByRole("button", { name: /^Choose the assistant/ }).click();
  const choice = page.getByRole("dialog", { name: "Choose the assistant" });
  await expect(choice.getByRole("link", { name: "New assistant" })).toHaveAttribute("href", "/assistants/new");
  await choice.getByRole("button", { name: /General Assistant/ }).click();
  await expect(notice).toBeHidden();
  await input.fill("How do I add a website?");
  await input.press("Enter");
  await answered(answers.nth(1), 60_000);
  await expect(page.locator(".composer").getByRole("alert")).toHaveCount(0);
  await page.reload();
  await expect(answers.nth(1)).toBeVisible();
  await expect(notice).toBeHidden();
});

test("a conversation that was deleted in another tab offers a new one, with what was typed", async ({ page }) => {
  await enrol(page, { email: "elsewhere@example.org", password: "hammocks are fine 1" });
  await open(page, "/chat");
  const input = page.getByRole("textbox", { name: "Ask a question" });
  await input.fill("How do I add a website?");
  await page.keyboard.press("Enter");
  await answered(page.getByRole("article", { name: "Answer" }));
  await expect(page).toHaveURL(/\/chat\/conv_/);

  const id = new URL(page.url()).pathname.split("/").pop();
  const headers = { origin: new URL(page.url()).origin };
  const deleted = await page.request.delete(`/api/v1/conversations/${id}`, { headers });
  expect(deleted.ok()).toBe(true);
  await input.fill("And how a file?");
  await page.keyboard.press("Enter");
  const notice = page.locator(".composer").getByRole("alert");
  await expect(notice).toContainText("This conversation was deleted");
  await expect(input).toHaveValue("And how a file?");
  await expectAccessible(page);
  await notice.getByRole("link", { name: "New chat" }).click();
  await expect(page).toHaveURL(/\/chat$/);
  await expect(page.locator(".welcome")).toBeVisible();
  await expect(input).toHaveValue("And how a file?");
  await expect(notice).toBeHidden();
});
