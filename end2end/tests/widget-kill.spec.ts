// The server is killed in the middle of an answer to a visitor, and comes back.
import type { ServerResponse } from "node:http";
import { Foreign, visitor } from "../support/foreign";
import { OwnServer } from "../support/own-server";
import { expect, expectAccessible, test } from "../support/page";
import { register, writer } from "../support/people";
import { begins, Provider, say, says } from "../support/provider";

const provider = new Provider();
const foreign = new Foreign();
const server = new OwnServer("killed");

test.beforeAll(async () => {
  await Promise.all([provider.start(), foreign.start(), server.start()]);
});

test.afterAll(async () => {
  await server.kill();
  provider.stop();
  foreign.stop();
});

test("an answer that a kill cuts off keeps every character once, is marked, and goes on", async ({ browser }) => {
  const owners = await browser.newContext({ baseURL: server.origin, locale: "en-GB" });
  const owner = await owners.newPage();
  await register(owner, { email: "killed@example.org", password: "hammocks are fine 1" });
  const chat = await writer(owner, provider.base);
  const assistant = new URL(chat, server.origin).searchParams.get("assistant") ?? "";
  const settings = { widget: true, origins: [foreign.origin] };
  const opened = await owner.request.put(`/api/v1/assistants/${assistant}/interfaces`, { headers: { origin: server.origin }, data: settings });
  expect(opened.ok()).toBe(true);
  foreign.pages["/"] = {
    body: `<script async src="${server.origin}/embed.js"></script><hammock-chat assistant="${assistant}"></hammock-chat>`,
  };
  const going: ServerResponse[] = [];
  provider.replies = [begins("Čtyři hammocks 😀 ", going), says("and the second.")];

  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(foreign.origin);
  await page.getByRole("button", { name: "Chat with us" }).click();
  await page.getByRole("textbox", { name: "Write a message…" }).fill("Tell me");
  await page.keyboard.press("Enter");
  const blocks = page.getByRole("article", { name: "Answer" }).locator(".blocks");
  await expect(blocks).toHaveText("Čtyři hammocks 😀");
  say(going[0], "are the first half");
  const said = "Čtyři hammocks 😀 are the first half";
  await expect(blocks).toHaveText(said);

  await server.kill();
  await expect(page.getByText("The connection is lost.")).toBeVisible();
  await expect(blocks).toHaveText(said);
  await server.start();
  // What the browser says when it has a connection again: nobody has to wait for the next try.
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect(page.getByText("The answer broke off.")).toBeVisible();
  await expect(blocks).toHaveText(said);
  await expectAccessible(page);

  // So it is stored, too.
  const visitors = `/api/v1/assistants/${assistant}/visitor-conversations`;
  const [row] = (await (await owner.request.get(visitors)).json()).items;
  const stored = (await (await owner.request.get(`${visitors}/${row.conversation}`)).json()).messages;
  expect(stored[1].text.trim()).toBe(said);
  expect(stored[1].state).toBe("interrupted");

  await page.getByRole("button", { name: "Continue" }).click();
  await expect(blocks.last()).toHaveText("and the second.");
  await expect(blocks.first()).toHaveText(said);
  expect(provider.prompts.at(-1)).toContain("are the first half");
  await context.close();
  await owners.close();
});
