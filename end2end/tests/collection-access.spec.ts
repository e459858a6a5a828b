// A collection for people chosen, then for its maker alone: who sees it, who manages it without seeing it, and why.
import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "../support/page";
import { enrol, fromOurPage, make, open, signIn } from "../support/people";

const password = "a hammock between trees 1";
const owner = { email: "access-owner@example.org", password };
const reader = { email: "access-reader@example.org", password };
const administrator = { email: "access-administrator@example.org", password };

async function addColleagues(page: Page): Promise<void> {
  for (const [who, first_name, role] of [[reader, "Beth", "user"], [administrator, "Carl", "administrator"]] as const) {
    const first_password = { kind: "set", password };
    await make(page, "/api/v1/users", { first_name, last_name: "Brook", email: who.email, role, first_password });
  }
}

test("who sees a collection is chosen by name, told with the rule, and holds", async ({ page, browser }) => {
  await enrol(page, owner, { first: "Ada", last: "Lovelace" });
  await addColleagues(page);

  await open(page, "/data");
  await page.getByRole("button", { name: "New collection" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Board papers");
  await dialog.getByRole("radio", { name: /People chosen/ }).check();
  await expect(dialog.getByText("Nobody is chosen yet.")).toBeVisible();
  // By keyboard alone: type, go to the first who was found, choose. Enter in the search does not send the form.
  const search = dialog.getByLabel("Search people");
  await search.focus();
  await page.keyboard.type("beth");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("button", { name: "Choose Carl Brook" })).toHaveCount(0);
  const choose = dialog.getByRole("button", { name: "Choose Beth Brook" });
  await expect(choose).toBeVisible();
  await expectAccessible(page);
  await choose.press("Enter");
  await expect(dialog.getByRole("list", { name: "People chosen" })).toContainText("Beth Brook");
  await expect(search).toBeFocused();
  await dialog.getByRole("button", { name: "Save" }).click();

  await expect(page).toHaveURL(/\/data\/coll_/);
  const address = new URL(page.url()).pathname;
  await expect(page.getByText("People chosen", { exact: true })).toBeVisible();
  await page.getByText("Who can see this, and why?").click();
  const reasons = page.locator(".access-people");
  await expect(reasons.getByRole("listitem").filter({ hasText: /^Ada Lovelace/ })).toContainText("Made it");
  await expect(reasons.getByRole("listitem").filter({ hasText: /^Beth Brook/ })).toContainText("Was chosen by Ada Lovelace");
  await expect(reasons.getByRole("listitem").filter({ hasText: /^Carl Brook/ })).toContainText("Manages it as an administrator");
  await expectAccessible(page);

  const theirs = await (await browser.newContext()).newPage();
  await signIn(theirs, reader);
  await open(theirs, address);
  await expect(theirs.getByRole("heading", { level: 1 })).toContainText("Board papers");
  await theirs.getByText("Who can see this, and why?").click();
  await expect(theirs.locator(".access-people").getByRole("listitem")).toHaveCount(1);

  // Restricting what an assistant uses says so first.
  const id = address.split("/").pop();
  const secretary = (await make(page, "/api/v1/assistants", { name: "Secretary", collections: [id] })).id;
  const opened = { headers: fromOurPage, data: { public_chat: true } };
  expect((await page.request.put(`/api/v1/assistants/${secretary}/interfaces`, opened)).ok()).toBe(true);
  await open(page, "/data");
  await page.getByRole("button", { name: "Actions for Board papers" }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  await expect(dialog.getByRole("list", { name: "People chosen" })).toContainText("Beth Brook");
  await dialog.getByRole("radio", { name: /Only who made it/ }).check();
  await expect(dialog.getByRole("status").filter({ hasText: "Secretary" })).toBeVisible();
  await expect(dialog.getByText(/Visitors go on getting answers from it.*Secretary/)).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Private", { exact: true })).toBeVisible();
  await open(page, address);
  await page.getByText("Who can see this, and why?").click();
  await expect(reasons.getByRole("listitem").filter({ hasText: /^Visitors of Secretary/ })).toContainText("public chat or widget is switched on");

  await open(theirs, "/data");
  await expect(theirs.getByRole("link", { name: "Hammock handbook" })).toBeVisible();
  await expect(theirs.getByText("Board papers")).toHaveCount(0);
  await open(theirs, address);
  await expect(theirs.getByText("Board papers")).toHaveCount(0);
  await theirs.context().close();

  // An administrator finds that it is there, and can open it to somebody; what is in it stays away.
  const manager = await (await browser.newContext()).newPage();
  await signIn(manager, administrator);
  await open(manager, address);
  await expect(manager.getByText("Board papers")).toHaveCount(0);
  // Of an assistant that uses it, that it is there too, and they can take it away.
  await open(manager, `/assistants/${secretary}`);
  await expect(manager.getByText("It also has 1 collection that you cannot see.")).toBeVisible();
  await manager.getByRole("button", { name: "Remove what you cannot see" }).click();
  const removal = manager.getByRole("dialog", { name: "Remove the collections that you cannot see?" });
  await expect(removal.getByRole("button", { name: "Cancel" })).toBeFocused();
  await expectAccessible(manager);
  await removal.getByRole("button", { name: "Remove what you cannot see" }).click();
  await expect(removal).toBeHidden();
  await expect(manager.getByText("that you cannot see.")).toHaveCount(0);
  await manager.reload();
  await expect(manager.getByRole("heading", { level: 1 })).toContainText("Secretary");
  await expect(manager.getByRole("button", { name: "Remove what you cannot see" })).toHaveCount(0);
  await open(manager, "/data");
  await manager.getByText("1 collection that you cannot see into").click();
  await expect(manager.getByText("Board papers")).toBeVisible();
  await expectAccessible(manager);
  await manager.getByRole("button", { name: "Actions for Board papers" }).click();
  await manager.getByRole("menuitem", { name: "Change access" }).click();
  const access = manager.getByRole("dialog");
  await expect(access.getByText("You do not see what is in it with this setting.")).toBeVisible();
  await expect(access.getByLabel("Name", { exact: true })).toHaveCount(0);
  await access.getByRole("radio", { name: /Everybody in the organisation/ }).check();
  await access.getByRole("button", { name: "Save" }).click();
  await expect(manager.getByRole("link", { name: "Board papers" })).toBeVisible();
  await manager.context().close();
});
