// A collection is changed and deleted on its own page.
import { expect, expectAccessible, test } from "../support/page";
import { enrol, make, open } from "../support/people";

const password = "a hammock between trees 1";

test("a collection is renamed, closed and deleted where it is read", async ({ page }) => {
  await enrol(page, { email: `collection-page-${process.pid}@example.org`, password });
  const collection = await make(page, "/api/v1/collections", { name: "Knots", description: "What holds." });
  await open(page, `/data/${collection.id}`);
  await page.getByText("Who can see this, and why?").click();
  await expect(page.getByText("Everybody in the organisation sees what is in it.")).toBeVisible();

  const menu = page.getByRole("button", { name: "Actions", exact: true });
  await menu.click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  const dialog = page.getByRole("dialog", { name: "Edit collection" });
  await expect(dialog.getByLabel("Name", { exact: true })).toHaveValue("Knots");
  await dialog.getByLabel("Name", { exact: true }).fill("Bends");
  await dialog.getByRole("radio", { name: /Only who made it/ }).check();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  // The page says so where it stands, and the menu has the focus again.
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Bends");
  await expect(page.getByText("Private", { exact: true })).toBeVisible();
  await expect(page.getByText("Everybody in the organisation sees what is in it.")).toHaveCount(0);
  await expect(menu).toBeFocused();
  await expectAccessible(page);

  await menu.click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page).toHaveURL(/\/data$/);
  await expect(page.getByText("Bends")).toHaveCount(0);
});
