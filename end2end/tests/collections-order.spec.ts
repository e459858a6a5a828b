// The list of collections says when each was made, and is ordered by it.
import { expect, expectAccessible, test } from "../support/page";
import { enrol, make, open } from "../support/people";

const password = "a hammock between trees 1";

test("collections are listed by name or by when they were made", async ({ page }) => {
  await enrol(page, { email: `collections-order-${process.pid}@example.org`, password });
  for (const name of ["Bends", "Anchors", "Cleats"]) await make(page, "/api/v1/collections", { name });
  await open(page, "/data");
  await expect(page.getByRole("columnheader", { name: "Created" })).toBeVisible();
  const names = page.getByRole("link", { name: /^(Bends|Anchors|Cleats)$/ });
  await expect(names).toHaveText(["Anchors", "Bends", "Cleats"]);

  const order = page.getByRole("combobox", { name: "Order" });
  await order.selectOption({ label: "Newest first" });
  await expect(names).toHaveText(["Cleats", "Anchors", "Bends"]);
  // The address holds it.
  await expect(page).toHaveURL(/sort=created/);
  await open(page, "/data?sort=created");
  await expect(names).toHaveText(["Cleats", "Anchors", "Bends"]);
  await expect(order.locator("option:checked")).toHaveText("Newest first");
  await order.selectOption({ label: "By name" });
  await expect(names).toHaveText(["Anchors", "Bends", "Cleats"]);
  await expectAccessible(page);
});
