// The hosts that an organisation narrows its requests to: what is typed, what is wrong with it, and what it would cut off.
import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "../support/page";
import { enrol, fromOurPage, make, open } from "../support/people";
import { Provider } from "../support/provider";

const password = "a hammock between trees 1";
const provider = new Provider();
test.beforeAll(() => provider.start());
test.afterAll(() => provider.stop());

const section = (page: Page) => page.locator("section", { has: page.getByRole("heading", { name: "Where requests may go" }) });
const hosts = (page: Page) => section(page).locator("[name=hosts]");
const save = (page: Page) => section(page).getByRole("button", { name: "Save", exact: true });
const dialog = (page: Page) => page.getByRole("dialog", { name: "This stops working" });
const toast = (page: Page) => page.locator(".toast");

test("an organisation limits where its requests go, and hears first what stops working", async ({ page }) => {
  await enrol(page, { email: `hosts-${process.pid}@atelier-nord.example`, password });
  await make(page, "/api/v1/connections", { name: "Ours", kind: "compatible", base_url: provider.base });
  await open(page, "/organisation");
  await expect(section(page).getByLabel(/^Wherever the operator allows/)).toBeChecked();
  await expect(hosts(page)).toHaveCount(0);
  await section(page).getByLabel(/^To these hosts alone/).check();
  await save(page).click();
  await expect(hosts(page)).toHaveAccessibleDescription("Please fill this in.");
  await hosts(page).fill("Example.org\n\nhttps://example.org/shop\n");
  await save(page).click();
  await expect(hosts(page)).toHaveAccessibleDescription(/^These lines are no hosts: 3\. The first of them says “https:\/\/example\.org\/shop”/);
  await expect(hosts(page)).toHaveValue("Example.org\n\nhttps://example.org/shop\n");
  await expectAccessible(page);

  await hosts(page).fill("Example.org\n*.example.org:8443");
  await save(page).click();
  await expect(dialog(page)).toContainText(`Connection “Ours”: ${new URL(provider.base).host}`);
  await expectAccessible(page);
  await dialog(page).getByRole("button", { name: "Cancel" }).click();
  await expect(dialog(page)).toBeHidden();
  await expect(hosts(page)).toHaveValue("Example.org\n*.example.org:8443");
  await save(page).click();
  await dialog(page).getByRole("button", { name: "Limit requests" }).click();
  await expect(dialog(page)).toBeHidden();
  await expect(toast(page)).toContainText("Saved.");
  await expect(hosts(page)).toHaveValue("example.org\n*.example.org:8443");

  // The connection says why it does not answer, and who can change that.
  const refused = await page.request.post("/api/v1/connections", {
    headers: fromOurPage,
    data: { name: "Another", kind: "compatible", base_url: provider.base },
  });
  expect((await refused.json()).error.code).toBe("host_not_listed");

  // A list that does not count stays, and nothing is asked where nothing stops working.
  await open(page, "/organisation");
  await section(page).getByLabel(/^Wherever the operator allows/).check();
  await save(page).click();
  await expect(toast(page)).toContainText("Saved.");
  await open(page, "/organisation");
  await expect(section(page).getByLabel(/^Wherever the operator allows/)).toBeChecked();
  await section(page).getByLabel(/^To these hosts alone/).check();
  await expect(hosts(page)).toHaveValue("example.org\n*.example.org:8443");
});

test("the section works on a phone and in the dark", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: "dark" });
  await enrol(page, { email: `hosts-on-a-phone-${process.pid}@atelier-nord.example`, password });
  await open(page, "/organisation");
  await section(page).getByLabel(/^To these hosts alone/).check();
  await expect(hosts(page)).toBeVisible();
  await expectAccessible(page);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
});
