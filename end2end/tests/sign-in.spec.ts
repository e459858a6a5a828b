import { expect, expectAccessible, test } from "../support/page";

test("a stranger is led to the sign-in page, which works without a mouse", async ({ page }) => {
  await page.goto("/");
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page).toHaveTitle(/Hammock/);
  await expectAccessible(page);
});

test("the sign-in page reads well in the dark", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto("/sign-in");
  await expectAccessible(page);
});

test("a wrong password is told without saying whether the account exists", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByLabel(/e-mail/i).fill("nobody@example.com");
  await page.getByLabel(/^password/i).fill("not the password 1");
  await page.getByRole("button", { name: /sign in/i }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expectAccessible(page);
});
