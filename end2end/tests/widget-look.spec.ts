// How the widget looks and in which language it speaks, where the page says so.
import type { Page } from "@playwright/test";
import { Foreign, visitor } from "../support/foreign";
import { expect, test } from "../support/page";
import { make } from "../support/people";
import { Provider, says } from "../support/provider";
import { changeInterfaces, startWidget } from "../support/widget";

const who = { email: "widget-look@example.org", password: "hammocks are fine 1" };
const provider = new Provider();
const foreign = new Foreign();
let owner: Page;
let script = "";

test.beforeAll(async ({ browser }) => {
  ({ owner, script } = await startWidget(browser, who, provider, foreign));
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
