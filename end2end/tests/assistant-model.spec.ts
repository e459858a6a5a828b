// The choice of the model in the form of an assistant.
import { expect, expectAccessible, test } from "../support/page";
import { enrol, make, open, writer } from "../support/people";
import { Provider } from "../support/provider";

const provider = new Provider();
test.beforeAll(() => provider.start());
test.afterAll(() => provider.stop());

test("what is said of the built-in answerer is not said of a model", async ({ page }) => {
  await enrol(page, { email: `assistant-model-${process.pid}@example.org`, password: "a hammock between trees 1" });
  await make(page, "/api/v1/connections", { name: "Ours", kind: "compatible", base_url: provider.base });
  await open(page, "/assistants/new");
  const choice = page.locator("select[name=connection]");
  const hint = page.getByText("The built-in answerer needs no model");
  await expect(hint).toBeVisible();
  await choice.selectOption({ label: "Ours" });
  await expect(hint).toBeHidden();
  await expectAccessible(page);
  await choice.selectOption({ label: "Built-in answerer" });
  await expect(hint).toBeVisible();
});

test("it is said whether the model can see pictures", async ({ page }) => {
  await enrol(page, { email: `assistant-sight-${process.pid}@example.org`, password: "a hammock between trees 1" });
  const chat = await writer(page, provider.base);
  await open(page, `/assistants/${new URLSearchParams(chat.split("?")[1]).get("assistant")}`);
  const sight = page.getByLabel("Can the model see pictures?");
  await expect(sight).toHaveValue("automatic");
  await sight.selectOption({ label: "No: only tell it that there are pictures" });
  await expectAccessible(page);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("There are unsaved changes.")).toHaveCount(0);
  await page.reload();
  await expect(sight).toHaveValue("no");
});

test("connections that could not be had are asked for again", async ({ page }) => {
  await enrol(page, { email: `assistant-offline-${process.pid}@example.org`, password: "a hammock between trees 1" });
  await make(page, "/api/v1/connections", { name: "Ours", kind: "compatible", base_url: provider.base });
  await page.route("**/api/fn/connections/list_connections", (route) => route.abort());
  await open(page, "/assistants/new");
  const choice = page.locator("select[name=connection]");
  const again = page.getByRole("button", { name: "Try again" });
  await expect(page.getByText("The server cannot be reached at the moment.")).toBeVisible();
  await expectAccessible(page);
  await page.unroute("**/api/fn/connections/list_connections");
  await again.focus();
  await page.keyboard.press("Enter");
  await expect(again).toHaveCount(0);
  await expect(choice).toBeFocused();
  await choice.selectOption({ label: "Ours" });
});
