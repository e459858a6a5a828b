// The organisation gets another name, where an administrator looks for it.
import { answerLeaving, expect, expectAccessible, test } from "../support/page";
import { open, register } from "../support/people";

const password = "a hammock between trees 1";

test("the organisation is renamed, and the new name is everywhere at once", async ({ page }) => {
  await register(page, { email: "rename@example.org", password }, { first: "Ada", last: "Lovelace" });
  await page.getByRole("link", { name: "Organisation", exact: true }).click();
  await expect(page).toHaveURL(/\/organisation$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Organisation");
  await expect(page.locator("main code, .page code").first()).toHaveText(/^org_[0-9a-f]{32}$/);
  await expectAccessible(page);

  const name = page.getByLabel("Name", { exact: true });
  await expect(name).toHaveValue("Ada Lovelace");
  // Nothing typed is lost by leaving.
  await name.fill("Half a name");
  await page.getByRole("link", { name: "Users", exact: true }).click();
  await answerLeaving(page, "Cancel");
  await expect(page).toHaveURL(/\/organisation$/);

  // Each part of the page is saved by itself.
  const save = page.locator("form").filter({ has: name }).getByRole("button", { name: "Save" });
  await name.fill("  ");
  await save.click();
  await expect(name).toHaveAccessibleDescription("Please fill this in.");
  await expect(name).toHaveAttribute("aria-invalid", "true");
  await expectAccessible(page);

  await name.fill("Analytical Engines");
  await save.click();
  await expect(page.getByRole("button", { name: /Ada Lovelace/ })).toContainText("Analytical Engines · Owner");
  // What was saved is no longer asked about.
  await page.getByRole("link", { name: "Users", exact: true }).click();
  await expect(page).toHaveURL(/\/users$/);
  await open(page, "/organisation");
  await expect(name).toHaveValue("Analytical Engines");
});
