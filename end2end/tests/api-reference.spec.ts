// The page about the API: found by filter and address, tried as the person who is signed in, without a finding of axe.
import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "../support/page";
import { newcomer, type Person } from "../support/people";

const who: Person = { email: `reference-${process.pid}@example.org`, password: "a hammock between trees 1" };
let state = "";

test.beforeAll(async ({ browser }) => {
  state = await newcomer(browser, who);
});

test("operations are found, unfolded and copied", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/api/docs");
  await expect(page.getByText("You are not signed in.")).toBeVisible();
  const search = page.locator("#post_search");
  const filter = page.getByRole("searchbox", { name: "Filter" });
  await page.keyboard.press("/");
  await expect(filter).toBeFocused();
  await page.keyboard.type("search post");
  await expect(search).toBeVisible();
  await expect(page.locator("#get_users")).toBeHidden();
  await expect(page.getByRole("link", { name: "users" })).toBeHidden();
  await filter.fill("nothing has these words");
  await expect(page.getByText("No operation and no type has these words.")).toBeVisible();
  await filter.fill("");
  await expect(page.locator("#get_users")).toBeVisible();

  await search.locator("summary").press("Enter");
  await search.getByRole("button", { name: "Copy" }).click();
  await expect(search.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('curl "$HAMMOCK/api/v1/search"');

  // A name leads to its type, also one that the filter hid.
  await filter.fill("search post");
  await search.getByRole("link", { name: "SearchMode" }).first().click();
  await expect(page.locator("#type-SearchMode")).toHaveAttribute("open");
  await expect(page.locator("#type-SearchMode").getByText("keyword", { exact: true })).toBeVisible();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

  test("the button that copies a command covers none of it", async ({ page }) => {
    await page.goto("/api/docs#post_search");
    const search = page.locator("#post_search");
    const [button, command] = [
      await search.getByRole("button", { name: "Copy" }).boundingBox(),
      await search.locator(".reference-code pre").boundingBox(),
    ];
    expect(button && command ? command.y - (button.y + button.height) : NaN).toBeGreaterThanOrEqual(0);
  });
});

test("requests are sent as who is signed in, and answers are shown as they come", async ({ browser }) => {
  const context = await browser.newContext({ locale: "en-GB", storageState: JSON.parse(state) });
  const page = await context.newPage();
  await page.goto("/api/docs#post_search");
  await expect(page.getByText(`What you send from this page is sent as ${who.email}`)).toBeVisible();
  const search = page.locator("#post_search");
  const body = search.getByRole("textbox", { name: "Body" });
  await body.fill('{ "query": ');
  await search.getByRole("button", { name: "Send POST" }).click();
  expect(await body.evaluate((it: HTMLTextAreaElement) => it.validationMessage)).toContain("This is not JSON.");
  await body.fill('{ "query": "put the chat on a website", "limit": 3 }');
  await search.getByRole("button", { name: "Send POST" }).click();
  await expect(search.getByRole("status")).toContainText("200");
  await expect(search.getByRole("group", { name: "Answer" })).toContainText('"hits"');

  // A stream.
  await page.goto("/api/docs#post_chat");
  const chat = page.locator("#post_chat");
  const asked = chat.getByRole("textbox", { name: "Body" });
  const example = JSON.parse(await asked.inputValue());
  const me = await page.request.get("/api/v1/assistants");
  const assistant = (await me.json()).items[0].id;
  await asked.fill(JSON.stringify({ ...example, assistant, text: "How do I put the chat on my website?" }));
  await chat.getByRole("button", { name: "Send POST" }).click();
  await expect(chat.getByRole("status")).toContainText("200");
  await expect(chat.getByRole("group", { name: "Answer" })).toContainText("event:", { timeout: 60_000 });

  // What is refused is told in the API's own words.
  await page.goto("/api/docs#get_collections_collection");
  const collection = page.locator("#get_collections_collection");
  await collection.getByLabel("collection").fill("coll_unknown");
  await page.keyboard.press("Enter");
  await expect(collection.getByRole("status")).toContainText("404");
  await expect(collection.getByRole("group", { name: "Answer" })).toContainText('"not_found"');

  // A key comes before the session.
  await page.getByLabel("API key", { exact: true }).fill("hk_unknown");
  await collection.getByRole("button", { name: "Send GET" }).click();
  await expect(collection.getByRole("status")).toContainText("401");
  await context.close();
});

/** The page is judged in so many parts: where the machine is slow, axe takes minutes for all of it at once. */
const parts = 10;

/** The places of a part's operations and types among all of them. As every tenth belongs to it, no part is larger than others. */
function places(part: number, all: number): number[] {
  return [...Array(all).keys()].filter((at) => at % parts === part);
}

for (const scheme of ["light", "dark"] as const) {
  test.describe(`all of it, ${scheme}`, () => {
    const judged = scheme === "dark" ? "colours" : "all";
    let page: Page;

    test.beforeEach(async ({ browser, complaints }) => {
      const context = await browser.newContext({ colorScheme: scheme, locale: "en-GB", storageState: JSON.parse(state) });
      page = await context.newPage();
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.goto("/api/docs");
    });

    test.afterEach(() => page.context().close());

    test("folded", async () => {
      const all = await page.locator("details").count();
      expect(all).toBeGreaterThan(50);
      const together = [...Array(parts).keys()].flatMap((part) => places(part, all));
      expect(together.sort((one, other) => one - other), "the parts are everything, once").toEqual([...Array(all).keys()]);
      await expectAccessible(page, judged, "page");
    });

    for (let part = 0; part < parts; part++) {
      test(`unfolded, part ${part + 1} of ${parts}`, async () => {
        const details = page.locator("details");
        const own = places(part, await details.count());
        await details.evaluateAll((all: HTMLDetailsElement[], own) => all.forEach((it, at) => (it.open = own.includes(at))), own);
        await expect(page.locator("details[open] > .operation-body:visible")).toHaveCount(own.length);
        await expectAccessible(page, judged, "page", "details[open]");
      });
    }
  });
}
