// An answer in the chat outlives what happens to the page, to its connection and to the server: not a character is lost or doubled.
import type { ServerResponse } from "node:http";
import type { Page } from "@playwright/test";
import { OwnServer } from "../support/own-server";
import { answered, expect, expectAccessible, test } from "../support/page";
import { ask, open, register, writer } from "../support/people";
import { begins, finish, Provider, say, says } from "../support/provider";
import { holdLongTimers } from "../support/timers";

const password = "a hammock between trees 1";
const provider = new Provider();
const server = new OwnServer("killed-chat");

test.beforeAll(async () => {
  await Promise.all([provider.start(), server.start()]);
});
test.beforeEach(() => provider.reset());
test.afterAll(async () => {
  await server.kill();
  provider.stop();
});

const answers = (page: Page) => page.getByRole("article", { name: "Answer" });
const text = (page: Page) => answers(page).first().locator(".answer-text");
const link = (page: Page) => page.locator("#link-state");

/** An answer has begun, and all that is loaded with it is there. */
async function begin(page: Page, email: string): Promise<ServerResponse> {
  await register(page, { email, password });
  const chat = await writer(page, provider.base);
  const going: ServerResponse[] = [];
  provider.replies = [begins("Čtyři hammocks 😀 ", going), says("And more.")];
  await open(page, chat);
  await ask(page, "Where do hammocks hang?");
  await expect(text(page)).toHaveText("Čtyři hammocks 😀");
  await expect(page).toHaveURL(/\/chat\/conv_/);
  await expect(page.getByRole("button", { name: "Edit question" })).toBeAttached();
  return going[0];
}

test("a reload in the middle continues", async ({ page }) => {
  const going = await begin(page, `reloaded-${process.pid}@example.org`);
  await page.reload();
  await page.locator("html[data-live]").waitFor();
  await expect(text(page)).toHaveText("Čtyři hammocks 😀");
  await expect(answers(page)).toHaveAttribute("aria-busy", "true");
  await expect(page.getByRole("button", { name: "Stop", exact: true })).toBeVisible();
  say(going, "hang between ");
  await expect(text(page)).toHaveText("Čtyři hammocks 😀 hang between");
  finish(going, "two trees.");
  await answered(answers(page));
  await expect(text(page)).toHaveText("Čtyři hammocks 😀 hang between two trees.");
});

test("an answer that loses its connection comes whole when that is back", async ({ page, context }) => {
  const going = await begin(page, `offline-${process.pid}@example.org`);
  await context.setOffline(true);
  await expect(link(page)).toHaveText("Reconnecting…");
  await expect(text(page)).toHaveText("Čtyři hammocks 😀");
  // What is typed meanwhile waits, and says why.
  await page.getByLabel("Ask a question").fill("And in winter?");
  await expect(page.getByRole("button", { name: "Stop", exact: true })).toBeVisible();
  finish(going, "hang between two trees.");
  await context.setOffline(false);
  await answered(answers(page));
  await expect(text(page)).toHaveText("Čtyři hammocks 😀 hang between two trees.");
  await expect(link(page)).toBeEmpty();
  await expect(page.getByLabel("Ask a question")).toHaveValue("And in winter?");
  await page.getByLabel("Ask a question").press("Enter");
  await expect(answers(page).nth(1)).toContainText("And more.");
});

test("a connection that says nothing any more is made again", async ({ page }) => {
  const passTime = await holdLongTimers(page);
  const going = await begin(page, `silent-${process.pid}@example.org`);
  const again = page.waitForRequest("**/api/v1/runs/*/events");
  await passTime();
  await again;
  finish(going, "hang between two trees.");
  await expect(answers(page)).toHaveAttribute("aria-busy", "false");
  await expect(text(page)).toHaveText("Čtyři hammocks 😀 hang between two trees.");
  await expect(link(page)).toBeEmpty();
});

test("an answer that stays out of reach says so, keeps what was said, and goes on when that is wanted", async ({ page, context }) => {
  const going = await begin(page, `out-of-reach-${process.pid}@example.org`);
  const runs = "**/api/v1/runs/*/events";
  // Also what tells of other devices: it would find the answer by itself.
  for (const address of [runs, "**/api/v1/conversations/events"]) await page.route(address, (route) => route.abort());
  await context.setOffline(true);
  await expect(link(page)).toHaveText("Reconnecting…");
  await context.setOffline(false);
  const again = page.locator(".composer").getByRole("button", { name: "Try again" });
  await expect(async () => {
    // Nobody has to wait for the next try.
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await expect(again).toBeVisible({ timeout: 100 });
  }).toPass({ intervals: [50], timeout: 60_000 });
  const refused = page.locator(".composer").getByRole("alert");
  await expect(refused).toContainText("The server cannot be reached at the moment.");
  await expect(text(page)).toHaveText("Čtyři hammocks 😀");
  await expect(link(page)).toBeEmpty();
  await expectAccessible(page);

  finish(going, "hang between two trees.");
  await page.unroute(runs);
  await again.click();
  await expect(page.getByLabel("Ask a question")).toBeFocused();
  await answered(answers(page));
  await expect(text(page)).toHaveText("Čtyři hammocks 😀 hang between two trees.");
  await expect(refused).toHaveCount(0);
});

test("a question of which nobody knew whether it had arrived is asked once", async ({ page }) => {
  await register(page, { email: `once-${process.pid}@example.org`, password });
  const chat = await writer(page, provider.base);
  provider.replies = [says("Between two trees.")];
  await open(page, chat);
  // It arrives, and nothing of its answer does.
  await page.route("**/api/v1/chat", async (route) => {
    await route.fetch();
    await route.abort();
  });
  await ask(page, "Where do hammocks hang?");
  await expect(async () => {
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await expect(page.locator(".composer").getByRole("alert")).toBeVisible({ timeout: 100 });
  }).toPass({ intervals: [50], timeout: 60_000 });
  await page.unroute("**/api/v1/chat");
  await expect(page.getByLabel("Ask a question")).toHaveValue("Where do hammocks hang?");
  await page.getByLabel("Ask a question").press("Enter");
  await expect(text(page)).toHaveText("Between two trees.");
  await expect(answers(page)).toHaveCount(1);
  expect(provider.prompts).toHaveLength(1);
});

/** Where a question stands as long as the server has not taken it. */
const sent = (page: Page) => page.locator(".sent-question");

test("a question that nobody has taken stands in the thread, and is in the input again after a reload", async ({ page }) => {
  await register(page, { email: `untaken-${process.pid}@example.org`, password });
  const chat = await writer(page, provider.base);
  provider.replies = [says("Between two trees.")];
  await open(page, chat);
  const input = page.getByLabel("Ask a question");
  // A server that does not answer.
  await page.route("**/api/v1/chat", () => undefined);
  await ask(page, "Where do hammocks hang?");
  await expect(sent(page)).toHaveText("You: Where do hammocks hang?");
  await expect(page.locator(".welcome")).toHaveCount(0);
  await expect(input).toHaveValue("");
  await expectAccessible(page);
  await input.fill("And in winter?");
  await page.reload();
  await page.locator("html[data-live]").waitFor();
  await expect(input).toHaveValue("Where do hammocks hang?\n\nAnd in winter?");
  await expect(sent(page)).toHaveCount(0);
  await page.reload();
  await page.locator("html[data-live]").waitFor();
  await expect(input).toHaveValue("Where do hammocks hang?\n\nAnd in winter?");

  await page.unroute("**/api/v1/chat");
  await input.press("Enter");
  await expect(text(page)).toHaveText("Between two trees.");
  await expect(sent(page)).toHaveCount(0);
  await page.reload();
  await page.locator("html[data-live]").waitFor();
  await expect(text(page)).toHaveText("Between two trees.");
  await expect(input).toHaveValue("");
});

test("a question that had arrived when the page was loaded again is asked once", async ({ page }) => {
  await register(page, { email: `arrived-${process.pid}@example.org`, password });
  const chat = await writer(page, provider.base);
  provider.replies = [says("Between two trees.")];
  await open(page, chat);
  const input = page.getByLabel("Ask a question");
  let arrived = () => {};
  const hasArrived = new Promise<void>((resolve) => { arrived = resolve; });
  // It arrives, and nothing of its answer does.
  await page.route("**/api/v1/chat", async (route) => {
    await route.fetch();
    arrived();
  });
  await ask(page, "Where do hammocks hang?");
  await hasArrived;
  await page.reload();
  await page.locator("html[data-live]").waitFor();
  await expect(input).toHaveValue("Where do hammocks hang?");
  await page.unroute("**/api/v1/chat");
  await input.press("Enter");
  await expect(text(page)).toHaveText("Between two trees.");
  await expect(page.locator(".conversation")).toHaveCount(1);
  expect(provider.prompts).toHaveLength(1);
});

test("a question that leaves its conversation before it is taken comes back there", async ({ page }) => {
  await register(page, { email: `left-${process.pid}@example.org`, password });
  const chat = await writer(page, provider.base);
  provider.replies = [says("Between two trees.")];
  await open(page, chat);
  await ask(page, "Where do hammocks hang?");
  await expect(text(page)).toHaveText("Between two trees.");
  const input = page.getByLabel("Ask a question");
  let refuse = () => {};
  const refused = new Promise<void>((resolve) => { refuse = resolve; });
  await page.route("**/api/v1/chat", async (route) => {
    await refused;
    await route.fulfill({ status: 409, json: { error: { type: "conflict", code: "answer_running", message: "no" } } });
  });
  await ask(page, "And in winter?");
  await expect(sent(page)).toHaveText("You: And in winter?");
  await page.getByRole("link", { name: "New chat" }).click();
  await expect(page.locator(".welcome")).toBeVisible();
  await expect(input).toHaveValue("");
  await expect(sent(page)).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeVisible();
  const answer = page.waitForResponse("**/api/v1/chat");
  refuse();
  await answer;
  await page.locator(".conversation").getByRole("link").click();
  await expect(input).toHaveValue("And in winter?");
});

test("Stop takes a question back that the server has not taken, and ends its answer where it takes it all the same", async ({ page }) => {
  await register(page, { email: `taken-back-${process.pid}@example.org`, password });
  const chat = await writer(page, provider.base);
  // An answer that does not end by itself.
  provider.replies = [begins("Four hammocks ", [])];
  await open(page, chat);
  const input = page.getByLabel("Ask a question");
  let release = () => {};
  const released = new Promise<void>((resolve) => { release = resolve; });
  await page.route("**/api/v1/chat", async (route) => { await released; await route.continue(); }, { times: 1 });
  await ask(page, "Where do hammocks hang?");
  await expect(sent(page)).toBeVisible();
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(input).toHaveValue("Where do hammocks hang?");
  await expect(input).toBeFocused();
  await expect(sent(page)).toHaveCount(0);
  await expect(page.locator(".welcome")).toBeVisible();
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeEnabled();
  await expect(page.locator(".composer").getByRole("alert")).toHaveCount(0);

  const stopped = page.waitForResponse("**/api/v1/runs/*/stop");
  release();
  expect((await stopped).ok()).toBe(true);
  await expect(page.locator(".conversation")).toHaveCount(1);
  const [conversation] = (await (await page.request.get("/api/v1/conversations")).json()).items;
  const state = async () => (await (await page.request.get(`/api/v1/conversations/${conversation.id}`)).json()).messages[1].state;
  await expect.poll(state).toBe("stopped");

  // Asked again, it is a question of its own.
  provider.replies = [says("Between two trees.")];
  await input.press("Enter");
  await expect(text(page)).toHaveText("Between two trees.");
  await expect(page.locator(".conversation")).toHaveCount(2);
});

test("Stop ends the tries to reach a server", async ({ page }) => {
  await register(page, { email: `no-more-tries-${process.pid}@example.org`, password });
  await page.route("**/api/v1/chat", (route) => route.abort());
  await ask(page, "Where do hammocks hang?");
  await expect(link(page)).toHaveText("Reconnecting…");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(page.getByLabel("Ask a question")).toHaveValue("Where do hammocks hang?");
  await expect(link(page)).toBeEmpty();
  await expect(page.locator(".composer").getByRole("alert")).toHaveCount(0);
});

test("a question to which nothing at all is answered is sent again", async ({ page }) => {
  const passTime = await holdLongTimers(page);
  await register(page, { email: `swallowed-${process.pid}@example.org`, password });
  const chat = await writer(page, provider.base);
  provider.replies = [says("Between two trees.")];
  await open(page, chat);
  // A connection that swallows what is sent.
  await page.route("**/api/v1/chat", () => undefined, { times: 1 });
  const first = page.waitForRequest("**/api/v1/chat");
  await ask(page, "Where do hammocks hang?");
  await first;
  await passTime();
  await expect(text(page)).toHaveText("Between two trees.");
  await expect(answers(page)).toHaveCount(1);
  expect(provider.prompts).toHaveLength(1);
});

test("an answer that a kill cuts off keeps every character once, is marked, and goes on", async ({ browser }) => {
  const context = await browser.newContext({ baseURL: server.origin, locale: "en-GB" });
  const page = await context.newPage();
  const going = await begin(page, "killed-chat@example.org");
  say(going, "are the first half");
  const said = "Čtyři hammocks 😀 are the first half";
  await expect(text(page)).toHaveText(said);

  await server.kill();
  await expect(link(page)).toHaveText("Reconnecting…");
  await expect(text(page)).toHaveText(said);
  await server.start();
  // What the browser says when it has a connection again: nobody has to wait for the next try.
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect(answers(page).first()).toContainText("The server went down in the middle of this answer.");
  await expect(text(page)).toHaveText(said);
  await expect(link(page)).toBeEmpty();
  await expectAccessible(page);

  // So it is stored, too.
  const conversation = new URL(page.url()).pathname.split("/").pop();
  const stored = (await (await page.request.get(`/api/v1/conversations/${conversation}`)).json()).messages;
  expect(stored[1].text.trim()).toBe(said);
  expect(stored[1].state).toBe("interrupted");
  await page.reload();
  await page.locator("html[data-live]").waitFor();
  await expect(text(page)).toHaveText(said);

  await answers(page).first().getByRole("button", { name: "Continue" }).click();
  await expect(answers(page).nth(1)).toContainText("And more.");
  // The button that had the focus is gone; at a desk one goes on writing.
  await expect(page.getByLabel("Ask a question")).toBeFocused();
  await expect(text(page)).toHaveText(said);
  expect(provider.prompts[1], "the model sees what it had said").toContain("are the first half");
  await context.close();
});
