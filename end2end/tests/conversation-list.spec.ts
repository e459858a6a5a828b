// The list of conversations: search in what was said, categories, filters in the address; and what sends a question.
import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "../support/page";
import { enrol, make, open, register } from "../support/people";

const password = "a hammock between trees 1";

/** Asks in a new conversation and gives it a title; its id. */
async function converse(page: Page, question: string, title: string): Promise<string> {
  const headers = { origin: new URL(page.url()).origin };
  const answer = await page.request.post("/api/v1/chat", { headers, data: { text: question } });
  const id = /"conversation":"(conv_[0-9a-f]{32})"/.exec(await answer.text())?.[1] ?? "";
  const renamed = await page.request.patch(`/api/v1/conversations/${id}`, { headers, data: { title } });
  expect(renamed.ok(), await renamed.text()).toBe(true);
  return id;
}

test("conversations are labelled, filtered and searched in, and the address says so", async ({ page }) => {
  await register(page, { email: `list-${process.pid}@example.org`, password });
  const dessert = await converse(page, "Is there **crème** brûlée on the menu?", "Dessert");
  await converse(page, "Which train goes to Prague?", "Trips");
  await open(page, "/chat");
  const rows = page.locator(".conversation");
  const row = (title: string) => rows.filter({ hasText: title });
  await expect(rows).toHaveCount(2);

  // A category is made and given from the row's menu, by keyboard.
  await row("Dessert").getByRole("button").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Rename" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: "Category" })).toBeFocused();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Category of “Dessert”" });
  await expect(dialog).toContainText("You have no categories yet.");
  await dialog.getByLabel("Name").fill("Work");
  await dialog.getByRole("radio", { name: "Blue" }).check();
  await expectAccessible(page);
  await dialog.getByLabel("Name").press("Enter");
  await expect(dialog).toBeHidden();
  await expect(row("Dessert").locator(".category.blue")).toHaveText("Work");
  await expect(row("Dessert").getByRole("button")).toBeFocused();

  // Filters stand in the address and survive a reload.
  const filters = page.getByRole("button", { name: "Filters" });
  await filters.click();
  await expect(filters).toHaveAttribute("aria-expanded", "true");
  await page.getByLabel("Category", { exact: true }).selectOption("Work");
  await expect(page).toHaveURL(/\/chat\?category=cat_/);
  await expect(rows).toHaveCount(1);
  await page.getByLabel("Last message").selectOption("Today");
  await expect(page).toHaveURL(/&date=1$/);
  await expect(rows).toHaveCount(1);
  await page.reload();
  await page.locator("html[data-live]").waitFor();
  await expect(rows).toHaveCount(1);
  await expect(page.getByLabel("Category", { exact: true }).locator("option:checked")).toHaveText("Work");
  await expect(page.getByLabel("Last message").locator("option:checked")).toHaveText("Today");
  await expectAccessible(page);

  // A conversation opens beside the same list.
  await row("Dessert").getByRole("link").click();
  await expect(page).toHaveURL(new RegExp(`/chat/${dessert}\\?category=cat_[0-9a-f]{32}&date=1$`));
  await expect(rows).toHaveCount(1);
  await page.getByLabel("Last message").selectOption("From – to");
  await page.getByLabel("To", { exact: true }).fill("2020-01-31");
  await expect(page).toHaveURL(/date=range&to=2020-01-31$/);
  await expect(page.locator(".conversations")).toContainText("No conversation fits");
  await page.locator(".list-filters").getByRole("link", { name: "Show everything" }).click();
  await expect(page).toHaveURL(new RegExp(`/chat/${dessert}$`));
  await expect(rows).toHaveCount(2);
  await expect(page.getByLabel("Assistant", { exact: true })).toBeFocused();

  // What was said is found without its accents, and shown.
  await page.getByLabel("Search conversations").fill("creme menu");
  await expect(rows).toHaveCount(1);
  await expect(rows.locator(".found")).toHaveText("Is there crème brûlée on the menu?");
  await expect(rows.locator(".found mark")).toHaveText("crème");
  await expect(page).toHaveURL(/q=creme%20menu/);
  await expectAccessible(page);
  await page.getByLabel("Search conversations").fill("creme train");
  await expect(page.locator(".conversations")).toContainText("No conversation fits");
  await page.getByLabel("Search conversations").fill("");
  await expect(rows).toHaveCount(2);

  // Another name, and the end of it, which can be taken back.
  await page.getByRole("button", { name: "Manage categories" }).click();
  const manager = page.getByRole("dialog", { name: "Categories" });
  const edit = manager.getByRole("button", { name: "Edit Work" });
  await edit.click();
  await manager.getByRole("button", { name: "Cancel" }).click();
  await expect(manager.getByLabel("Name")).toBeFocused();
  await edit.click();
  await manager.getByLabel("Name").fill("Office");
  await manager.getByRole("button", { name: "Save" }).click();
  await expect(manager.getByRole("button", { name: "Delete Office" })).toBeVisible();
  await expect(row("Dessert").locator(".category")).toHaveText("Office");
  await manager.getByRole("button", { name: "Delete Office" }).click();
  await expect(manager).toBeHidden();
  await expect(rows.locator(".category")).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(row("Dessert").locator(".category.blue")).toHaveText("Office");
});

test("filters that could not be loaded are asked for again, and keep the focus", async ({ page }) => {
  await register(page, { email: `list-filters-${process.pid}@example.org`, password });
  await page.route("**/api/fn/categories/list_categories", (route) => route.abort());
  await page.getByRole("button", { name: "Filters" }).click();
  const filters = page.getByRole("group", { name: "Filters" });
  const again = filters.getByRole("button", { name: "Try again" });
  await expect(again).toBeVisible();
  await expectAccessible(page);
  await page.unroute("**/api/fn/categories/list_categories");
  await again.focus();
  await page.keyboard.press("Enter");
  await expect(again).toHaveCount(0);
  await expect(filters.getByRole("alert")).toBeEmpty();
  await expect(filters.getByLabel("Assistant", { exact: true })).toBeFocused();
  await expect(filters.getByLabel("Assistant", { exact: true }).locator("option", { hasText: "General" })).toHaveCount(1);
});

test("more of the list is there after a reload, its open row marked and in sight", async ({ page }) => {
  await register(page, { email: `list-pages-${process.pid}@example.org`, password });
  const assistant = (await make(page, "/api/v1/assistants", { name: "Brief", collections: [] })).id;
  const headers = { origin: new URL(page.url()).origin };
  const count = 53;
  for (let number = 1; number <= count; number++) {
    const asked = await page.request.post("/api/v1/chat", { headers, data: { text: `Question ${number}`, assistant } });
    expect(asked.ok(), await asked.text()).toBe(true);
  }
  await open(page, "/chat");
  const rows = page.locator(".conversation");
  await expect(rows).toHaveCount(50);
  await expect(rows.locator("[aria-current]")).toHaveCount(0);
  await page.getByRole("button", { name: "Show more" }).click();
  await expect(rows).toHaveCount(count);
  // The button is gone: the focus is where what has come begins.
  await expect(rows.nth(49).getByRole("link")).toBeFocused();
  await expect(page).toHaveURL(/\/chat\?page=2$/);
  await rows.last().getByRole("link").click();
  await expect(page).toHaveURL(/\/chat\/conv_[0-9a-f]{32}\?page=2$/);
  await expect(page.locator(".messages .question")).toHaveText("You: Question 1");
  await expect(rows).toHaveCount(count);

  await page.reload();
  await page.locator("html[data-live]").waitFor();
  await expect(rows).toHaveCount(count);
  const current = rows.locator("[aria-current=page]");
  await expect(current).toHaveCount(1);
  await expect(current.locator("b")).toHaveText("Question 1");
  await expect(current).toBeInViewport({ ratio: 0.9 });
  await expectAccessible(page);

  // Another search begins at its first page.
  await page.getByLabel("Search conversations").fill("question");
  await expect(page).toHaveURL(/\/chat\/conv_[0-9a-f]{32}\?q=question$/);
  await expect(rows).toHaveCount(50);
});

test("a conversation that is not open leaves the focus to the page when it is deleted", async ({ page }) => {
  await register(page, { email: `delete-row-${process.pid}@example.org`, password });
  await converse(page, "When is it open?", "Hours");
  await converse(page, "Which train goes to Prague?", "Trips");
  await open(page, "/chat");
  const rows = page.locator(".conversation");
  await rows.filter({ hasText: "Hours" }).getByRole("button").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Delete" }).press("Enter");
  await expect(rows.locator("b")).toHaveText(["Trips"]);
  await expect(page.locator("main")).toBeFocused();
});

test("a conversation gets another title from its row, and is told so everywhere", async ({ page }) => {
  await register(page, { email: `title-${process.pid}@example.org`, password });
  const id = await converse(page, "When is it open?", "Hours");
  await open(page, `/chat/${id}`);
  const row = page.locator(".conversation");
  await row.getByRole("button", { name: "Actions for Hours" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Rename" }).click();
  const dialog = page.getByRole("dialog", { name: "Rename" });
  await expect(dialog.getByLabel("Title")).toHaveValue("Hours");
  await dialog.getByLabel("Title").fill("x".repeat(201));
  await dialog.getByLabel("Title").press("Enter");
  await expect(dialog.getByLabel("Title")).toHaveAttribute("aria-invalid", "true");
  await expect(dialog.getByLabel("Title")).toBeFocused();
  await expectAccessible(page);
  await dialog.getByLabel("Title").fill("Opening hours");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect(row.locator("b")).toHaveText("Opening hours");
  await expect(page.locator(".thread-bar h1")).toHaveText("Opening hours");
  await expect(page).toHaveTitle("Opening hours · Hammock");
  await page.reload();
  await expect(row.locator("b")).toHaveText("Opening hours");
});

test("a person chooses that Ctrl and Enter send a question", async ({ page }) => {
  await enrol(page, { email: `send-key-${process.pid}@example.org`, password });
  await open(page, "/account");
  await page.getByRole("radio", { name: /^Ctrl or Cmd with Enter/ }).check();
  await page.locator("form", { has: page.getByRole("radio") }).getByRole("button", { name: "Save" }).click();
  await expect(page.locator(".toast")).toContainText("Saved.");
  await page.getByRole("link", { name: "Chat", exact: true }).click();
  const input = page.getByLabel("Ask a question");
  await input.fill("Where do");
  await input.press("Enter");
  await input.pressSequentially("hammocks hang?");
  await expect(input).toHaveValue("Where do\nhammocks hang?");
  await expect(page.getByRole("article")).toHaveCount(0);
  await input.press("Control+Enter");
  await expect(page.getByRole("article", { name: "Answer" })).toBeVisible();
  await expect(input).toHaveValue("");
});

test("Enter that ends a word of Japanese sends nothing", async ({ page }) => {
  await register(page, { email: `composed-${process.pid}@example.org`, password });
  const input = page.getByLabel("Ask a question");
  await input.fill("ハンモック");
  // As browsers tell it while a word is chosen, and as Safari does when it was.
  for (const told of [{ isComposing: true }, { keyCode: 229 }]) {
    const isTaken = await input.evaluate(
      (it, told) => !it.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...told })),
      told,
    );
    expect(isTaken, JSON.stringify(told)).toBe(false);
  }
  await expect(input).toHaveValue("ハンモック");
  await expect(page.locator(".messages .question")).toHaveCount(0);
  await input.press("Enter");
  await expect(page.locator(".messages .question")).toContainText("ハンモック");
});

test("conversations with the same title are told apart by their times", async ({ page }) => {
  await register(page, { email: `same-${process.pid}@example.org`, password });
  for (const title of ["Hours", "Trips", "Hours"]) {
    await converse(page, "When is it open?", title);
  }
  await open(page, "/chat");
  const times = (title: string) => page.locator(".conversation").filter({ hasText: title }).locator("time");
  await expect(times("Hours")).toHaveText([/\d:\d\d:\d\d/, /\d:\d\d:\d\d/]);
  await expect(times("Trips")).not.toHaveText(/\d:\d\d:\d\d/);
  await expectAccessible(page);
});
