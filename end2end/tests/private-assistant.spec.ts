// An assistant that becomes private is closed to visitors, which is told before.
import { expect, expectAccessible, test } from "../support/page";
import { make, open, register } from "../support/people";

test("what closes with a private assistant is told before it is saved", async ({ page }) => {
  await register(page, { email: `private-assistant-${process.pid}@example.org`, password: "a hammock between trees 1" });
  const { id } = await make(page, "/api/v1/assistants", { name: "Shop help", collections: [] });
  const headers = { origin: new URL(page.url()).origin };
  const interfaces = `/api/v1/assistants/${id}/interfaces`;
  const opened = await page.request.put(interfaces, { headers, data: { public_chat: true, widget: true } });
  expect(opened.ok()).toBe(true);

  await open(page, `/assistants/${id}`);
  const warning = page.getByText("its public chat and its widget are closed");
  await expect(warning).toHaveCount(0);
  await page.getByRole("radio", { name: /Only me/ }).check();
  await expect(warning).toBeVisible();
  await expectAccessible(page);
  // Only told: nothing is closed before it is saved.
  expect((await (await page.request.get(interfaces)).json()).settings.widget).toBe(true);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(warning).toHaveCount(0);
  const closed = (await (await page.request.get(interfaces)).json()).settings;
  expect([closed.public_chat, closed.widget]).toEqual([false, false]);

  // It is not opened again as long as it is private, and it is said why.
  await open(page, `/assistants/${id}/interfaces`);
  const why = page.getByText("A private assistant is open to no visitors.");
  await expect(why).toHaveCount(1);
  await expectAccessible(page);
  await page.getByRole("switch", { name: /^Public chat is on/ }).check();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(why).toHaveCount(2);
});
