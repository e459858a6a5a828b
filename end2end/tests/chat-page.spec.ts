// The chat page around the answers: notices leave the input free, and a conversation that is not there says so.
import type { Page } from "@playwright/test";
import { answered, expect, expectAccessible, test } from "../support/page";
import { enrol, make, open, register } from "../support/people";
import { holdLongTimers } from "../support/timers";

const password = "a hammock between trees 1";

/** Asks something, so that there is a conversation to delete. */
async function converse(page: Page): Promise<void> {
  await page.getByLabel("Ask a question").fill("How do I put the chat on my website?");
  await page.keyboard.press("Enter");
  await answered(page.getByRole("article", { name: "Answer" }), 60_000);
}

async function deleteFirst(page: Page): Promise<void> {
  await page.locator(".conversation").first().getByRole("button").click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
}

/** The notice is there, and the input and its button can be used meanwhile. */
async function expectFreeInput(page: Page): Promise<void> {
  const undo = page.getByRole("button", { name: "Undo" });
  await expect(undo).toBeVisible();
  await page.getByLabel("Ask a question").fill("Where are we?\nHere.\nAnd now?");
  // Refused where anything else would take the click.
  await page.getByRole("button", { name: "Send", exact: true }).click({ trial: true });
  await undo.click({ trial: true });
  const room = async () => {
    const notice = await page.locator(".toast").boundingBox();
    const input = await page.locator(".composer .box").boundingBox();
    return notice && input ? input.y - (notice.y + notice.height) : NaN;
  };
  // Polled, because it slides in.
  await expect.poll(room).toBeGreaterThanOrEqual(0);
  await expectAccessible(page);
}

test("a notice leaves the input free, on a desk", async ({ page }) => {
  await register(page, { email: `notice-desk-${process.pid}@example.org`, password });
  await converse(page);
  await page.locator(".conversation").first().hover();
  await deleteFirst(page);
  await expectFreeInput(page);
});

test("a notice stays while it is pointed at or has the focus", async ({ page }) => {
  const passTime = await holdLongTimers(page);
  await register(page, { email: `notice-stays-${process.pid}@example.org`, password });
  await converse(page);
  await page.locator(".conversation").first().hover();
  await deleteFirst(page);
  const notice = page.locator(".toast");
  await notice.hover();
  await passTime();
  await expect(notice).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).focus();
  await page.mouse.move(0, 0);
  await passTime();
  await expect(notice).toBeVisible();
  // The whole time begins again.
  await page.getByLabel("Ask a question").focus();
  await passTime();
  await expect(notice).toHaveCount(0);
});

test("an open conversation that was deleted opens again when that is undone", async ({ page }) => {
  await register(page, { email: `undo-open-${process.pid}@example.org`, password });
  await converse(page);
  await expect(page).toHaveURL(/\/chat\/conv_/);
  const address = page.url();
  await page.locator(".conversation").first().hover();
  await deleteFirst(page);
  await expect(page).toHaveURL(/\/chat$/);
  await expect(page.locator(".welcome")).toBeVisible();
  await expect(page.locator(".conversation")).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page).toHaveURL(address);
  await expect(page.getByRole("article", { name: "Answer" })).toBeVisible();
  await expect(page.locator(".conversation.on")).toHaveCount(1);

  // Whoever has gone elsewhere meanwhile is left there.
  await deleteFirst(page);
  await expect(page.locator(".welcome")).toBeVisible();
  await page.getByRole("link", { name: "Data", exact: true }).click();
  await expect(page).toHaveURL(/\/data$/);
  const restored = page.waitForResponse("**/api/fn/chat/restore_conversation");
  await page.getByRole("button", { name: "Undo" }).click();
  await restored;
  await expect(page.getByRole("button", { name: "Undo" })).toHaveCount(0);
  await expect(page).toHaveURL(/\/data$/);
});

test("assistants that cannot be loaded are told of, and loaded again", async ({ page }) => {
  await register(page, { email: `choices-${process.pid}@example.org`, password });
  await page.route("**/api/fn/chat/list_choices", (route) => route.abort());
  await page.getByRole("link", { name: "Data", exact: true }).click();
  await expect(page).toHaveURL(/\/data$/);
  await page.goBack();
  const composer = page.locator(".composer");
  await expect(composer.getByRole("alert")).toContainText("The assistants could not be loaded.");
  await expectAccessible(page);
  await page.unroute("**/api/fn/chat/list_choices");
  await composer.getByRole("button", { name: "Try again" }).focus();
  await page.keyboard.press("Enter");
  await expect(composer.getByRole("button", { name: /^Choose the assistant: General/ })).toBeVisible();
  await expect(page.getByLabel("Ask a question")).toBeFocused();
  await expect(composer.getByRole("alert")).toHaveCount(0);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

  test("a notice leaves the input free", async ({ page }) => {
    await register(page, { email: `notice-phone-${process.pid}@example.org`, password });
    await converse(page);
    await page.getByRole("link", { name: "Conversations" }).click();
    await deleteFirst(page);
    const undo = page.getByRole("button", { name: "Undo" });
    await expect(undo).toBeVisible();
    expect((await undo.boundingBox())?.height).toBeGreaterThanOrEqual(44);
    await page.getByRole("link", { name: "New chat" }).click();
    await expectFreeInput(page);
  });

  test("a source fills its sheet", async ({ page }) => {
    await register(page, { email: `sheet-phone-${process.pid}@example.org`, password });
    await converse(page);
    await page.locator(".answer a.cite").first().click();
    const panel = page.getByRole("complementary", { name: "Sources" });
    await expect(panel.locator("mark").first()).toBeInViewport();
    const left = async () => {
      const [sheet, foot] = [await panel.boundingBox(), await panel.locator("footer").boundingBox()];
      return sheet && foot ? Math.abs(sheet.y + sheet.height - (foot.y + foot.height)) : NaN;
    };
    await expect.poll(left).toBeLessThan(4);
  });

  test("a conversation is opened to be read, without a keyboard, and a new chat to be written", async ({ page }) => {
    await register(page, { email: `read-phone-${process.pid}@example.org`, password });
    await converse(page);
    await page.getByRole("link", { name: "Conversations" }).click();
    await page.locator(".conversation").getByRole("link").click();
    await expect(page.getByRole("article", { name: "Answer" })).toBeVisible();
    await expect(page.locator("main")).toBeFocused();
    await page.getByRole("link", { name: "Conversations" }).click();
    await page.getByRole("link", { name: "New chat" }).click();
    await expect(page.getByLabel("Ask a question")).toBeFocused();
  });

  test("a long name of an assistant leaves room for the buttons", async ({ page }) => {
    await enrol(page, { email: `name-phone-${process.pid}@example.org`, password });
    const name = "Donaudampfschifffahrtsgesellschaftskapitänsauskunft";
    const assistant = (await make(page, "/api/v1/assistants", { name, description: name, suggestions: [name], collections: [] })).id;
    await open(page, `/chat?assistant=${assistant}`);
    await expect(page.getByRole("list", { name: "Suggestions" })).toContainText(name);
    await page.getByLabel("Ask a question").fill("Who knows?");
    for (const button of ["Send", `Choose the assistant: ${name}`]) {
      await expect(page.getByRole("button", { name: button, exact: true })).toBeInViewport({ ratio: 1 });
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    // What the input says has a line of its own.
    await page.getByLabel("Ask a question").fill("Why? ".repeat(6_402).trim());
    const says = page.locator("#link-state");
    await expect(says).toHaveText("9 characters too many");
    expect((await says.boundingBox())?.height).toBeLessThan(40);
    await expect(page.getByRole("button", { name: "Send", exact: true })).toBeInViewport({ ratio: 1 });
    await page.getByRole("button", { name: `Choose the assistant: ${name}` }).click();
    const picker = page.getByRole("dialog", { name: "Choose the assistant" });
    await expect(picker.getByRole("button", { name })).toBeVisible();
    expect(await picker.evaluate((it) => it.scrollWidth - it.clientWidth), "nothing is cut off").toBeLessThanOrEqual(0);
    // The keyboard of a phone would cover the list.
    await expect(picker.getByRole("searchbox")).not.toBeFocused();
  });

  test("the buttons stay within the input, on narrow screens too", async ({ page }) => {
    await register(page, { email: `narrow-phone-${process.pid}@example.org`, password });
    for (const width of [390, 360, 320]) {
      await page.setViewportSize({ width, height: 700 });
      await open(page, "/chat");
      await expect(page.getByRole("button", { name: "Choose the assistant: General Assistant" })).toBeVisible();
      const box = await page.locator(".composer .box").boundingBox();
      const inside = box && { from: box.x, to: box.x + box.width };
      for (const button of await page.locator(".composer .row > .button:visible").all()) {
        const at = await button.boundingBox();
        expect(at?.x, `${width}`).toBeGreaterThanOrEqual(inside?.from ?? Infinity);
        expect((at?.x ?? Infinity) + (at?.width ?? 0), `${width}`).toBeLessThanOrEqual(inside?.to ?? 0);
      }
      await expect(page.getByRole("button", { name: "Send", exact: true })).toBeInViewport({ ratio: 1 });
    }
  });

  test("fields have letters of a size at which no phone zooms in", async ({ page }) => {
    await enrol(page, { email: `zoom-phone-${process.pid}@example.org`, password });
    for (const address of ["/chat", "/chat?list=1", "/account"]) {
      await open(page, address);
      // One for password managers is hidden, and takes no focus.
      const fields = page.locator("input:not([type=radio], [type=checkbox], [type=file]), textarea, select").locator("visible=true");
      expect(await fields.count(), address).toBeGreaterThan(0);
      const sizes = await fields.evaluateAll((all) => all.map((field) => parseFloat(getComputedStyle(field).fontSize)));
      expect(Math.min(...sizes), address).toBeGreaterThanOrEqual(16);
    }
  });
});

test("the way to a new chat leads to its input, also from a new chat", async ({ page }) => {
  await register(page, { email: `new-chat-${process.pid}@example.org`, password });
  const input = page.getByLabel("Ask a question");
  await expect(input).toBeFocused();
  await page.getByRole("link", { name: "New chat" }).click();
  await expect(input).toBeFocused();
  const bar = page.locator(".thread-bar");
  const height = (await bar.boundingBox())?.height;
  await converse(page);
  // What can be done with it comes and moves nothing.
  await expect(bar.getByRole("button", { name: "Share" })).toBeVisible();
  expect((await bar.boundingBox())?.height).toBe(height);
  await expect(page.getByRole("button", { name: "Regenerate" })).toBeVisible();
  const lines = await page.locator(".answer-tools button:visible").evaluateAll((all) => all.map((it) => it.getBoundingClientRect().top));
  expect(lines.length).toBeGreaterThan(3);
  expect(new Set(lines).size, "all on one line").toBe(1);
  await page.locator(".messages").focus();
  await page.getByRole("link", { name: "New chat" }).click();
  await expect(page).toHaveURL(/\/chat$/);
  await expect(input).toBeFocused();
});

test("what is read at the end stays in sight when the input grows or a keyboard takes room", async ({ page }) => {
  await register(page, { email: `end-${process.pid}@example.org`, password });
  await converse(page);
  await page.setViewportSize({ width: 1000, height: 600 });
  const messages = page.locator(".messages");
  const below = () => messages.evaluate((it) => it.scrollHeight - it.scrollTop - it.clientHeight);
  await messages.evaluate((it) => it.scrollTo(0, it.scrollHeight));
  await expect(page.getByRole("button", { name: "Latest" })).toHaveCount(0);
  const input = page.getByLabel("Ask a question");
  await input.fill("One\n\ntwo\n\nthree\n\nfour\n\nfive");
  await expect.poll(below).toBeLessThan(2);
  await page.setViewportSize({ width: 1000, height: 450 });
  await expect.poll(below).toBeLessThan(2);

  // Whoever reads elsewhere is left in peace, and the way back stands above the input.
  await messages.evaluate((it) => it.scrollTo(0, 0));
  const latest = page.getByRole("button", { name: "Latest" });
  await expect(latest).toBeVisible();
  await page.setViewportSize({ width: 1000, height: 500 });
  await expect(latest).toBeVisible();
  expect(await messages.evaluate((it) => it.scrollTop)).toBeLessThan(2);
  const [button, box] = [await latest.boundingBox(), await page.locator(".composer").boundingBox()];
  expect((button?.y ?? Infinity) + (button?.height ?? 0)).toBeLessThanOrEqual(box?.y ?? 0);
  await latest.click();
  await expect.poll(below).toBeLessThan(2);
});

test("a long conversation scrolls in its own place, not the page around it", async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 500 });
  await register(page, { email: `long-chat-${process.pid}@example.org`, password });
  await converse(page);
  const answers = page.getByRole("article", { name: "Answer" });
  await page.getByLabel("Ask a question").fill("How do I add a website or files?");
  await page.keyboard.press("Enter");
  await expect(answers).toHaveCount(2);
  await answered(answers.nth(1), 60_000);
  const over = (what: string) => page.locator(what).evaluate((it) => it.scrollHeight - it.clientHeight);
  expect(await over(".messages"), "long enough to scroll").toBeGreaterThan(200);
  expect(await over("main")).toBe(0);
  expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBeLessThanOrEqual(0);
});

test("the list goes on where there are more conversations than the server gives at once", async ({ page }) => {
  await register(page, { email: `many-${process.pid}@example.org`, password });
  await converse(page);
  const [row] = (await (await page.request.get("/api/v1/conversations")).json()).items;
  // As a server with 260 of them answers.
  await page.route("**/api/fn/chat/list_conversations", async (route) => {
    const asked = route.request().postDataJSON().query;
    const from = Number(asked.page_token ?? 0);
    const to = Math.min(from + asked.limit, 260);
    const id = (at: number) => row.id.slice(0, -3) + String(at).padStart(3, "0");
    // One a day.
    const when = (at: number) => new Date(Date.now() - at * 86_400_000).toISOString();
    const items = Array.from({ length: to - from }, (_, at) => ({
      ...row,
      id: id(from + at),
      title: `Number ${from + at}`,
      updated_at: when(from + at),
    }));
    await route.fulfill({ json: { items, next_page_token: to < 260 ? String(to) : null } });
  });
  await page.getByRole("link", { name: "Data", exact: true }).click();
  await expect(page).toHaveURL(/\/data$/);
  await page.goBack();
  const rows = page.locator(".conversation");
  for (const shown of [50, 100, 150, 200, 250]) {
    await expect(rows).toHaveCount(shown);
    await page.getByRole("button", { name: "Show more" }).click();
  }
  await expect(rows).toHaveCount(260);
  await expect(rows.last()).toContainText("Number 259");
  await expect(page.locator(".conversations .day")).toHaveText(["Today", "Yesterday", "Previous 7 days", "Older"]);
  await expect(page.getByRole("button", { name: "Show more" })).toHaveCount(0);
});

test("a question that is too long is kept whole, and said to be too long", async ({ page }) => {
  await register(page, { email: `long-question-${process.pid}@example.org`, password });
  const input = page.getByLabel("Ask a question");
  const long = "Why? ".repeat(6_402).trim();
  await input.fill(long);
  await expect(page.locator(".composer").getByRole("status")).toHaveText("9 characters too many");
  await expectAccessible(page);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeDisabled();
  await expect(input).toHaveAttribute("aria-invalid", "true");
  await expect(input).toHaveAccessibleDescription("9 characters too many");
  await expect(input).toHaveValue(long);
  await input.fill("Why?");
  await expect(page.locator(".composer").getByRole("status")).toBeEmpty();
  await expect(input).not.toHaveAttribute("aria-invalid");
  // Only what fits was sent, and nothing was refused.
  await page.keyboard.press("Enter");
  await expect(page.locator(".question")).toHaveText(/Why\?$/);
  await expect(page.locator(".question")).toHaveCount(1);
  await expect(page.locator(".composer").getByRole("alert")).toHaveCount(0);
});

test("a conversation that is not there says so, and leads to a new one", async ({ page }) => {
  await register(page, { email: `missing-${process.pid}@example.org`, password });
  for (const address of ["/chat/conv_nope", "/chat/no-conversation-at-all"]) {
    const answer = await page.goto(address);
    expect(answer?.status(), address).toBe(404);
    await page.locator("html[data-live]").waitFor();
    await expect(page.getByRole("heading", { name: "This conversation is not there" })).toBeVisible();
    await expect(page).toHaveTitle("There is nothing here · Hammock");
    await expect(page.getByLabel("Ask a question")).toBeHidden();
    await expectAccessible(page);
  }
  await page.locator(".missing").getByRole("link", { name: "New chat" }).click();
  await expect(page).toHaveURL(/\/chat$/);
  await expect(page.getByLabel("Ask a question")).toBeVisible();
  await expect(page).toHaveTitle("Chat · Hammock");

  // From a conversation that is there, by the browser's own history.
  await converse(page);
  await page.goBack();
  await expect(page.getByRole("heading", { name: "This conversation is not there" })).toBeVisible();
  await expect(page.getByRole("article", { name: "Answer" })).toHaveCount(0);
});
