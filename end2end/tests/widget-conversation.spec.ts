// What becomes of a conversation in the widget where tabs, pages and connections come between: nothing is lost, and nothing comes back.
import type { ServerResponse } from "node:http";
import type { Locator, Page } from "@playwright/test";
import { Foreign, visitor } from "../support/foreign";
import { answered, expect, test } from "../support/page";
import { begins, finish, Provider, says } from "../support/provider";
import { holdLongTimers } from "../support/timers";
import { answer, ask, changeInterfaces, field, launcher, openChat, type Place, refuses, startWidget, unheard } from "../support/widget";

const who = { email: "widget-conversation@example.org", password: "hammocks are fine 1" };
const asking = /\/public\/chat\?/;
const entering = /\/visitors$/;
const provider = new Provider();
const foreign = new Foreign();
let owner: Page;
let hammock = "";
let assistant = "";

test.beforeAll(async ({ browser }) => {
  const widget = await startWidget(browser, who, provider, foreign);
  ({ owner, hammock, assistant } = widget);
  foreign.pages = { "/": { body: widget.script + widget.element }, "/next": { body: widget.script + widget.element } };
  await changeInterfaces(owner, assistant, { public_chat: true, widget: true, origins: [foreign.origin], allow_feedback: true });
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

const question = (page: Place): Locator => page.getByRole("article", { name: "Your message" });
const stop = (page: Place): Locator => page.getByRole("button", { name: "Stop" });

test("a new chat in one tab is not undone by the end of an answer in another", async ({ browser }) => {
  provider.replies = [begins("The first half ", [])];
  const context = await visitor(browser);
  const [first, second] = [await openChat(context, foreign.origin), await openChat(context, foreign.origin)];
  await ask(first, "Tell me");
  await expect(answer(second)).toContainText("The first half");
  await second.getByRole("button", { name: "New chat" }).click();
  await expect(first.getByText("The answer was stopped.")).toBeVisible();
  await expect(answer(second)).toHaveCount(0);
  // What a next page would show: no conversation.
  expect(await first.evaluate(() => String(Object.values(localStorage)[0]).split("\n")[1])).toBe("");
  await context.close();
});

test("who closes the chat in one tab leaves nothing in another that is being answered", async ({ browser }) => {
  provider.replies = [begins("The first half ", [])];
  const context = await visitor(browser);
  const address = `${hammock}/public/${assistant}`;
  const [first, second] = [await context.newPage(), await context.newPage()];
  for (const page of [first, second]) await page.goto(address);
  await ask(first, "Tell me");
  for (const page of [first, second]) await expect(answer(page)).toContainText("The first half");
  await second.getByRole("button", { name: "Close" }).click();
  await expect(second.getByText("The chat is closed.")).toBeVisible();
  await expect(question(first)).toHaveCount(0);
  await expect(answer(first)).toHaveCount(0);
  expect(await first.evaluate(() => localStorage.length)).toBe(0);
  await context.close();
});

test("a token that cannot be renewed just now keeps its conversation", async ({ browser }) => {
  const context = await visitor(browser);
  const page = await openChat(context, foreign.origin);
  await ask(page, "When do you open?");
  await answered(answer(page));
  await page.route(asking, refuses(401, "invalid_key"), { times: 1 });
  const again = page.getByRole("button", { name: "Try again" });
  const refusals = [[403, "origin_not_allowed"], [404, "not_found"], [500, "internal"]] as const;
  for (const [status, code] of refusals) {
    await page.route(entering, refuses(status, code), { times: 1 });
    const refused = page.waitForResponse((response) => entering.test(response.url()) && response.status() === status);
    if (status === 403) await ask(page, "And on Sundays?");
    else await again.click();
    await refused;
    await expect(again).toBeVisible();
  }
  await again.click();
  await expect(question(page)).toHaveCount(2);
  await answered(answer(page).last());
  await expect(answer(page).last()).toContainText("We open at nine.");
  expect(provider.prompts.at(-1)).toContain("When do you open?");
  await context.close();
});

test("a question of which nobody heard whether it arrived is asked once, by the next page", async ({ browser }) => {
  const going: ServerResponse[] = [];
  provider.replies = [begins("The first half ", going)];
  const context = await visitor(browser);
  const page = await openChat(context, foreign.origin);
  await page.route(asking, unheard(foreign.origin), { times: 1 });
  await ask(page, "Tell me");
  await expect.poll(() => provider.prompts.length).toBe(1);
  await page.goto(`${foreign.origin}/next`);
  await launcher(page).click();
  await expect(question(page)).toHaveText("Tell me");
  await expect(answer(page)).toContainText("The first half");
  finish(going[0], "and the second.");
  await answered(answer(page));

  // In a conversation it stands where it arrived, also where it has been answered meanwhile.
  provider.replies = [says("At ten.")];
  await page.route(asking, unheard(foreign.origin), { times: 1 });
  await ask(page, "And on Sundays?");
  await expect.poll(() => provider.prompts.length).toBe(2);
  await page.goto(foreign.origin);
  await launcher(page).click();
  await expect(answer(page)).toHaveCount(2);
  await expect(answer(page).last()).toContainText("At ten.");
  await expect(question(page)).toHaveText(["Tell me", "And on Sundays?"]);
  expect(provider.prompts).toHaveLength(2);
  await context.close();
});

test("a question that is stopped before it is known to have arrived is stopped where it did", async ({ browser }) => {
  provider.replies = [begins("The first half ", []), says("Something else.")];
  const context = await visitor(browser);
  const page = await openChat(context, foreign.origin);
  await page.route(asking, unheard(foreign.origin), { times: 1 });
  await ask(page, "Tell me");
  await expect.poll(() => provider.prompts.length).toBe(1);
  await stop(page).click();
  // Who cannot wait has the text back.
  await stop(page).click();
  await expect(field(page)).toHaveValue("Tell me");
  await expect(page.getByText("The answer was stopped.")).toBeVisible();
  await expect(question(page)).toHaveText("Tell me");
  await ask(page, "And now?");
  await expect(answer(page).last()).toContainText("Something else.");
  await answered(answer(page).last());
  await page.reload();
  await launcher(page).click();
  await expect(question(page)).toHaveText(["Tell me", "And now?"]);
  await context.close();
});

test("a question that is stopped before it arrived is back in the field, and nowhere else", async ({ browser }) => {
  const context = await visitor(browser);
  const page = await openChat(context, foreign.origin);
  await page.route(asking, (route) => route.abort());
  await ask(page, "Tell me");
  await expect(page.getByText("The connection is lost.")).toBeVisible();
  await stop(page).click();
  await expect(field(page)).toHaveValue("Tell me");
  await page.unroute(asking);
  // What the browser says when it has a connection again: nobody has to wait for the next try.
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect(page.getByRole("button", { name: "Send" })).toBeVisible();
  await expect(question(page)).toHaveCount(0);
  expect(provider.prompts).toHaveLength(0);
  await field(page).press("Enter");
  await expect(answer(page)).toContainText("We open at nine.");
  await expect(field(page)).toHaveValue("");
  await context.close();
});

test("a stop without a connection reaches the server when there is one", async ({ browser }) => {
  provider.replies = [begins("The first half ", []), says("Something else.")];
  const context = await visitor(browser);
  const page = await openChat(context, foreign.origin);
  await ask(page, "Tell me");
  await expect(answer(page)).toContainText("The first half");
  await context.setOffline(true);
  await expect(page.getByText("The connection is lost.")).toBeVisible();
  await stop(page).click();
  await expect(page.getByText("There is no connection.")).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText("The answer was stopped.")).toBeVisible();
  await ask(page, "And now?");
  await expect(answer(page).last()).toContainText("Something else.");
  await context.close();
});

test("an answer that has ended meanwhile is shown whole", async ({ browser }) => {
  const going: ServerResponse[] = [];
  provider.replies = [begins("The first half ", going)];
  const context = await visitor(browser);
  const page = await openChat(context, foreign.origin);
  await ask(page, "Tell me");
  await expect(answer(page)).toContainText("The first half");
  await context.setOffline(true);
  await expect(page.getByText("The connection is lost.")).toBeVisible();
  await stop(page).click();
  await expect(page.getByText("There is no connection.")).toBeVisible();
  finish(going[0], "and the second.");
  const all = `/api/v1/assistants/${assistant}/visitor-conversations`;
  const newest = `${all}/${(await (await owner.request.get(all)).json()).items[0].conversation}`;
  await expect.poll(async () => (await (await owner.request.get(newest)).json()).messages[1].state).toBe("complete");
  await context.setOffline(false);
  await expect(answer(page).locator(".blocks")).toHaveText("The first half and the second.");
  await expect(page.getByRole("button", { name: "Continue" })).toHaveCount(0);
  await context.close();
});

test("a question during an answer of another tab goes back into the field and says why", async ({ browser }) => {
  const going: ServerResponse[] = [];
  provider.replies = [says("We open at nine."), begins("The first half ", going)];
  const context = await visitor(browser);
  const [first, second] = [await openChat(context, foreign.origin), await openChat(context, foreign.origin)];
  await ask(first, "When do you open?");
  for (const page of [first, second]) await answered(answer(page));
  // Refused as if the other tab had been quicker by less than it takes to hear of it.
  await second.route(asking, refuses(409, "answer_running"), { times: 1 });
  const reported: string[] = [];
  second.on("request", (request) => request.url().endsWith("/errors") && reported.push(request.url()));
  await second.route(/\/public\/conversations\/conv_/, async (route) => {
    await ask(first, "Tell me");
    await expect(answer(first).last()).toContainText("The first half");
    await route.continue();
  }, { times: 1 });
  await ask(second, "And on Sundays?");
  await expect(second.getByRole("alert")).toHaveText(/^An answer is still being written\./);
  await expect(field(second)).toHaveValue("And on Sundays?");
  await expect(answer(second).last()).toContainText("The first half");
  finish(going[0], "and the second.");
  await answered(answer(second).last());
  expect(reported).toEqual([]);
  await context.close();
});

test("a question that failed is back in the field when another tab asks", async ({ browser }) => {
  const context = await visitor(browser);
  const [first, second] = [await openChat(context, foreign.origin), await openChat(context, foreign.origin)];
  await first.route(asking, refuses(500, "internal"), { times: 1 });
  await ask(first, "Is it lost?");
  await expect(first.getByRole("button", { name: "Try again" })).toBeVisible();
  await field(first).fill("What I typed since");
  await ask(second, "When do you open?");
  await expect(answer(first)).toContainText("We open at nine.");
  await expect(field(first)).toHaveValue("Is it lost?\nWhat I typed since");
  await context.close();
});

test("what the page asks leaves alone what stands in the field", async ({ browser }) => {
  const context = await visitor(browser);
  const page = await openChat(context, foreign.origin);
  await field(page).fill("My draft");
  await page.evaluate(() => (document.querySelector("hammock-chat") as HTMLElement & { ask(text: string): void }).ask("When do you open?"));
  await answered(answer(page));
  await expect(field(page)).toHaveValue("My draft");
  await context.close();
});

test("what is sent while the conversation is fetched says that it waits, and what is typed since stays", async ({ browser }) => {
  const context = await visitor(browser);
  const page = await openChat(context, foreign.origin);
  await ask(page, "When do you open?");
  await answered(answer(page));
  let release = () => {};
  const released = new Promise<void>((done) => {
    release = done;
  });
  await page.route(/\/public\/conversations\/conv_/, async (route) => {
    await released;
    await route.continue();
  }, { times: 1 });
  await page.reload();
  await launcher(page).click();
  await ask(page, "And on Sundays?");
  await expect(page.getByRole("alert")).toHaveText("Your message will be sent in a moment…");
  await field(page).fill("And on Mondays?");
  release();
  await expect(question(page)).toHaveText(["When do you open?", "And on Sundays?"]);
  await answered(answer(page).last());
  await expect(field(page)).toHaveValue("And on Mondays?");
  await context.close();
});

test("a question that nobody answers at all is sent again", async ({ browser }) => {
  const context = await visitor(browser);
  const page = await context.newPage();
  const passTime = await holdLongTimers(page);
  await page.goto(foreign.origin);
  await launcher(page).click();
  await page.route(asking, () => {}, { times: 1 });
  const sent = page.waitForRequest(asking);
  await ask(page, "When do you open?");
  await sent;
  const again = page.waitForRequest(asking);
  await passTime();
  await again;
  await expect(answer(page)).toContainText("We open at nine.");
  expect(provider.prompts).toHaveLength(1);
  await context.close();
});
