// Passages as people read them: beside the answer, in their document, and where search is tried out.
import { uploadAndRead } from "../support/documents";
import { answered, expect, expectAccessible, test } from "../support/page";
import { enrol, make, open } from "../support/people";

const rows = [
  ...["Adult", "Child", "Student", "Family with a dog", "Group of ten", "School class"],
  ...["Pensioner", "Nurse", "Teacher", "Volunteer", "Guide"],
];
const prices = [
  "# Prices",
  "",
  "Children pay **half** on every day.",
  "",
  "| Ticket | Price in euros |",
  "| --- | --- |",
  ...rows.map((row, at) => `| ${row} | ${at + 12} |`),
  "",
  "## Lockers",
  "",
  "Lockers stand beside the door.",
  "",
].join("\n");

test("a table is a table, with the rows marked that the answer rests on", async ({ page }) => {
  await enrol(page, { email: `passages-${process.pid}@example.org`, password: "a hammock between trees 1" });
  const collection = (await make(page, "/api/v1/collections", { name: "Museum", description: "" })).id;
  const source = await make(page, `/api/v1/collections/${collection}/sources`, { kind: "upload" });
  const read = await uploadAndRead(page, source.id, "prices.md", prices);
  const assistant = (await make(page, "/api/v1/assistants", { name: "Museum help", collections: [collection] })).id;

  await open(page, `/chat?assistant=${assistant}`);
  await page.getByLabel("Ask a question").fill("What is the ticket price for a family with a dog?");
  await page.keyboard.press("Enter");
  const answer = page.getByRole("article", { name: "Answer" });
  await answered(answer);
  await answer.locator("a.cite").first().click();
  const panel = page.getByRole("complementary", { name: "Sources" });
  await expect(panel.locator("th", { hasText: "Price in euros" })).toHaveCount(1);
  await expect(panel.locator("td mark", { hasText: "Family with a dog" })).toHaveCount(1);
  await expect(panel.locator("strong", { hasText: "half" })).toHaveCount(1);
  await expect(panel.locator(".source-text")).not.toContainText("|");
  await expect(panel.getByText("Lockers stand beside the door.")).toBeAttached();
  await expect(panel.locator("mark", { hasText: "stand beside" })).toHaveCount(0);
  await expect(panel.locator("mark").first()).toBeInViewport();
  await expectAccessible(page);

  await panel.getByRole("link", { name: "Open the document" }).click();
  await expect(page).toHaveURL(new RegExp(`/data/documents/${read}\\?revision=1&marks=`));
  const marked = page.locator(".chunk[data-marked=true]");
  await expect(marked.locator("td mark", { hasText: "Family with a dog" })).toHaveCount(1);
  await expect(page.locator("main mark", { hasText: "stand beside" })).toHaveCount(0);
  await expectAccessible(page);

  await open(page, `/data/${collection}/search?q=family%20ticket`);
  const hit = page.locator(".hit").first();
  const last = hit.locator("td", { hasText: "Guide" });
  await expect(last).not.toBeInViewport();
  const more = hit.getByRole("button", { name: "Show more" });
  await expect(more).toHaveAttribute("aria-expanded", "false");
  await more.click();
  await last.scrollIntoViewIfNeeded();
  await expect(last).toBeInViewport();
  await expect(hit.getByRole("button", { name: "Show less" })).toHaveAttribute("aria-expanded", "true");
  await expectAccessible(page);
});
