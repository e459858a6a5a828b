// What can be asked in an empty conversation, where the assistant has no suggestions of its own.
import { uploadAndRead } from "../support/documents";
import { answered, expect, expectAccessible, test } from "../support/page";
import { enrol, make, open } from "../support/people";

test("an assistant without suggestions names what its collections hold", async ({ page }) => {
  await enrol(page, { email: `suggested-${process.pid}@example.org`, password: "a hammock between trees 1" });
  const collection = (await make(page, "/api/v1/collections", { name: "Museum", description: "" })).id;
  const source = (await make(page, `/api/v1/collections/${collection}/sources`, { name: "Files", kind: "upload" })).id;
  await uploadAndRead(page, source, "hours.md", "# Opening hours\n\nThe museum opens at nine.\n");
  const assistant = (await make(page, "/api/v1/assistants", { name: "Museum help", collections: [collection] })).id;

  await open(page, `/chat?assistant=${assistant}`);
  const question = "What do the sources say about “Opening hours”?";
  const suggestion = page.getByRole("list", { name: "Suggestions" }).getByRole("button");
  await expect(suggestion).toHaveText(question);
  await expectAccessible(page);
  await suggestion.click();
  await expect(page.locator(".messages .question")).toContainText(question);
  await answered(page.getByRole("article", { name: "Answer" }), 60_000);
});
