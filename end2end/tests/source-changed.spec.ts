// A source that has changed since the answer says so, and shows both what was cited and what it says now.
import type { Page } from "@playwright/test";
import { upload, uploadAndRead } from "../support/documents";
import { answered, expect, expectAccessible, test } from "../support/page";
import { ask, enrol, make, open } from "../support/people";

const panel = (page: Page) => page.getByRole("complementary", { name: "Sources" });

test("a source that has changed since the answer says so, and shows what was cited", async ({ page }) => {
  await enrol(page, { email: `changed-${process.pid}@example.org`, password: "a hammock between trees 1" });
  const collection = (await make(page, "/api/v1/collections", { name: "Museum", description: "" })).id;
  const source = (await make(page, `/api/v1/collections/${collection}/sources`, { name: "Files", kind: "upload" })).id;
  const file = (hour: string) => `# Opening hours\n\nThe museum opens at ${hour} in the morning, every day but Monday.\n`;
  const document = await uploadAndRead(page, source, "hours.md", file("nine"));
  const assistant = (await make(page, "/api/v1/assistants", { name: "Museum help", collections: [collection] })).id;
  await open(page, `/chat?assistant=${assistant}`);
  await ask(page, "When does the museum open in the morning?");
  const answer = page.getByRole("article", { name: "Answer" });
  await answered(answer, 60_000);

  const cited = answer.getByRole("group", { name: "Sources" }).getByRole("button").first();
  await cited.click();
  await expect(panel(page).locator("mark").first()).toContainText("at nine");
  await expect(panel(page)).not.toContainText("This source has changed since the answer was given.");
  await page.keyboard.press("Escape");
  await expect(panel(page)).toHaveCount(0);

  // The same file, with another text.
  expect(await upload(page, source, "hours.md", file("ten"))).toBe(document);
  const revision = async () => (await (await page.request.get(`/api/v1/documents/${document}`)).json()).revision;
  await expect.poll(revision, { timeout: 30_000, intervals: [50, 100, 250] }).toBe(2);
  await cited.click();
  await expect(panel(page)).toContainText("This source has changed since the answer was given.");
  await expect(panel(page).locator("mark").first()).toContainText("at nine");
  await expect(panel(page).getByRole("link", { name: "Open the document", exact: true })).toBeVisible();
  await expectAccessible(page);
  await panel(page).getByRole("link", { name: "Open the current version" }).click();
  await expect(page).toHaveURL(new RegExp(`/data/documents/${document}$`));
  await expect(page.locator("main")).toContainText("at ten in the morning");
});
