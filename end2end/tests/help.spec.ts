// Help leads to the handbook that comes with Hammock.
import { expect, expectAccessible, test } from "../support/page";
import { register } from "../support/people";

test("help lists the handbook in reading order and opens its pages", async ({ page }) => {
  await register(page, { email: "help@example.org", password: "a hammock between trees 1" });
  await page.getByRole("link", { name: "Help", exact: true }).click();
  await expect(page).toHaveURL(/\/help$/);
  await expect(page.getByRole("heading", { level: 1, name: "Help" })).toBeVisible();
  const pages = page.locator(".help-pages a");
  await expect(pages.first()).toHaveText("Getting started");
  await expect(pages.nth(1)).toHaveText("Asking questions");
  // Those in another language than the interface come last, and say so.
  await expect(page.locator(".help-pages li").last()).toContainText("Czech");
  await expectAccessible(page);
  await pages.first().click();
  await expect(page).toHaveURL(/\/data\/documents\/doc_/);
  await expect(page.getByRole("heading", { level: 1, name: "Getting started" })).toBeVisible();
});
