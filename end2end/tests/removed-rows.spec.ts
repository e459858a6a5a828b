// What goes takes its buttons with it, and the focus goes to the page. A page that is gone by then is left alone.
import type { Locator, Page } from "@playwright/test";
import { uploadAndRead } from "../support/documents";
import { expect, test } from "../support/page";
import { enrol, make, open, register } from "../support/people";
import { Provider } from "../support/provider";

const password = "a hammock between trees 1";
const provider = new Provider();

test.beforeAll(() => provider.start());
test.afterAll(() => provider.stop());

/** Says yes to the question that is open, and looks where the focus is when the row is gone. */
async function confirm(page: Page, answer: string, row: Locator): Promise<void> {
  const question = page.getByRole("dialog");
  await question.getByRole("button", { name: answer, exact: true }).click();
  await expect(question).toBeHidden();
  await expect(row).toHaveCount(0);
  await expect(page.locator("main")).toBeFocused();
}

/** Deletes what has a menu of this name. */
async function remove(page: Page, name: string, row: Locator, item = "Delete"): Promise<void> {
  await expect(row).toHaveCount(1);
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: item }).click();
  await confirm(page, item, row);
}

/** Holds the next answer of a server function until it is let go. */
async function held(page: Page, name: string): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(`**/api/fn/${name}`, async (route) => { await released; await route.continue(); }, { times: 1 });
  return release;
}

test("the focus goes to the page with a row that is removed", async ({ page }) => {
  await enrol(page, { email: `removed-rows-${process.pid}@example.org`, password });
  await make(page, "/api/fn/keys/create_key", { key: { name: "Import", role: "user" } });
  await open(page, "/keys");
  await page.getByRole("button", { name: "Revoke Import" }).click();
  await confirm(page, "Revoke", page.getByRole("row", { name: /Import/ }));

  const jana = { first_name: "Jana", last_name: "Novotná", email: `jana-rows-${process.pid}@example.org`, role: "user" };
  await make(page, "/api/fn/users/add_user", { user: { ...jana, first_password: { kind: "set", password } } });
  await open(page, "/users");
  await remove(page, "Jana Novotná", page.getByRole("row", { name: /Jana Novotná/ }), "Remove");

  await make(page, "/api/v1/connections", { name: "Ours", kind: "compatible", base_url: provider.base });
  await open(page, "/connections");
  await remove(page, "Ours", page.locator(".connection"));

  const collection = (await make(page, "/api/v1/collections", { name: "Minutes", description: "" })).id;
  await make(page, `/api/v1/collections/${collection}/sources`, { name: "Of May", kind: "upload" });
  await open(page, `/data/${collection}`);
  await remove(page, "Of May", page.locator(".source-row"));
  await open(page, "/data");
  await remove(page, "Minutes", page.getByRole("row", { name: /Minutes/ }));
});

test("a list that could not be shown is asked for again, and leaves the focus to the page", async ({ page }) => {
  await register(page, { email: `retried-list-${process.pid}@example.org`, password });
  await page.route("**/api/fn/knowledge/list_collections", (route) => route.abort(), { times: 1 });
  await page.getByRole("link", { name: "Data", exact: true }).click();
  const failed = page.getByRole("alert").filter({ hasText: "This could not be shown" });
  await failed.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("row", { name: /Hammock handbook/ })).toBeVisible();
  await expect(failed).toHaveCount(0);
  await expect(page.locator("main")).toBeFocused();
});

test("a notice that is closed leaves the focus to the page", async ({ page }) => {
  await enrol(page, { email: `closed-notice-${process.pid}@example.org`, password });
  await make(page, "/api/fn/keys/create_key", { key: { name: "Import", role: "user" } });
  await open(page, "/keys");
  await page.getByRole("button", { name: "Revoke Import" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke", exact: true }).click();
  const notice = page.locator(".toast").filter({ hasText: "The key was revoked." });
  await notice.getByRole("button", { name: "Close" }).focus();
  await page.keyboard.press("Enter");
  await expect(notice).toHaveCount(0);
  await expect(page.locator("main")).toBeFocused();
});

test("a list is gone through by keyboard to its last page and back", async ({ page }) => {
  await register(page, { email: `last-page-${process.pid}@example.org`, password });
  // As a server with more of them answers.
  await page.route("**/api/fn/assistants/list_assistants", async (route) => {
    const { page_token } = route.request().postDataJSON().page;
    const response = await route.fetch({ postData: JSON.stringify({ page: { limit: null, page_token: null, query: null } }) });
    const { items } = await response.json();
    await route.fulfill({ json: { items, next_page_token: page_token ? null : "last" } });
  });
  await page.getByRole("link", { name: "Assistants", exact: true }).click();
  const [first, next] = ["First page", "Next page"].map((name) => page.getByRole("link", { name }));
  await next.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/assistants\?page=last$/);
  await expect(next).toHaveCount(0);
  await expect(page.locator("main")).toBeFocused();
  await first.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/assistants$/);
  await expect(first).toHaveCount(0);
  await expect(page.locator("main")).toBeFocused();
});

test("what is done when its page is gone says so, and leaves the page that is shown alone", async ({ page }) => {
  await enrol(page, { email: `gone-page-${process.pid}@example.org`, password });
  const collection = (await make(page, "/api/v1/collections", { name: "Tides", description: "" })).id;
  const source = (await make(page, `/api/v1/collections/${collection}/sources`, { name: "Files", kind: "upload" })).id;
  const document = await uploadAndRead(page, source, "tides.md", "# Tides\n\nThe tide turns at four.\n");
  await make(page, "/api/fn/keys/create_key", { key: { name: "Import", role: "user" } });

  await open(page, `/data/documents/${document}`);
  const read = await held(page, "knowledge/reindex_document");
  await page.locator(".page-actions").getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Read again" }).click();
  await page.getByRole("link", { name: "Data", exact: true }).click();
  await expect(page).toHaveURL(/\/data$/);
  await expect(page.getByRole("row", { name: /Tides/ })).toBeVisible();
  read();
  await expect(page.locator(".toasts")).toContainText("The document is being read again.");

  await page.getByRole("link", { name: "API keys" }).click();
  const revoked = await held(page, "keys/revoke_key");
  await page.getByRole("button", { name: "Revoke Import" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke", exact: true }).click();
  await page.goBack();
  const search = page.getByRole("searchbox", { name: "Search collections" });
  await search.focus();
  revoked();
  await expect(page.locator(".toasts")).toContainText("The key was revoked.");
  await expect(search).toBeFocused();
  // What was shown goes on.
  await page.getByRole("button", { name: "New collection" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
});
